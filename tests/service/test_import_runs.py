"""What becomes of a run: taken by the worker, stopped, gone on with, undone, its repeats merged."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from cxquest.core.errors import Refusal
from cxquest.imports import catching_up_job, importing, job, repeats, taking, undoing
from cxquest.imports.mapping import Column, Mapping, Role, Scale, mapped
from cxquest.imports.models import DoubtfulCell, ImportPart, ImportRun, RunState
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


def test_many_short_rows_are_the_workers_too(session: Session, cast: Cast) -> None:
    run = begun(session, "id,day,said,rated\n" + "1,1.2.2026,a,1\n" * 5_001, cast)
    importing.ask_preview(session, run, secret=SECRET, at=BEGUN)
    assert (run.size < importing.AT_ONCE, run.state) == (True, RunState.PREVIEWING)


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


def test_a_number_is_never_given_twice(session: Session, cast: Cast) -> None:
    """Old links, audit lines and what was merged would lead to other people's words."""
    run = done(session, rows(range(3)), cast)
    before = set(session.scalars(sa.select(Comment.id)))
    undoing.undo(session, run, by=cast.ruth, at=BEGUN)
    session.commit()
    done(session, rows(range(3)), cast)
    assert not before & set(session.scalars(sa.select(Comment.id)))


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


def test_runs_that_are_undone_oldest_first_leave_nothing(session: Session, cast: Cast) -> None:
    first = done(session, rows(range(3)), cast)
    second = done(session, rows(range(3), "later words"), cast)
    assert vars(undoing.undo(session, first, by=cast.ruth, at=BEGUN))["removed"] == 0
    undone = undoing.undo(session, second, by=cast.ruth, at=BEGUN)
    session.commit()
    assert vars(undone) == {"removed": 3, "restored": 3, "kept": 0}
    assert count(session) == count(session, Comment) == count(session, Rating) == 0


def test_the_worker_undoes_a_large_run_batch_by_batch(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "AT_ONCE", 10)
    monkeypatch.setattr(undoing, "BATCH", 10)
    done(session, rows(range(20)), cast)
    run = done(session, rows(range(15, 55), "other words"), cast)
    assert (run.created, run.updated) == (35, 5)
    undoing.ask_undo(session, run, by=cast.ruth, at=BEGUN)
    session.commit()
    assert run.state is RunState.UNDOING
    with pytest.raises(Refusal, match="Nothing is going on"):
        importing.ask_stop(session, run)
    work(session, interrupted=after(2))
    session.refresh(run)
    assert (run.state, run.findings["undone"]) == (
        RunState.UNDOING,
        {"removed": 10, "restored": 5},
    )
    assert work(session, at=BEGUN + timedelta(minutes=3))
    session.refresh(run)
    assert run.state is RunState.UNDONE
    assert run.findings["undone"] == {"removed": 35, "restored": 5, "kept": 0}
    assert count(session) == count(session, Comment) == 20
    assert done(session, rows(range(20)), cast).unchanged == 20


def test_nothing_of_a_file_is_shown_once_it_is_discarded_or_undone(
    session: Session, cast: Cast
) -> None:
    undone = done(session, rows(range(3), "very private words"), cast)
    undoing.undo(session, undone, by=cast.ruth, at=BEGUN)
    discarded = begun(session, rows(range(3), "very private words"), cast)
    importing.preview(session, discarded, secret=SECRET, at=BEGUN)
    assert "very private words" in repr(discarded.findings)
    importing.discard(session, discarded, by=cast.ruth, at=BEGUN)
    for run in (undone, discarded):
        assert "private" not in repr((run.findings, run.inspection))


