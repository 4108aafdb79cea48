"""The life of a rulebook version, and trying a draft on a past event."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.core.models import AuditLine, OutboxMessage
from cxquest.people import queries as people
from cxquest.people.models import Person, Role
from cxquest.rewards import documents, publishing, rulebook_queries, trying, versions
from cxquest.rewards.models import LedgerEntry, RewardEvent, RulebookVersion, VersionState
from cxquest.rewards.rulebook import DEFAULT
from tests import cast as players
from tests import rulebooks
from tests.cast import BEGUN, Cast
from tests.rulebooks import URL, WEEK
from tests.teams import Team

ONE = timedelta(seconds=1)


@pytest.fixture
def second(session: Session, cast: Cast) -> Person:
    """Another administrator."""
    return players.person(session, "Sven", None, Role.ADMINISTRATOR)


def draft(session: Session, cast: Cast, given: Any = None) -> RulebookVersion:
    return publishing.draft(session, given, "Because", by=cast.ruth, at=BEGUN)


def test_a_draft_begins_as_a_copy_of_the_rulebook_in_force(session: Session, cast: Cast) -> None:
    made = draft(session, cast)
    assert made.number == 2
    assert versions.of(made) == replace(DEFAULT, version=2)
    assert draft(session, cast).number == 3


def test_only_administrators_write(session: Session, cast: Cast) -> None:
    for person in (cast.ida, cast.noor, cast.karl):
        with pytest.raises(NotAllowed):
            publishing.draft(session, None, "Mine", by=person, at=BEGUN)


def test_a_document_that_cannot_be_read_is_refused_with_its_place(
    session: Session, cast: Cast
) -> None:
    given = rulebooks.document()
    given["rules"][1]["give"] = "three"
    with pytest.raises(BadInput, match=r"rules\.1\.give"):
        draft(session, cast, given)


def test_a_draft_may_break_the_constitution_and_goes_no_further(
    session: Session, cast: Cast, second: Person
) -> None:
    version = draft(session, cast, rulebooks.document(work={"prevention": "1"}))
    rulebooks.simulated(session, version, cast.ruth, BEGUN)
    with pytest.raises(Refusal) as refused:
        publishing.approve(session, version, by=second, at=BEGUN)
    assert "C1" in str(refused.value)
    assert "It is 1, the limit is 1.5" in str(refused.value)
    assert next(item.detail for item in refused.value.missing) == "C1 · 1 ↔ 1.5"


def test_a_rule_that_makes_no_sense_goes_no_further(
    session: Session, cast: Cast, second: Person
) -> None:
    version = draft(session, cast, rulebooks.with_rule(when="review_completed", to="finder"))
    rulebooks.simulated(session, version, cast.ruth, BEGUN)
    with pytest.raises(Refusal, match="names nobody of that kind"):
        publishing.approve(session, version, by=second, at=BEGUN)


def test_changing_what_was_simulated_makes_it_a_draft_again(session: Session, cast: Cast) -> None:
    version = draft(session, cast)
    rulebooks.simulated(session, version, cast.ruth, BEGUN)
    who = {"by": cast.ruth, "at": BEGUN}
    same = dict(version.document)
    publishing.change(session, version, same, "Better said", seen=version.version, **who)
    assert version.state is VersionState.SIMULATED
    given = rulebooks.document(starter_allowance=40)
    publishing.change(session, version, given, "Less", seen=version.version, **who)
    assert version.state is VersionState.DRAFT
    assert versions.of(version).starter_allowance == 40


def test_whoever_saves_upon_anothers_save_is_told(session: Session, cast: Cast) -> None:
    version = draft(session, cast)
    seen = version.version
    who = {"by": cast.ruth, "at": BEGUN}
    given = rulebooks.document(starter_allowance=40)
    publishing.change(session, version, given, "Mine", seen=seen, **who)
    with pytest.raises(Refusal, match="Someone else"):
        publishing.change(session, version, rulebooks.document(), "Theirs", seen=seen, **who)
    assert versions.of(version).starter_allowance == 40


def test_approval_needs_a_simulation_of_exactly_this_document(
    session: Session, cast: Cast, second: Person
) -> None:
    version = draft(session, cast)
    with pytest.raises(Refusal, match="C10") as refused:
        publishing.approve(session, version, by=second, at=BEGUN)
    missing = [item for item in refused.value.missing if not item.done]
    assert [item.anchor for item in missing] == ["simulation"]
    assert missing[0].who
    rulebooks.simulated(session, version, cast.ruth, BEGUN)
    version.document = rulebooks.document(starter_allowance=40)
    with pytest.raises(Refusal, match="C10"):
        publishing.approve(session, version, by=second, at=BEGUN)


def test_nobody_who_wrote_on_a_version_approves_it(
    session: Session, cast: Cast, second: Person
) -> None:
    version = draft(session, cast)
    given = rulebooks.document(starter_allowance=40)
    publishing.change(session, version, given, "", seen=version.version, by=second, at=BEGUN)
    rulebooks.simulated(session, version, cast.ruth, BEGUN)
    for writer in (cast.ruth, second):
        with pytest.raises(NotAllowed, match="C10"):
            publishing.approve(session, version, by=writer, at=BEGUN)
    third = players.person(session, "Tove", None, Role.ADMINISTRATOR)
    publishing.approve(session, version, by=third, at=BEGUN)
    assert version.approved_by is third


def test_an_approved_version_is_never_changed(session: Session, cast: Cast, second: Person) -> None:
    version = rulebooks.approved(session, rulebooks.document(), cast.ruth, second, BEGUN)
    with pytest.raises(Refusal, match="nothing changes it"):
        publishing.change(session, version, {}, "", seen=version.version, by=cast.ruth, at=BEGUN)
    session.commit()
    for document in ({}, rulebooks.document(starter_allowance=40)):
        rewritten = update(RulebookVersion).values(document=document)
        with pytest.raises(DatabaseError, match="never rewritten"):
            session.execute(rewritten)
        session.rollback()


@pytest.mark.parametrize(
    ("notice", "days"),
    [(timedelta(days=6, hours=23), "6"), (timedelta(0), "0"), (-timedelta(days=3), "-3")],
)
def test_less_than_a_weeks_notice_is_refused(
    session: Session, cast: Cast, second: Person, notice: timedelta, days: str
) -> None:
    version = rulebooks.approved(session, rulebooks.document(), cast.ruth, second, BEGUN)
    with pytest.raises(BadInput, match="C10") as refused:
        publishing.schedule(session, version, BEGUN + notice, by=cast.ruth, at=BEGUN, base_url=URL)
    assert refused.value.field == "effective_from"
    assert refused.value.values["least"] == 7
    assert str(refused.value).endswith(f"This gives {days}.")


def test_a_scheduled_version_is_told_to_everyone_once(
    session: Session, cast: Cast, second: Person
) -> None:
    version = rulebooks.scheduled(session, rulebooks.document(), cast.ruth, second, BEGUN)
    mails = session.scalars(select(OutboxMessage).where(OutboxMessage.key.like("rulebook:%"))).all()
    active = people.active_people(session)
    assert sorted(mail.recipient for mail in mails) == sorted(one.email for one in active)
    assert all(f"{URL}/rules" in mail.body for mail in mails)
    assert cast.gone.email not in {mail.recipient for mail in mails}
    actions = [line.action for line in rulebook_queries.lines_of(session, version)]
    assert actions == ["rulebook_drafted", "rulebook_approved", "rulebook_scheduled"]


def test_two_versions_never_count_from_the_same_instant(
    session: Session, cast: Cast, second: Person
) -> None:
    rulebooks.scheduled(session, rulebooks.document(), cast.ruth, second, BEGUN)
    other = rulebooks.approved(session, rulebooks.document(), cast.ruth, second, BEGUN)
    with pytest.raises(BadInput, match="Version 2"):
        publishing.schedule(session, other, BEGUN + WEEK, by=cast.ruth, at=BEGUN, base_url=URL)


def test_the_instant_of_an_event_chooses_its_rulebook(
    session: Session, cast: Cast, second: Person
) -> None:
    given = rulebooks.document(starter_allowance=40)
    rulebooks.scheduled(session, given, cast.ruth, second, BEGUN)
    assert versions.rulebook_at(session, BEGUN + WEEK - ONE) == DEFAULT
    assert versions.rulebook_at(session, BEGUN + WEEK).starter_allowance == 40


def test_a_version_is_withdrawn_before_it_counts_and_not_after(
    session: Session, cast: Cast, second: Person
) -> None:
    who: dict[str, Any] = {"by": cast.ruth, "base_url": URL}
    version = rulebooks.scheduled(session, rulebooks.document(), cast.ruth, second, BEGUN)
    with pytest.raises(BadInput, match="Say why"):
        publishing.withdraw(session, version, "", at=BEGUN, **who)
    with pytest.raises(Refusal, match="counts already"):
        publishing.withdraw(session, version, "No", at=BEGUN + WEEK, **who)
    publishing.withdraw(session, version, "A mistake", at=BEGUN + WEEK - ONE, **who)
    assert version.state is VersionState.WITHDRAWN
    assert versions.rulebook_at(session, BEGUN + WEEK) == DEFAULT
    line = session.scalars(select(AuditLine).order_by(AuditLine.id.desc())).first()
    assert line
    assert line.summary == "A mistake"
    assert line.facts["effective_from"] == (BEGUN + WEEK).isoformat()
    with pytest.raises(Refusal, match="withdrawn"):
        publishing.withdraw(session, version, "Again", at=BEGUN, **who)
    rulebooks.scheduled(session, rulebooks.document(), cast.ruth, second, BEGUN)


def test_a_past_event_is_worked_through_both_rulebooks(session: Session, cast: Cast) -> None:
    Team(session, cast).prove()
    before = session.scalars(select(LedgerEntry.id)).all()
    events = rulebook_queries.last_events(session)
    event = next(one for one in events if one.key.endswith(":G1") and one.type == "gate_passed")
    paid = {
        entry.component: entry.points
        for entry in session.scalars(select(LedgerEntry).where(LedgerEntry.event_id == event.id))
    }
    given = rulebooks.with_rule(only_if={"joint": "all", "parts": []}, give=7)
    tried = trying.tried(session, event, DEFAULT, documents.read(given, 2))
    assert tried.team == (paid["team_outcome"], paid["team_outcome"] + 7)
    assert [row.same for row in tried.rows] == [True, True, False]
    assert str(tried.rows[2].name) == "The rule “A little more”"
    assert session.scalars(select(LedgerEntry.id)).all() == before


def test_a_tried_event_costs_the_same_with_many_rules(
    session: Session, cast: Cast, queries: Any
) -> None:
    Team(session, cast).prove()
    event = session.scalars(select(RewardEvent).where(RewardEvent.type == "gate_passed")).first()
    assert event
    session.flush()
    many = rulebooks.document()
    limit = {"amount": 3, "unit": "times", "per": "account", "window": "week"}
    many["rules"] = [
        rulebooks.rule(id=f"r{n}", to="members", at_most=[{**limit, "pool": f"p{n}"}])
        for n in range(50)
    ]
    with queries() as counted:
        trying.tried(session, event, DEFAULT, documents.read(many, 2))
    assert len(counted) <= 4
