"""Back to the customers from a quest: who prepares it, what an outcome is, whose hands it is in."""

import pytest
from sqlalchemy.orm import Session

from cxquest.core.errors import NotAllowed, Refusal
from cxquest.pains import answering, checking, note_queries
from cxquest.pains.models import Answer
from cxquest.quests import holding, measuring, telling
from cxquest.rewards.rulebook import Gate
from cxquest.voice.models import Submission
from tests.cast import Cast
from tests.checks import customer, mails, showing_too, worded
from tests.pains import LATER, URL
from tests.teams import Team, day, week


def test_who_worked_on_it_handles_no_proof_of_it(session: Session, cast: Cast) -> None:
    team = Team(session, cast).join()
    cast.bram.is_coach = cast.olaf.is_coach = True
    session.flush()
    pain = team.pain
    assert not checking.is_outside(session, pain, cast.bram)
    assert checking.is_outside(session, pain, cast.noor)
    assert checking.is_outside(session, pain, cast.olaf)
    assert not checking.is_outside(session, pain, cast.ruth)
    note = worded(session, cast, pain)
    answering.mark_sent(session, pain, by=cast.bram, at=LATER)
    with pytest.raises(NotAllowed, match="did not work on it"):
        checking.write_down(session, pain, note, Answer.BETTER, "", by=cast.bram, at=LATER)
    with pytest.raises(NotAllowed, match="did not work on it"):
        checking.take_out(session, pain, note, base_url=URL, by=cast.bram, at=LATER)


def agreeing(session: Session, team: Team) -> Submission:
    """Return the submission of a customer of the team's pain point who left an address."""
    ann = customer(session, team.cast, address="ann@home.example")
    showing_too(session, team.cast, team.pain, ann)
    return ann


def told(session: Session, team: Team, outcome: str) -> None:
    """Noor words and sends the note that Bram asks for."""
    note = telling.tell(session, team.quest, by=team.cast.bram, at=week(12))
    assert note.outcome == outcome
    answering.reword(session, team.pain, "We come on the day.", by=team.cast.noor, at=week(12))
    checking.send(session, team.pain, note, base_url=URL, by=team.cast.noor, at=week(12))


def test_the_team_prepares_the_note_once_the_change_is_in_place(
    session: Session, cast: Cast
) -> None:
    team = Team(session, cast).fix()
    for who in (cast.bram, cast.noor):
        with pytest.raises(NotAllowed, match="in place"):
            telling.tell(session, team.quest, by=who, at=week(5))
    team.judge(Gate.G2, 6)
    for who in (cast.olaf, cast.karl, cast.ruth):
        with pytest.raises(NotAllowed):
            telling.tell(session, team.quest, by=who, at=week(6))
    note = telling.tell(session, team.quest, by=cast.bram, at=week(6))
    assert telling.tell(session, team.quest, by=cast.noor, at=week(6)).id == note.id


def test_an_outcome_is_told_once_until_the_problem_comes_back(session: Session, cast: Cast) -> None:
    team = Team(session, cast).fix().judge(Gate.G2, 6)
    agreeing(session, team)
    first = f"quest:{team.id}:1"
    told(session, team, first)
    for number in range(6, 12):
        team.read(number, "4")
    measuring.tell_customers(session, team.quest, "By mail", by=cast.ida, at=week(12))
    team.ask(12).judge(Gate.G3, 13)
    assert telling.outcome_of(team.quest) == first, "the proof does not make it another one"
    with pytest.raises(Refusal, match="told of this"):
        telling.tell(session, team.quest, by=cast.ida, at=week(14))
    for number in range(13, 27):
        team.read(number, "4")
    assert holding.look(session, team.quest, at=week(27)) == "closed"
    assert [one.outcome for one in note_queries.notes(session, team.pain.id)] == [first]
    assert len(mails(session)) == 1
    holding.report_return(session, team.quest, "Six this week", by=cast.noor, at=week(28))
    assert telling.outcome_of(team.quest) == first, "nothing else is in place yet"
    with pytest.raises(NotAllowed):
        telling.tell(session, team.quest, by=cast.ida, at=week(28))
    team.quest.countermeasures[0].in_place_on = day(29)  # it is done anew
    team.ask(29).judge(Gate.G2, 29)
    told(session, team, f"quest:{team.id}:2")
    assert len(mails(session)) == 2


def test_a_draft_goes_when_the_problem_comes_back(session: Session, cast: Cast) -> None:
    team = Team(session, cast).hold()
    telling.tell(session, team.quest, by=cast.ida, at=week(14))
    holding.report_return(session, team.quest, "Six this week", by=cast.noor, at=week(15))
    assert note_queries.notes(session, team.pain.id) == []
