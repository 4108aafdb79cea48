"""What becomes of a run: taken by the worker, stopped, gone on with, undone, its repeats merged."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from cxquest.core.errors import Refusal
from cxquest.imports import importing, job, repeats, taking, undoing
from cxquest.imports.mapping import Scale, mapped
from cxquest.imports.models import ImportPart, ImportRun, RunState
from cxquest.pains import starting
from cxquest.tables.dates import DateOrder
from cxquest.voice import theming
from cxquest.voice.models import Comment, Rating, Submission, SubmissionVersion
from tests.cast import BEGUN, Cast

SECRET = "a secret"
WHOLE = mapped(
    comments=["said"],
    external_id="id",
    date="day",
    order=DateOrder.DMY,
    ratings=["rated"],
    scale=Scale(Decimal(1), Decimal(5)),
)


def rows(numbers: range, words: str = "words") -> str:
    lines = (f"{n},{n % 28 + 1}.2.2026,{words} {n},{n % 5 + 1}\n" for n in numbers)
    return "id,day,said,rated\n" + "".join(lines)


def begun(session: Session, text: str, cast: Cast) -> ImportRun:
    content = io.BytesIO(text.encode())
    run = importing.start(session, "Survey", "s.csv", content, by=cast.ruth, at=BEGUN)
    importing.map(session, run, WHOLE)
    return run


def done(session: Session, text: str, cast: Cast) -> ImportRun:
    run = begun(session, text, cast)
    importing.finish(session, run, secret=SECRET, by=cast.ruth, at=BEGUN)
    session.commit()
    return run


def handed_over(
    session: Session, text: str, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> ImportRun:
    """Return a run that is too large to be done at once."""
    monkeypatch.setattr(importing, "AT_ONCE", 0)
    monkeypatch.setattr(taking, "CHUNK", 10)
    run = begun(session, text, cast)
    importing.ask_import(session, run, secret=SECRET, by=cast.ruth, at=BEGUN)
    session.commit()
    return run


def work(
    session: Session, interrupted: Callable[[], bool] = lambda: False, at: datetime = BEGUN
) -> bool:
    session.rollback()
    return job.work(session, lambda: at, SECRET, interrupted)


def after(times: int) -> Callable[[], bool]:
    """Say no so many times, and yes from then on."""
    left = iter([False] * times)
    return lambda: next(left, True)


def count(session: Session, of: type = Submission) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(of)) or 0


def adds_up(run: ImportRun) -> bool:
    return run.read == run.created + run.updated + run.unchanged + run.rejected


def test_the_worker_previews_and_takes_large_files(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", 0)
    monkeypatch.setattr(taking, "CHUNK", 10)
    run = begun(session, rows(range(35)), cast)
    importing.ask_preview(session, run, secret=SECRET, at=BEGUN)
    session.commit()
    assert run.state is RunState.PREVIEWING
    assert work(session)
    assert (run.state, run.read, run.created, run.rows) == (RunState.PREVIEWED, 35, 35, 35)
    assert count(session) == 0
    importing.ask_import(session, run, secret=SECRET, by=cast.ruth, at=BEGUN)
    session.commit()
    assert work(session)
    assert (run.state, run.read, run.created) == (RunState.DONE, 35, 35)
    assert count(session) == count(session, Comment) == count(session, Rating) == 35
    assert count(session, ImportPart) == 0
    assert not work(session)


def test_while_a_file_is_worked_on_nothing_else_happens_to_it(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = handed_over(session, rows(range(5)), cast, monkeypatch)
    for deed in (
        lambda: importing.map(session, run, WHOLE),
        lambda: importing.discard(session, run, by=cast.ruth, at=BEGUN),
        lambda: importing.finish(session, run, secret=SECRET, by=cast.ruth, at=BEGUN),
        lambda: undoing.undo(session, run, by=cast.ruth, at=BEGUN),
    ):
        with pytest.raises(Refusal):
            deed()


def test_a_run_that_was_stopped_goes_on_where_it_was(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = handed_over(session, rows(range(35)), cast, monkeypatch)
    importing.ask_stop(session, run)
    session.commit()
    assert work(session)
    session.refresh(run)
    assert run.state is RunState.STOPPED
    assert run.read == count(session) == 0
    importing.ask_import(session, run, secret=SECRET, by=cast.ruth, at=BEGUN)
    session.commit()
    work(session, interrupted=after(2))
    session.refresh(run)
    assert (run.state, run.read, count(session)) == (RunState.IMPORTING, 20, 20)
    assert adds_up(run)
    work(session)
    session.refresh(run)
    assert (run.state, run.read, run.created, count(session)) == (RunState.DONE, 35, 35, 35)


def test_a_run_whose_worker_was_lost_is_taken_up_again(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = handed_over(session, rows(range(5)), cast, monkeypatch)
    run.alive_at = BEGUN
    session.commit()
    assert not work(session, at=BEGUN + timedelta(minutes=1))
    assert work(session, at=BEGUN + timedelta(minutes=3))
    session.refresh(run)
    assert run.state is RunState.DONE


def test_a_run_that_fails_says_so_and_keeps_what_it_took(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = handed_over(session, rows(range(15)), cast, monkeypatch)
    session.execute(sa.delete(ImportPart))
    session.commit()
    assert work(session)
    session.refresh(run)
    assert (run.state, count(session)) == (RunState.STOPPED, 0)
    assert "no longer kept" in run.problem


def test_undoing_takes_away_what_a_run_created(session: Session, cast: Cast) -> None:
    first = done(session, rows(range(10)), cast)
    second = done(session, rows(range(5, 20)), cast)
    assert (second.created, second.unchanged) == (10, 5)
    undone = undoing.undo(session, second, by=cast.ruth, at=BEGUN)
    session.commit()
    assert vars(undone) == {"removed": 10, "restored": 0, "kept": 0}
    assert (count(session), second.state) == (10, RunState.UNDONE)
    undoing.undo(session, first, by=cast.ruth, at=BEGUN)
    session.commit()
    assert count(session) == count(session, Comment) == count(session, Rating) == 0
    with pytest.raises(Refusal, match="Only a run that has taken rows"):
        undoing.undo(session, first, by=cast.ruth, at=BEGUN)
    assert done(session, rows(range(10)), cast).created == 10


def test_undoing_gives_back_what_a_run_changed(session: Session, cast: Cast) -> None:
    done(session, rows(range(3)), cast)
    changed = done(session, rows(range(2), "other words"), cast)
    assert changed.updated == 2
    assert count(session, SubmissionVersion) == 2
    undone = undoing.undo(session, changed, by=cast.ruth, at=BEGUN)
    session.commit()
    assert vars(undone) == {"removed": 0, "restored": 2, "kept": 0}
    said = session.scalars(sa.select(Comment.text).order_by(Comment.id))
    assert list(said) == ["words 0", "words 1", "words 2"]
    assert count(session, SubmissionVersion) == 0
    assert done(session, rows(range(3)), cast).unchanged == 3


def test_what_a_later_file_changed_stays_as_that_file_says(session: Session, cast: Cast) -> None:
    first = done(session, rows(range(3)), cast)
    done(session, rows(range(1), "later words"), cast)
    undone = undoing.undo(session, first, by=cast.ruth, at=BEGUN)
    assert vars(undone) == {"removed": 2, "restored": 0, "kept": 0}
    assert session.scalars(sa.select(Comment.text)).all() == ["later words 0"]


def test_evidence_stays_when_its_run_is_undone_and_tags_go(session: Session, cast: Cast) -> None:
    run = done(session, rows(range(3)), cast)
    first, second, _third = session.scalars(sa.select(Comment).order_by(Comment.id)).all()
    starting.draft(session, title="Late", comment_ids=[first.id], by=cast.ida, at=BEGUN)
    theme = theming.add(session, "Words", by=cast.ida, at=BEGUN)
    theming.tag(session, [second.id], theme, by=cast.ida, at=BEGUN)
    undone = undoing.undo(session, run, by=cast.ruth, at=BEGUN)
    session.commit()
    assert vars(undone) == {"removed": 2, "restored": 0, "kept": 1}
    assert session.scalars(sa.select(Comment.id)).all() == [first.id]


def test_repeats_are_merged_only_when_somebody_says_so(session: Session, cast: Cast) -> None:
    text = "said,rated\nGood,5\nGood,5\nGood,4\n  Good ,5\nBad,1\n"
    content = io.BytesIO(text.encode())
    run = importing.start(session, "Survey", "s.csv", content, by=cast.ruth, at=BEGUN)
    given = mapped(comments=["said"], ratings=["rated"], scale=Scale(Decimal(1), Decimal(5)))
    importing.map(session, run, given)
    importing.finish(session, run, secret=SECRET, by=cast.ruth, at=BEGUN)
    assert repeats.counted(session, run.source_id) == (2, 0)
    (group,) = repeats.shown(session, run.source_id, 1, 25)
    assert (group.text, group.times, group.merged) == ("Good", 3, 0)
    assert repeats.merge(session, run.source, by=cast.ruth, at=BEGUN) == 2
    assert repeats.counted(session, run.source_id) == (2, 2)
    first = sa.select(sa.func.min(Submission.id)).scalar_subquery()
    merged = session.scalars(sa.select(Submission).where(Submission.repeat_of_id == first)).all()
    assert len(merged) == 2
    assert repeats.part(session, run.source, group.content, by=cast.ruth, at=BEGUN) == 2
    with pytest.raises(Refusal):
        repeats.part(session, run.source, by=cast.ruth, at=BEGUN)
