"""The workshop: who sits where, whose words show a why, which question is next."""

import pytest
from sqlalchemy.orm import Session

from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.imports import referring
from cxquest.people import keeping
from cxquest.quests import diagnosing, seating, starting, voicing, workshop
from cxquest.quests.models import Chair, Communication
from cxquest.quests.work import Why
from cxquest.quests.workshop import Ask, Question
from cxquest.rewards.rulebook import Cause, Work
from cxquest.voice import hearing
from tests.cast import BEGUN, Cast
from tests.teams import Team, week


@pytest.fixture
def team(session: Session, cast: Cast) -> Team:
    """A team whose charter is signed, with Billing's chair empty."""
    team = Team(session, cast).sign()
    starting.add_chair(session, team.quest, cast.billing, by=cast.ida, at=week(1))
    return team


def chair(team: Team, name: str) -> Chair:
    return next(chair for chair in team.quest.chairs if chair.department.name == name)


def why(team: Team, text: str = "The day moved", evidence: str = "") -> Why:
    diagnosing.add_why(
        team.session,
        team.quest,
        parent_id=None,
        text=text,
        evidence=evidence,
        by=team.cast.ida,
        at=week(2),
    )
    return team.quest.whys[-1]


def comments(session: Session, cast: Cast, count: int) -> list[int]:
    heard = [
        hearing.heard(session, f"Words {n}", on=BEGUN.date(), by=cast.bram, at=BEGUN)
        for n in range(count)
    ]
    return [one.comments[0].id for one in heard]


def choose(team: Team, found: Why, chosen: list[int], offered: list[int]) -> set[int]:
    voicing.choose(
        team.session,
        team.quest,
        found,
        chosen,
        offered=offered,
        by=team.cast.ida,
        at=week(2),
    )
    again = next(w for w in team.quest.whys if w.id == found.id)
    return {piece.comment_id for piece in again.comments}


# Chairs.


def test_who_joins_takes_the_empty_chair_of_their_department(team: Team, cast: Cast) -> None:
    assert seating.sits(chair(team, "Care")) == cast.ida
    assert seating.sits(chair(team, "Field")) == cast.bram
    assert [c.department.name for c in seating.empty(team.quest)] == ["Billing"]
    team.join(cast.olaf)
    billing = chair(team, "Billing")
    assert (seating.sits(billing), billing.is_deputy) == (cast.olaf, False)


def test_who_joins_leaves_a_deputy_where_they_sit(session: Session, team: Team, cast: Cast) -> None:
    seating.seat(session, team.quest, chair(team, "Billing"), cast.bram, by=cast.ida, at=week(2))
    assert chair(team, "Billing").is_deputy
    team.join(cast.olaf)
    assert seating.sits(chair(team, "Billing")) == cast.bram


def test_somebody_of_the_department_fills_a_chair_without_being_a_member(
    session: Session, team: Team, cast: Cast
) -> None:
    billing = chair(team, "Billing")
    assert list(seating.candidates(session, team.quest, billing)) == [
        cast.ida,
        cast.bram,
        cast.olaf,
    ]
    seating.seat(session, team.quest, billing, cast.olaf, by=cast.bram, at=week(2))
    billing = chair(team, "Billing")
    assert (seating.sits(billing), billing.is_deputy) == (cast.olaf, False)
    assert not seating.empty(team.quest)


def test_a_strangers_and_a_leavers_seat_is_refused(
    session: Session, team: Team, cast: Cast
) -> None:
    care = chair(team, "Care")
    for who in (cast.olaf, cast.gone, cast.karl, cast.noor):
        with pytest.raises(BadInput):
            seating.seat(session, team.quest, care, who, by=cast.ida, at=week(2))
    with pytest.raises(NotAllowed):
        seating.seat(session, team.quest, care, cast.bram, by=cast.olaf, at=week(2))


def test_who_leaves_leaves_the_chair_empty(session: Session, team: Team, cast: Cast) -> None:
    seating.seat(session, team.quest, chair(team, "Billing"), cast.bram, by=cast.ida, at=week(2))
    starting.leave(session, team.quest, by=cast.bram, at=week(2))
    assert {c.department.name for c in seating.empty(team.quest)} == {"Field", "Billing"}
    assert not chair(team, "Billing").is_deputy


def test_who_is_let_in_no_longer_leaves_the_chair_empty(
    session: Session, team: Team, cast: Cast
) -> None:
    keeping.deactivate(session, cast.bram, by=cast.ruth, at=week(2))
    assert {c.department.name for c in seating.empty(team.quest)} == {"Field", "Billing"}


def test_a_chair_is_emptied_by_hand(session: Session, team: Team, cast: Cast) -> None:
    seating.seat(session, team.quest, chair(team, "Field"), None, by=cast.ida, at=week(2))
    assert seating.sits(chair(team, "Field")) is None


def test_nobody_sits_down_while_a_coach_looks(session: Session, cast: Cast) -> None:
    team = Team(session, cast).diagnose()
    with pytest.raises(Refusal):
        seating.seat(session, team.quest, chair(team, "Care"), None, by=cast.ida, at=week(2))