def test_of_a_column_with_contact_data_no_example_is_kept(session: Session, cast: Cast) -> None:
    content = io.BytesIO(b"said,mail\nLate,kari@customer.example\nNever,\xff@customer.example\n")
    run = importing.start(session, "Survey", "s.csv", content, by=cast.ruth, at=BEGUN)
    assert "kari@" in repr(run.inspection)
    both = (Column("said", Role.COMMENT), Column("mail", Role.CONTACT))
    importing.map(session, run, Mapping(both))
    importing.finish(session, run, secret=SECRET, by=cast.ruth, at=BEGUN)
    session.flush()
    assert "customer.example" not in repr((run.inspection, run.findings))
    assert "Late" in repr(run.inspection)
    values = session.scalars(sa.select(DoubtfulCell.value)).all()
    assert "customer.example" not in repr(values)


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


def test_what_an_earlier_version_did_not_work_out_is_caught_up_with(
    session: Session, cast: Cast
) -> None:
    words = "I have waited for the delivery and nobody called me"
    text = f"said,rated\n{words},5\n{words},5\nn/a,4\n"
    run = importing.start(session, "S", "s.csv", io.BytesIO(text.encode()), by=cast.ruth, at=BEGUN)
    given = mapped(comments=["said"], ratings=["rated"], scale=Scale(Decimal(1), Decimal(5)))
    importing.map(session, run, given)
    importing.finish(session, run, secret=SECRET, by=cast.ruth, at=BEGUN)
    session.commit()
    told = sa.select(Submission.content, Comment.language, Comment.says_nothing).join(
        Comment, Comment.submission_id == Submission.id
    )
    before = session.execute(told.order_by(Comment.id)).all()
    session.execute(sa.update(Submission).values(content=""))
    session.execute(sa.update(Comment).values(language="", says_nothing=False))
    session.commit()
    assert catching_up_job.work(session)
    assert session.execute(told.order_by(Comment.id)).all() == before
    assert [row.language for row in before] == ["en", "en", ""]
    assert [row.says_nothing for row in before] == [False, False, True]
    assert not catching_up_job.work(session, interrupted=lambda: True)


def test_a_repeat_that_is_edited_stands_for_itself_again(session: Session, cast: Cast) -> None:
    same = "id,day,said,rated\n1,1.2.2026,Good,5\n2,1.2.2026,Good,5\n3,1.2.2026,Good,5\n"
    run = done(session, same, cast)
    assert repeats.merge(session, run.source, by=cast.ruth, at=BEGUN) == 2
    done(session, same.replace("2,1.2.2026,Good", "2,1.2.2026,Better"), cast)
    merged = sa.select(Submission.external_id).where(Submission.repeat_of_id.is_not(None))
    assert session.scalars(merged).all() == ["3"]
    done(session, same.replace("1,1.2.2026,Good", "1,1.2.2026,Best"), cast)
    assert session.scalars(merged).all() == []


def test_repeats_are_merged_only_when_somebody_says_so(session: Session, cast: Cast) -> None:
    text = "said,rated\nGood,5\nGood,5\nGood,4\n  Good ,5\nBad,1\n"
    content = io.BytesIO(text.encode())
    run = importing.start(session, "Survey", "s.csv", content, by=cast.ruth, at=BEGUN)
    given = mapped(comments=["said"], ratings=["rated"], scale=Scale(Decimal(1), Decimal(5)))
    importing.map(session, run, given)
    importing.finish(session, run, secret=SECRET, by=cast.ruth, at=BEGUN)
    assert repeats.counted(session, run.source_id) == (2, 0)
    firsts = session.scalars(repeats.firsts(run.source_id)).all()
    (group,) = repeats.shown(session, run.source_id, firsts)
    assert (group.text, group.times, group.merged) == ("Good", 3, 0)
    assert repeats.merge(session, run.source, by=cast.ruth, at=BEGUN) == 2
    assert repeats.counted(session, run.source_id) == (2, 2)
    first = sa.select(sa.func.min(Submission.id)).scalar_subquery()
    merged = session.scalars(sa.select(Submission).where(Submission.repeat_of_id == first)).all()
    assert len(merged) == 2
    assert repeats.part(session, run.source, group.content, by=cast.ruth, at=BEGUN) == 2
    with pytest.raises(Refusal):
        repeats.part(session, run.source, by=cast.ruth, at=BEGUN)
