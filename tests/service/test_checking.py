"""“You said, we did, please check”: whom it asks, once, what comes back, and what that proves."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.journey import staging
from cxquest.journey.models import Stage
from cxquest.pains import (
    answering,
    check_queries,
    check_words,
    checking,
    deciding,
    note_queries,
)
from cxquest.pains.check_queries import Recognition
from cxquest.pains.models import Answer, CustomerCheck, PainNote, PainPoint
from cxquest.people.signing_in import fingerprint
from cxquest.surveys import words
from tests.cast import BEGUN, Cast
from tests.checks import OUTCOME, customer, key_in, mails, showing_too, shown_by, worded
from tests.pains import LATER, URL
from tests.surveys import survey

BETTER, SAME, WORSE = Answer


@pytest.fixture
def stage(session: Session, cast: Cast) -> Stage:
    return staging.add(
        session, name="Installation", customer_goal="", success_means="", by=cast.ruth, at=BEGUN
    )


@pytest.fixture
def pain(session: Session, cast: Cast, stage: Stage) -> PainPoint:
    """One customer with an address, one with a keyed hash; five others have not agreed."""
    ann = customer(session, cast, "Nobody came to me", address="ann@home.example")
    return shown_by(session, cast, stage, ann, customer(session, cast, mark="f00d"))


def sent(session: Session, cast: Cast, pain: PainPoint, outcome: str = OUTCOME) -> PainNote:
    note = worded(session, cast, pain, outcome)
    checking.send(session, pain, note, base_url=URL, by=cast.noor, at=LATER)
    return note


def say(session: Session, cast: Cast, pain: PainPoint, note: PainNote, *said: Answer) -> None:
    for one in said:
        checking.write_down(session, pain, note, one, "", by=cast.noor, at=LATER)


# The note


def test_each_outcome_has_one_note(session: Session, cast: Cast, pain: PainPoint) -> None:
    note = checking.prepare_outcome(session, pain, OUTCOME, by=cast.ida, at=LATER)
    assert (note.deed, note.outcome, note.sent_at) == ("changed", OUTCOME, None)
    assert "You told us: “Nobody.”" in note.text
    assert answering.TO_SAY in note.text
    assert "Please look whether it is better now" in note.text
    again = checking.prepare_outcome(session, pain, OUTCOME, by=cast.noor, at=LATER)
    assert again.id == note.id, "the draft that waits is the one"
    assert not check_queries.was_sent(session, OUTCOME)
    answering.reword(session, pain, "We come on the day.", by=cast.noor, at=LATER)
    checking.send(session, pain, note, base_url=URL, by=cast.noor, at=LATER)
    assert check_queries.was_sent(session, OUTCOME)
    with pytest.raises(Refusal, match=r"told of this on 2026-03-03"):
        checking.prepare_outcome(session, pain, OUTCOME, by=cast.ida, at=LATER)
    later = checking.prepare_outcome(session, pain, "quest:12:2", by=cast.ida, at=LATER)
    assert later.id != note.id


def test_the_database_keeps_a_second_note_of_an_outcome_out(
    session: Session, cast: Cast, pain: PainPoint
) -> None:
    checking.prepare_outcome(session, pain, OUTCOME, by=cast.ida, at=LATER)
    twin = PainNote(pain_id=pain.id, deed="changed", outcome=OUTCOME, text="", prepared_at=LATER)
    session.add(twin)
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_coach_words_it_before_anybody_is_asked(
    session: Session, cast: Cast, pain: PainPoint
) -> None:
    note = checking.prepare_outcome(session, pain, OUTCOME, by=cast.ida, at=LATER)
    for deed in (checking.send, checking.take_out):
        with pytest.raises(Refusal, match="what is different now"):
            deed(session, pain, note, base_url=URL, by=cast.noor, at=LATER)
        for who in (cast.ida, cast.ruth, cast.karl):
            with pytest.raises(NotAllowed):
                deed(session, pain, note, base_url=URL, by=who, at=LATER)
    assert (mails(session), note.sent_at) == ([], None)


def test_who_was_told_of_the_outcome_is_not_told_again_when_it_is_resolved(
    session: Session, cast: Cast, pain: PainPoint
) -> None:
    note = sent(session, cast, pain)
    deciding.resolve(session, pain, outcome=OUTCOME, by=None, at=LATER)
    assert [one.id for one in note_queries.notes(session, pain.id)] == [note.id]


def test_a_draft_of_the_outcome_is_the_one_that_waits_when_it_is_resolved(
    session: Session, cast: Cast, pain: PainPoint
) -> None:
    note = worded(session, cast, pain)
    deciding.resolve(session, pain, outcome=OUTCOME, by=None, at=LATER)
    (waiting,) = note_queries.notes(session, pain.id)
    assert (waiting.id, waiting.text) == (note.id, "We come on the day.")


def test_what_is_resolved_untold_gets_its_note_which_asks_too(
    session: Session, cast: Cast, pain: PainPoint
) -> None:
    deciding.resolve(session, pain, outcome=OUTCOME, by=None, at=LATER)
    (note,) = note_queries.asking(session, pain.id)
    assert (note.deed, note.outcome) == ("resolved", OUTCOME)
    with pytest.raises(Refusal):
        checking.send(session, pain, note, base_url=URL, by=cast.noor, at=LATER)
    answering.reword(session, pain, "It holds.", by=cast.noor, at=LATER)
    assert checking.send(session, pain, note, base_url=URL, by=cast.noor, at=LATER) == 1


def test_who_read_that_it_is_resolved_is_not_told_the_same_as_an_outcome(
    session: Session, cast: Cast, pain: PainPoint
) -> None:
    deciding.resolve(session, pain, by=None, at=LATER)
    answering.reword(session, pain, "It holds.", by=cast.noor, at=LATER)
    answering.mark_sent(session, pain, by=cast.noor, at=LATER)
    with pytest.raises(Refusal, match="told of this"):
        checking.prepare_outcome(session, pain, OUTCOME, by=cast.ida, at=LATER)
    deciding.come_back(session, pain, by=cast.noor, at=LATER)
    deciding.enter_quest(session, pain, by=cast.ida, at=LATER)
    assert checking.prepare_outcome(session, pain, OUTCOME, by=cast.ida, at=LATER)


@pytest.mark.parametrize("step", ["come_back", "give_back"])
def test_a_draft_goes_with_the_outcome(
    session: Session, cast: Cast, pain: PainPoint, step: str
) -> None:
    checking.prepare_outcome(session, pain, OUTCOME, by=cast.ida, at=LATER)
    getattr(deciding, step)(session, pain, by=cast.noor, at=LATER)
    assert note_queries.notes(session, pain.id) == []


# Whom it asks


def test_mail_goes_to_who_agreed_and_has_an_address_and_only_the_hash_of_the_link_stays(
    session: Session, cast: Cast, pain: PainPoint
) -> None:
    note = worded(session, cast, pain)
    assert checking.send(session, pain, note, base_url=URL, by=cast.noor, at=LATER) == 1
    (mail,) = mails(session)
    assert mail.recipient == "ann@home.example"
    assert mail.subject == "Halden Home: you told us something. Is it better now?"
    assert mail.body.startswith("We come on the day.\n\n")
    key = key_in(mail.body)
    assert len(key) >= 20
    (check,) = session.scalars(select(CustomerCheck))
    assert (check.note_id, check.hash, check.answer) == (note.id, fingerprint(key), None)
    assert key not in str(vars(check))
    assert (note.sent_by_id, note.sent_at) == (cast.noor.id, LATER)
    deeds = [line.action for line in audit.timeline(session, pain)]
    assert deeds[:2] == ["asked_customers", "sent_note"]
    with pytest.raises(Refusal, match="Nobody is left"):
        checking.send(session, pain, note, base_url=URL, by=cast.noor, at=LATER)
    assert len(mails(session)) == 1


def test_the_file_holds_everyone_who_was_not_asked_each_with_a_link_once(
    session: Session, cast: Cast, pain: PainPoint
) -> None:
    note = sent(session, cast, pain)
    (link,) = checking.take_out(session, pain, note, base_url=URL, by=cast.noor, at=LATER)
    assert (link.customer.address, link.customer.external_id[:2]) == ("", "R-")
    found = check_queries.check_of(session, key_in(link.url))
    assert found
    assert found.check.submission_id == link.customer.submission_id
    line = audit.timeline(session, pain)[0]
    assert (line.action, line.actor_id, line.summary) == ("took_out_links", cast.noor.id, "1")
    with pytest.raises(Refusal, match="Nobody is left"):
        checking.take_out(session, pain, note, base_url=URL, by=cast.noor, at=LATER)


def test_a_coach_may_take_everyone_out_instead_of_sending(
    session: Session, cast: Cast, pain: PainPoint
) -> None:
    note = worded(session, cast, pain)
    links = checking.take_out(session, pain, note, base_url=URL, by=cast.noor, at=LATER)
    assert sorted(link.customer.address for link in links) == ["", "ann@home.example"]
    assert note.sent_at == LATER
    assert check_queries.was_sent(session, OUTCOME)
    with pytest.raises(Refusal):
        checking.send(session, pain, note, base_url=URL, by=cast.noor, at=LATER)
    assert mails(session) == []


def test_one_customer_is_asked_once_by_whatever_they_are_known(
    session: Session, cast: Cast, stage: Stage
) -> None:
    first = customer(session, cast, address="Ann@Home.example")
    same_address = customer(session, cast, address="ann@home.example ")
    repeat = customer(session, cast, mark="b00c")
    repeat.repeat_of_id = first.id
    hashed, same_hash = (customer(session, cast, mark="f00d") for _ in range(2))
    reached = customer(session, cast, mark="f00d", address="bo@home.example")
    everyone = (hashed, same_hash, reached, first, same_address, repeat)
    pain = shown_by(session, cast, stage, *everyone)
    note = worded(session, cast, pain)
    left = check_queries.unasked(session, note)
    assert {one.submission_id for one in left} == {first.id, reached.id}
    assert checking.send(session, pain, note, base_url=URL, by=cast.noor, at=LATER) == 2
    assert check_queries.unasked(session, note) == []
    late = customer(session, cast, address="ANN@home.example")
    other = customer(session, cast, address="eve@home.example")
    showing_too(session, cast, pain, late, other)
    assert checking.send(session, pain, note, base_url=URL, by=cast.noor, at=LATER) == 1
    assert [mail.recipient for mail in mails(session)][-1] == "eve@home.example"


def test_who_did_not_agree_is_never_asked(session: Session, cast: Cast, stage: Stage) -> None:
    pain = shown_by(session, cast, stage)
    note = worded(session, cast, pain)
    for deed in (checking.send, checking.take_out):
        with pytest.raises(Refusal, match="Nobody is left"):
            deed(session, pain, note, base_url=URL, by=cast.noor, at=LATER)
    assert session.scalars(select(CustomerCheck)).all() == []
    assert note.sent_at is None


def test_a_customer_reads_their_language_and_only_their_own_words(
    session: Session, cast: Cast, stage: Stage
) -> None:
    asked = survey(session, cast, "Danach", language="fr")
    ann = customer(
        session, cast, "Der Monteur ist nicht gekommen und ich habe mir freigenommen, "
        "ruft mich an: 0711 223344", address="ann@home.example",
    )  # fmt: skip
    eve = customer(session, cast, "Nobody came", address="eve@home.example")
    eve.source_id = asked.source_id
    bo = customer(session, cast, "Kukaan ei tullut", address="bo@home.example")
    pain = shown_by(session, cast, stage, ann, eve, bo)
    sent(session, cast, pain)
    by_mail = {mail.recipient: mail for mail in mails(session)}
    found = {name: check_queries.check_of(session, key_in(m.body)) for name, m in by_mail.items()}
    languages = {name: one.language for name, one in found.items() if one}
    assert languages == {"ann@home.example": "de", "eve@home.example": "fr",
                         "bo@home.example": "en"}  # fmt: skip
    assert "Ist es jetzt besser?" in by_mail["ann@home.example"].subject
    ann_sees = found["ann@home.example"]
    assert ann_sees
    (quote,) = ann_sees.quotes
    assert quote.startswith("Der Monteur")
    assert "0711" not in quote


def test_every_language_of_the_surveys_has_all_its_words() -> None:
    assert set(check_words.LANGUAGES) == set(words.LANGUAGES)
    for name in vars(check_words.ENGLISH):
        said = {code: getattr(one, name) for code, one in check_words.LANGUAGES.items()}
        assert all(said.values())
        if name != "error":
            assert len(set(said.values())) == 4, name


# What comes back


def test_an_answer_comes_once_and_stays(session: Session, cast: Cast, pain: PainPoint) -> None:
    sent(session, cast, pain)
    (check,) = session.scalars(select(CustomerCheck))
    for _ in range(2):  # the same form sent twice is one answer
        checking.answer(session, check, BETTER, " They came. ", at=LATER)
    with pytest.raises(checking.Answered):
        checking.answer(session, check, WORSE, "They came.", at=LATER)
    with pytest.raises(checking.Answered):
        checking.answer(session, check, BETTER, "x" * 9999, at=LATER)
    assert (check.answer, check.text, check.answered_at) == (BETTER, "They came.", LATER)
    assert [line.action for line in audit.timeline(session, check)] == ["answered"]


def test_a_text_that_is_too_long_is_refused(session: Session, cast: Cast, pain: PainPoint) -> None:
    note = sent(session, cast, pain)
    (check,) = session.scalars(select(CustomerCheck))
    with pytest.raises(BadInput):
        checking.answer(session, check, BETTER, "x" * 4001, at=LATER)
    with pytest.raises(BadInput):
        checking.write_down(session, pain, note, SAME, "x" * 4001, by=cast.noor, at=LATER)


def test_recognition_counts_what_was_said(session: Session, cast: Cast, pain: PainPoint) -> None:
    assert check_queries.recognition(session, OUTCOME) == Recognition()
    note = sent(session, cast, pain)
    assert check_queries.recognition(session, OUTCOME) == Recognition(asked=1)
    (check,) = session.scalars(select(CustomerCheck))
    checking.answer(session, check, BETTER, "", at=LATER)
    say(session, cast, pain, note, BETTER, WORSE, SAME)
    made = check_queries.recognition(session, OUTCOME)
    assert made == Recognition(asked=1, answered=4, better=2, same=1, worse=1, written=3)
    assert not made.is_recognised, "half of them is not more than half"
    say(session, cast, pain, note, BETTER)
    assert check_queries.recognition(session, OUTCOME).is_recognised
    assert check_queries.recognition(session, "quest:12:2") == Recognition()


@given(st.lists(st.sampled_from(list(Answer)), max_size=40))
def test_recognised_is_three_answers_and_more_than_half_of_them_better(said: list[Answer]) -> None:
    made = Recognition(9, len(said), said.count(BETTER), said.count(SAME), said.count(WORSE))
    others = made.same + made.worse
    assert made.is_recognised == (len(said) >= 3 and made.better > others)


def test_answers_are_listed_the_worst_first_and_masked(
    session: Session, cast: Cast, pain: PainPoint
) -> None:
    note = sent(session, cast, pain)
    (check,) = session.scalars(select(CustomerCheck))
    checking.answer(session, check, BETTER, "Write to ann@home.example", at=LATER)
    for hours, said in enumerate((WORSE, WORSE, SAME, BETTER), 1):
        at = LATER + timedelta(hours=hours)
        checking.write_down(session, pain, note, said, f"Call {hours}", by=cast.noor, at=at)
    found = check_queries.answers(session, note)
    assert [(one.answer, one.shown, one.written_by) for one in found] == [
        (WORSE, "Call 2", "Noor"),
        (WORSE, "Call 1", "Noor"),
        (SAME, "Call 3", "Noor"),
        (BETTER, "Call 4", "Noor"),
        (BETTER, "Write to [e-mail]", ""),
    ]


def test_what_is_worse_lately_is_a_pain_point_once(
    session: Session, cast: Cast, pain: PainPoint
) -> None:
    note = sent(session, cast, pain)
    say(session, cast, pain, note, BETTER, SAME)
    assert check_queries.said_worse(session, LATER - timedelta(days=14)) == []
    say(session, cast, pain, note, WORSE, WORSE)
    found = check_queries.said_worse(session, LATER - timedelta(days=14))
    assert found == [(pain.id, pain.title, LATER)]
    assert check_queries.said_worse(session, LATER + timedelta(seconds=1)) == []


def test_an_answer_stays_when_its_submission_goes(
    session: Session, cast: Cast, stage: Stage
) -> None:
    ann = customer(session, cast, address="ann@home.example")
    pain = shown_by(session, cast, stage, ann)
    sent(session, cast, pain)
    (check,) = session.scalars(select(CustomerCheck))
    key = key_in(mails(session)[0].body)
    check.submission_id = None
    session.flush()
    found = check_queries.check_of(session, key)
    assert found
    assert (list(found.quotes), found.language) == ([], "en")


# By another way


def test_a_coach_outside_writes_down_an_answer_and_nobody_else(
    session: Session, cast: Cast, pain: PainPoint
) -> None:
    note = worded(session, cast, pain)
    with pytest.raises(Refusal, match="not been told yet"):
        checking.write_down(session, pain, note, BETTER, "", by=cast.noor, at=LATER)
    checking.send(session, pain, note, base_url=URL, by=cast.noor, at=LATER)
    for who in (cast.ida, cast.bram, cast.karl, cast.ruth):
        with pytest.raises(NotAllowed):
            checking.write_down(session, pain, note, BETTER, "", by=who, at=LATER)
    check = checking.write_down(session, pain, note, BETTER, "By phone", by=cast.noor, at=LATER)
    assert (check.hash, check.submission_id, check.written_by_id) == (None, None, cast.noor.id)
    line = audit.timeline(session, pain)[0]
    assert (line.action, line.actor_id, line.summary) == ("wrote_answer", cast.noor.id, "better")