# Customers' words.


def test_a_why_carries_comments_and_a_comment_leads_back(
    session: Session, team: Team, cast: Cast
) -> None:
    found, keys = why(team), comments(session, cast, 3)
    assert choose(team, found, keys[:2], keys) == set(keys[:2])
    assert [(w.id, q.id) for w, q in voicing.whys_of(session, keys[0])] == [(found.id, team.id)]
    assert voicing.whys_of(session, keys[2]) == []
    assert referring.used(session, keys) == set(keys[:2])


def test_only_what_was_offered_is_taken_away(session: Session, team: Team, cast: Cast) -> None:
    found, keys = why(team), comments(session, cast, 4)
    choose(team, found, keys[:2], keys[:2])
    assert choose(team, found, [keys[2]], [keys[0], keys[2]]) == {keys[1], keys[2]}


def test_a_comment_that_is_not_there_is_refused(session: Session, team: Team, cast: Cast) -> None:
    found, keys = why(team), comments(session, cast, 1)
    with pytest.raises(BadInput):
        choose(team, found, [*keys, 99999], [])
    with pytest.raises(BadInput):
        choose(team, found, comments(session, cast, voicing.MOST + 1), [])
    assert not team.quest.whys[-1].comments


def test_a_why_that_is_taken_out_lets_go_of_its_words(
    session: Session, team: Team, cast: Cast
) -> None:
    found, keys = why(team), comments(session, cast, 1)
    choose(team, found, keys, keys)
    diagnosing.drop_why(session, team.quest, team.quest.whys[-1], by=cast.ida, at=week(2))
    assert voicing.whys_of(session, keys[0]) == []


def test_only_the_team_chooses_words_and_not_while_a_coach_looks(
    session: Session, cast: Cast
) -> None:
    team = Team(session, cast).diagnose()
    keys, found = comments(session, cast, 1), team.quest.whys[0]
    who = {"by": cast.ida, "at": week(2)}
    with pytest.raises(Refusal):
        voicing.choose(session, team.quest, found, keys, offered=keys, **who)
    with pytest.raises(NotAllowed):
        voicing.choose(session, team.quest, found, keys, offered=keys, by=cast.olaf, at=week(2))


# Questions.


def test_one_question_follows_another(session: Session, team: Team, cast: Cast) -> None:
    who = {"by": cast.ida, "at": week(2)}

    def following() -> Question | None:
        return workshop.next_question(team.quest)

    assert following() == Question(Ask.SEAT, chair=chair(team, "Billing"))
    seating.seat(session, team.quest, chair(team, "Billing"), cast.olaf, **who)
    assert following() == Question(Ask.WHY)
    top = why(team)
    assert following() == Question(Ask.WHY, why=top)
    statements = {"level": Cause.SYSTEMIC, "without_it": "a", "fixed_stops": "b"}
    diagnosing.mark_root(session, team.quest, top, **statements, **who)
    assert following() == Question(Ask.COMMUNICATION)
    diagnosing.answer_communication(
        session, team.quest, Communication.UNDER, "n", Work.PREVENTION, **who
    )
    for one in team.quest.chairs:
        assert following() == Question(Ask.HEARD, chair=one)
        diagnosing.hear(session, team.quest, one, "We never asked", **who)
    assert following() == Question(Ask.UNNOTICED)
    diagnosing.answer_unnoticed(session, team.quest, "No check", "No list has it", **who)
    assert following() is None


def test_an_address_names_a_question_that_the_quest_has(team: Team) -> None:
    found, quest = why(team), team.quest
    field = chair(team, "Field")
    assert workshop.asked(quest, "", None, None) is None
    assert workshop.asked(quest, "", found.id, None) == Question(Ask.WHY, why=found)
    assert workshop.asked(quest, "why", None, None) == Question(Ask.WHY)
    assert workshop.asked(quest, "root", found.id, None) == Question(Ask.ROOT, why=found)
    assert workshop.asked(quest, "seat", None, field.id) == Question(Ask.SEAT, chair=field)
    for wrong in (("why", 999, None), ("root", None, None), ("seat", None, 999), ("x", None, None)):
        assert workshop.asked(quest, *wrong) is None


def test_why_nobody_noticed_needs_what_shows_it(session: Session, team: Team, cast: Cast) -> None:
    with pytest.raises(BadInput) as refused:
        diagnosing.answer_unnoticed(session, team.quest, "No", "", by=cast.ida, at=week(2))
    assert refused.value.field == "why_unnoticed_evidence"
    with pytest.raises(NotAllowed):
        diagnosing.answer_unnoticed(session, team.quest, "No", "x", by=cast.olaf, at=week(2))


def test_the_last_line_changes_with_every_deed(session: Session, team: Team) -> None:
    before = workshop.latest(session, team.id)
    why(team)
    after = workshop.latest(session, team.id)
    assert before
    assert after
    assert after.id > before.id
    assert after.action == "why_added"
    assert workshop.latest(session, 999) is None
