"""A department's lines add up, and none of them is one person's."""

from hypothesis import given
from hypothesis import strategies as st

from cxquest.boards.veiling import Earned, veiled

earned = st.lists(
    st.builds(
        Earned,
        st.sampled_from(["", "quest:1", "quest:2", "quest:3"]),
        st.integers(1, 4),
        st.integers(-50, 200),
    ),
    max_size=20,
)


def test_a_quest_of_one_person_is_among_the_others() -> None:
    found = veiled(
        [
            Earned("quest:1", 1, 50),
            Earned("quest:1", 2, 50),
            Earned("quest:2", 1, 70),
            Earned("", 3, 5),
        ]
    )
    assert [(line.source, line.people, line.points) for line in found.lines] == [
        ("quest:1", 2, 100)
    ]
    assert (found.other, found.total) == (75, 175)


def test_where_the_others_are_one_person_a_line_joins_them() -> None:
    found = veiled(
        [
            *(Earned("quest:1", one, 50) for one in (1, 2, 3)),
            *(Earned("quest:2", one, 10) for one in (1, 2)),
            Earned("quest:3", 1, 70),
        ]
    )
    assert [line.source for line in found.lines] == ["quest:1"]
    assert found.other == 90


@given(earned)
def test_p14_the_lines_add_up(given_lines: list[Earned]) -> None:
    assert veiled(given_lines).total == sum(line.points for line in given_lines)


@given(earned)
def test_two_people_stand_behind_every_line(given_lines: list[Earned]) -> None:
    found = veiled(given_lines)
    told = {line.source for line in found.lines}
    assert all(line.people >= 2 for line in found.lines)
    assert "" not in told
    held: dict[tuple[str, int], int] = {}
    for source, account, points in given_lines:
        held[source, account] = held.get((source, account), 0) + points
    others = {account for (source, account), n in held.items() if source not in told and n}
    assert len(others) != 1 or not told
