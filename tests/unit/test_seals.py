"""The line of proof at each turn of a quest's life."""

from datetime import UTC, datetime

from cxquest.quests.lifecycle import State
from cxquest.quests.seals import line
from cxquest.rewards.rulebook import Gate

THEN = datetime(2026, 3, 1, tzinfo=UTC)
WORTH = dict(zip(Gate, (10, 15, 45, 30), strict=True))


def drawn(state: State, passed: int, *, declined: bool = False) -> list[tuple[str, int | None]]:
    """Return kind and points of each seal of a quest that has passed (and got) so many gates."""
    done = list(Gate)[:passed]
    seals = line(
        state,
        passed=dict.fromkeys(done, THEN),
        paid={gate: WORTH[gate] + 1 for gate in done},
        would_pay=WORTH,
        declined=declined,
    )
    return [(seal.kind, seal.points) for seal in seals]


def test_before_the_charter_is_signed_all_lie_ahead() -> None:
    assert drawn(State.CHARTERING, 0) == [("open", n) for n in (10, 15, 45, 30)]


def test_on_the_way_what_is_done_shows_what_was_paid() -> None:
    assert drawn(State.PROVING, 2) == [("done", 11), ("done", 16), ("next", 45), ("open", 30)]
    assert drawn(State.FIXING, 1, declined=True)[1] == ("declined", 15)


def test_a_gate_that_lies_ahead_again_promises_nothing_more() -> None:
    """Back in fixing after three gates: the second is next, and both were paid before."""
    assert drawn(State.FIXING, 3) == [("done", 11), ("next", 16), ("open", 46), ("open", 30)]


def test_at_the_end_everything_that_was_passed_is_done() -> None:
    assert {kind for kind, _ in drawn(State.CLOSED, 4)} == {"done"}
    assert [kind for kind, _ in drawn(State.STOPPED, 1)] == ["done", "open", "open", "open"]
