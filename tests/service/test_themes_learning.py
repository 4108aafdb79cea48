"""Learning from people's tags and proposing: what it writes, and what it never touches."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.themes import job, learning_queries, training
from cxquest.themes.models import LearningState, ThemeLearning
from cxquest.voice import hearing, theming
from cxquest.voice.models import Comment, CommentTheme, Origin, Theme
from tests.cast import BEGUN, Cast
from tests.themes import Voices, voices

LATER = BEGUN + timedelta(hours=1)
SOON = LATER + timedelta(hours=1)
TOMORROW = BEGUN + timedelta(days=1)


@pytest.fixture
def said(session: Session, cast: Cast) -> Voices:
    """Three themes with 12 tagged comments each, and 30 comments that nobody has tagged."""
    made = voices(session, cast, tagged=12, others=10)
    session.commit()
    return made


def learn(session: Session, cast: Cast, confidence: float = 0.5, at: datetime = LATER) -> None:
    training.ask(session, confidence, by=cast.noor, at=at)
    session.commit()
    assert job.work(session, lambda: at)


def last(session: Session) -> ThemeLearning:
    session.expire_all()
    found = learning_queries.last(session)
    assert found is not None
    return found


def proposals(session: Session) -> dict[int, set[int]]:
    """Return what the program proposes, by comment."""
    rows = select(CommentTheme.comment_id, CommentTheme.theme_id).where(
        CommentTheme.origin.in_((Origin.LEARNED, Origin.PHRASE))
    )
    found: dict[int, set[int]] = {}
    for comment_id, theme_id in session.execute(rows):
        found.setdefault(comment_id, set()).add(theme_id)
    return found


def of(session: Session, comment_id: int, theme: Theme) -> CommentTheme | None:
    session.expire_all()
    return session.get(CommentTheme, (comment_id, theme.id))


def test_it_proposes_with_its_confidence(session: Session, cast: Cast, said: Voices) -> None:
    learn(session, cast)
    done = last(session)
    assert (done.state, done.problem, done.of, done.done) == (LearningState.DONE, "", 30, 30)
    assert done.proposed + done.abstained == 30
    found = proposals(session)
    assert len(found) == done.proposed >= 25
    right = [said.truth[key].id in themes for key, themes in found.items()]
    assert sum(right) >= 0.9 * len(right)
    one = of(session, next(iter(found)), session.get_one(Theme, min(found[next(iter(found))])))
    assert one is not None
    assert one.confidence is not None
    assert 0.5 <= one.confidence <= 1
    assert (one.origin, one.tagged_by_id) == (Origin.LEARNED, None)


def test_the_agreement_is_kept(session: Session, cast: Cast, said: Voices) -> None:
    learn(session, cast)
    found = last(session).agreement
    assert found["n"] == 36
    assert found["accuracy"] >= 0.9
    assert found["majority_baseline"] == pytest.approx(1 / 3)
    assert {one["name"]: one["n"] for one in found["labels"]} == {
        theme.name: 12 for theme in said.themes
    }
    assert found["abstained"]["confidence"] == 0.5


def test_it_keeps_silent_below_the_confidence(session: Session, cast: Cast, said: Voices) -> None:
    learn(session, cast, 0.3)
    loose = proposals(session)
    learn(session, cast, 0.99, at=TOMORROW)
    strict = proposals(session)
    assert len(strict) < len(loose)
    assert last(session).abstained == 30 - len(strict)


def test_a_persons_word_stays(session: Session, cast: Cast, said: Voices) -> None:
    """A comment that a person tagged gets no proposal; neither does a theme that one refused."""
    tagged, refused = said.others[0], said.others[3]
    wrong = next(theme for theme in said.themes if theme is not said.truth[tagged])
    theming.tag(session, [tagged], wrong, by=cast.ida, at=BEGUN)
    theme = said.truth[refused]
    theming.tag(session, [refused], theme, by=cast.ida, at=BEGUN)
    theming.untag(session, [refused], theme, by=cast.bram, at=BEGUN)
    session.commit()
    learn(session, cast)
    assert tagged not in proposals(session)
    assert theme.id not in proposals(session).get(refused, set())
    word = of(session, refused, theme)
    assert word is not None
    assert (word.origin, word.refused, word.tagged_by_id) == (Origin.PERSON, True, cast.bram.id)


def test_what_was_proposed_before_is_replaced(session: Session, cast: Cast, said: Voices) -> None:
    learn(session, cast)
    first = proposals(session)
    learn(session, cast, at=TOMORROW)
    assert proposals(session) == first
    assert session.scalar(select(func.count()).select_from(ThemeLearning)) == 2


def test_confirming_makes_it_a_persons_word(session: Session, cast: Cast, said: Voices) -> None:
    learn(session, cast)
    key, (theme_id, *_more) = next((k, list(v)) for k, v in proposals(session).items())
    theme = session.get_one(Theme, theme_id)
    theming.tag(session, [key], theme, by=cast.ida, at=LATER)
    session.commit()
    learn(session, cast, at=TOMORROW)
    word = of(session, key, theme)
    assert word is not None
    assert (word.origin, word.confidence) == (Origin.PERSON, None)


def test_key_phrases_propose_without_learning(session: Session, cast: Cast) -> None:
    theme = theming.add(session, "Parking", by=cast.ida, at=BEGUN)
    theme.phrases = ["car park", "停车"]
    texts = ("The CAR  PARK was full", "car parking", "附近没有停车位", "Nothing near")
    keys = [
        hearing.heard(session, text, on=BEGUN.date(), by=cast.ida, at=BEGUN).comments[0].id
        for text in texts
    ]
    session.commit()
    learn(session, cast)
    assert proposals(session) == {keys[0]: {theme.id}, keys[2]: {theme.id}}
    one = of(session, keys[0], theme)
    assert one is not None
    assert (one.origin, one.confidence) == (Origin.PHRASE, None)
    assert "too little to learn from" in last(session).problem
    assert last(session).agreement == {}


def test_what_says_nothing_is_left_alone(session: Session, cast: Cast, said: Voices) -> None:
    empty = hearing.heard(session, "n/a", on=BEGUN.date(), by=cast.ida, at=BEGUN).comments[0]
    session.commit()
    learn(session, cast, 0.3)
    assert last(session).of == 30
    assert empty.id not in proposals(session)


def test_it_takes_many_comments_in_batches(
    session: Session, cast: Cast, said: Voices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cxquest.themes.proposing.BATCH", 7)
    learn(session, cast)
    assert last(session).done == 30
    assert len(proposals(session)) >= 25


def test_a_merged_theme_is_neither_learned_nor_proposed(
    session: Session, cast: Cast, said: Voices
) -> None:
    gone, kept, _third = said.themes
    gone.merged_into_id = kept.id
    session.commit()
    learn(session, cast)
    assert all(gone.id not in themes for themes in proposals(session).values())


def test_it_can_be_stopped(session: Session, cast: Cast, said: Voices) -> None:
    waiting = training.ask(session, 0.5, by=cast.noor, at=LATER)
    training.stop(session, waiting, by=cast.noor, at=LATER)
    session.commit()
    assert not job.work(session, lambda: LATER)
    assert last(session).state is LearningState.STOPPED
    assert proposals(session) == {}


def test_a_stopped_worker_leaves_it_to_the_next(session: Session, cast: Cast, said: Voices) -> None:
    training.ask(session, 0.5, by=cast.noor, at=LATER)
    session.commit()
    assert job.work(session, lambda: LATER, lambda: True)
    assert last(session).state is LearningState.WAITING
    assert job.work(session, lambda: LATER)
    assert last(session).state is LearningState.DONE


def test_a_lost_one_is_taken_up_again(session: Session, cast: Cast, said: Voices) -> None:
    lost = training.ask(session, 0.5, by=cast.noor, at=LATER)
    lost.state, lost.begun_at, lost.alive_at = LearningState.RUNNING, LATER, LATER
    session.commit()
    assert not job.work(session, lambda: LATER + timedelta(minutes=9))
    assert job.work(session, lambda: LATER + timedelta(minutes=11))
    assert last(session).state is LearningState.DONE


def test_it_learns_anew_after_a_night_when_something_is_new(
    session: Session, cast: Cast, said: Voices
) -> None:
    assert not job.work(session, lambda: TOMORROW)  # the first time, a coach asks
    learn(session, cast)
    assert not job.work(session, lambda: TOMORROW)
    theming.tag(session, said.others[:1], said.themes[0], by=cast.ida, at=SOON)
    session.commit()
    assert not job.work(session, lambda: LATER + timedelta(hours=2))
    assert job.work(session, lambda: TOMORROW)
    again = last(session)
    assert (again.asked_by_id, again.confidence, again.of) == (None, 0.5, 29)


def test_who_may_ask_and_for_what(session: Session, cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        training.ask(session, 0.5, by=cast.ida, at=LATER)
    with pytest.raises(BadInput, match="from 30 to 99 %"):
        training.ask(session, 1.5, by=cast.noor, at=LATER)
    training.ask(session, 0.5, by=cast.noor, at=LATER)
    with pytest.raises(Refusal, match="learning already"):
        training.ask(session, 0.5, by=cast.noor, at=LATER)
    assert session.scalar(select(func.count()).select_from(Comment)) == 0
