"""Import runs: every row accounted for, in one transaction, and the same file twice is nothing."""

import io
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from cxquest.core.errors import BadInput, Refusal
from cxquest.imports import importing, repeats, taking
from cxquest.imports.mapping import Mapping, Scale, mapped
from cxquest.imports.models import (
    DoubtfulCell,
    ImportPart,
    ImportRun,
    RejectedRow,
    RunState,
)
from cxquest.journey import staging
from cxquest.tables.dates import DateOrder
from cxquest.voice import sources, theming
from cxquest.voice.models import Comment, Rating, Source, Submission, SubmissionVersion
from tests.cast import BEGUN, Cast
from tests.conftest import Counting, Transaction

SECRET = "a secret"
HEADER = "id,day,said,more,rated,where,shop\n"
FIRST = HEADER + (
    "1,1.2.2026,Nobody called.,,2,Delivery,Oslo\n"
    "2,2.2.2026,,,5,delivery,Bergen\n"
    "3,soon,Late,,1,,\n"
    "4,4.2.2026,Fine,Thanks,9,,\n"
    "5,5.2.2026,=1+1,And more,4,Nowhere,\n"
)
WHOLE = mapped(
    comments=("said", "more"),
    external_id="id",
    date="day",
    order=DateOrder.DMY,
    ratings=("rated",),
    scale=Scale(Decimal(1), Decimal(5)),
    stage="where",
)


def begun(
    session: Session, content: str | bytes, cast: Cast, name: str = "s.csv", source: str = "Survey"
) -> ImportRun:
    stream = io.BytesIO(content.encode() if isinstance(content, str) else content)
    return importing.start(session, source, name, stream, by=cast.ruth, at=BEGUN)


def finish(session: Session, run: ImportRun, cast: Cast) -> ImportRun:
    importing.finish(session, run, secret=SECRET, by=cast.ruth, at=BEGUN)
    return run


def load(session: Session, text: str, cast: Cast, mapping: Mapping = WHOLE) -> ImportRun:
    run = begun(session, text, cast)
    importing.map(session, run, mapping)
    return finish(session, run, cast)


def counts(outcome: ImportRun) -> tuple[int, int, int, int, int]:
    return (
        outcome.read,
        outcome.created,
        outcome.updated,
        outcome.unchanged,
        outcome.rejected,
    )


def said(session: Session) -> list[tuple[str, str, str]]:
    rows = (
        sa.select(Submission.external_id, Comment.question, Comment.text)
        .join(Submission.comments)
        .order_by(Submission.external_id, Comment.position)
    )
    return [(a, b, c) for a, b, c in session.execute(rows)]


def test_a_file_comes_in_whole(session: Session, cast: Cast) -> None:
    stage = staging.add(
        session, name="Delivery", customer_goal="", success_means="", by=None, at=BEGUN
    )
    outcome = load(session, FIRST, cast)
    assert counts(outcome) == (5, 4, 0, 0, 1)
    assert outcome.comments == 5
    assert outcome.findings["dates"] == {"parsed": 4, "empty": 0, "rejected": 1}
    assert said(session) == [
        ("1", "said", "Nobody called."),
        ("4", "said", "Fine"),
        ("4", "more", "Thanks"),
        ("5", "said", "=1+1"),
        ("5", "more", "And more"),
    ]
    kept = session.scalars(sa.select(Submission).order_by(Submission.external_id)).all()
    assert [one.stage_id for one in kept] == [stage.id, stage.id, None, None]
    assert [one.collected_raw[0] for one in kept] == ["1", "2", "4", "5"]
    assert [one.line for one in kept] == [2, 3, 5, 6]
    assert kept[2].original == {"rated": "9"}
    assert kept[3].original == {"where": "Nowhere"}
    assert outcome.findings["unknown_stages"] == [("Nowhere", 1)]
    values = session.scalars(sa.select(Rating.value).order_by(Rating.value))
    assert [int(value) for value in values] == [2, 4, 5]


def test_the_run_keeps_its_counts_and_rejected_rows_and_lets_the_file_go(
    session: Session, cast: Cast
) -> None:
    load(session, FIRST, cast)
    session.commit()
    run = session.scalars(sa.select(ImportRun)).one()
    assert (run.read, run.created, run.rejected, run.state) == (5, 4, 1, RunState.DONE)
    assert run.doubtful == 1
    assert session.scalars(sa.select(ImportPart)).all() == []
    last = importing.last_mapping(session, run.source_id)
    assert last
    assert (last.number, Mapping.from_json(last.mapping)) == (1, in_file_order(WHOLE))
    rows = session.scalars(sa.select(RejectedRow).order_by(RejectedRow.line)).all()
    assert [(row.line, row.column, row.value) for row in rows] == [(4, "day", "soon")]
    doubts = session.scalars(sa.select(DoubtfulCell)).all()
    assert [(one.line, one.column, one.value) for one in doubts] == [(5, "rated", "9")]
    assert rows[0].cells == ["3", "soon", "Late", "", "1", "", ""]


def in_file_order(mapping: Mapping) -> Mapping:
    order = HEADER.strip().split(",")
    return replace(
        mapping, columns=tuple(sorted(mapping.columns, key=lambda c: order.index(c.name)))
    )


def test_a_mapping_is_a_new_version_only_where_it_changed(session: Session, cast: Cast) -> None:
    for given, number in ((WHOLE, 1), (WHOLE, 1), (mapped(comments=["said"]), 2)):
        run = load(session, FIRST, cast, given)
        last = importing.last_mapping(session, run.source_id)
        assert last
        assert last.number == number


def test_the_same_file_twice_creates_nothing(session: Session, cast: Cast) -> None:
    load(session, FIRST, cast)
    before = said(session)
    assert counts(load(session, FIRST, cast)) == (5, 0, 0, 4, 1)
    assert said(session) == before


def test_without_ids_rows_are_known_by_content_and_repeats_are_kept(
    session: Session, cast: Cast
) -> None:
    text = "said\nGood\nGood\nBad\n"
    mapping = mapped(comments=["said"])
    assert counts(load(session, text, cast, mapping)) == (3, 3, 0, 0, 0)
    assert counts(load(session, text + "Good\n", cast, mapping)) == (4, 1, 0, 3, 0)


def test_a_mended_file_updates_what_changed(session: Session, cast: Cast) -> None:
    load(session, FIRST, cast)
    mended = HEADER + (
        "1,1.2.2026,Nobody called me.,Never.,3,,Oslo\n"
        "3,3.2.2026,Late,,1,,\n"
        "5,5.2.2026,,And more,,Nowhere,\n"
    )
    assert counts(load(session, mended, cast)) == (3, 1, 2, 0, 0)
    session.expire_all()
    assert said(session) == [
        ("1", "said", "Nobody called me."),
        ("1", "more", "Never."),
        ("3", "said", "Late"),
        ("4", "said", "Fine"),
        ("4", "more", "Thanks"),
        ("5", "more", "And more"),
    ]
    (before,) = session.scalars(
        sa.select(SubmissionVersion.before)
        .join(Submission, Submission.id == SubmissionVersion.submission_id)
        .where(Submission.external_id == "1")
    )
    assert before["comments"] == [["said", "Nobody called.", ""]]
    assert sorted(session.scalars(sa.select(Rating.raw))) == ["1", "3", "5"]


def test_a_comment_that_somebody_works_with_stays(session: Session, cast: Cast) -> None:
    load(session, FIRST, cast)
    tagged = session.scalars(sa.select(Comment).where(Comment.text == "=1+1")).one()
    theme = theming.add(session, "Sums", by=cast.ida, at=BEGUN)
    theming.tag(session, [tagged.id], theme, by=cast.ida, at=BEGUN)
    load(session, HEADER + "5,5.2.2026,,And more,4,Nowhere,\n", cast)
    session.expire_all()
    assert ("5", "said", "=1+1") in said(session)


def test_the_preview_says_the_same_and_keeps_nothing(session: Session, cast: Cast) -> None:
    run = begun(session, FIRST, cast)
    importing.map(session, run, WHOLE)
    importing.preview(session, run, secret=SECRET, at=BEGUN)
    session.commit()
    assert said(session) == []
    assert session.scalars(sa.select(DoubtfulCell)).all() == []
    assert run.state is RunState.PREVIEWED
    previewed = counts(run)
    assert [row["order"] for row in run.findings["orders"] if row["parsed"]] == ["dmy", "mdy"]
    found = importing.rejections(session, run, secret=SECRET, at=BEGUN)
    assert len(list(found)) == run.rejected == 1
    assert counts(finish(session, run, cast)) == previewed


def test_a_run_is_finished_once(session: Session, cast: Cast) -> None:
    run = begun(session, FIRST, cast)
    with pytest.raises(Refusal, match="which column"):
        finish(session, run, cast)
    importing.map(session, run, WHOLE)
    finish(session, run, cast)
    for again in (
        lambda: finish(session, run, cast),
        lambda: importing.preview(session, run, secret=SECRET, at=BEGUN),
        lambda: importing.map(session, run, WHOLE),
    ):
        with pytest.raises(Refusal, match="imported already"):
            again()


def test_of_two_who_finish_at_once_one_is_told(
    session: Session, cast: Cast, transaction: Transaction
) -> None:
    run = begun(session, FIRST, cast)
    importing.map(session, run, WHOLE)
    session.commit()
    with transaction() as other:
        same = other.get_one(ImportRun, run.id)
        finish(other, same, cast)
    with pytest.raises(StaleDataError):
        finish(session, run, cast)
    session.rollback()
    assert len(said(session)) == 5


def test_counts_that_do_not_add_up_never_reach_the_database(session: Session, cast: Cast) -> None:
    run = begun(session, FIRST, cast)
    run.read = 1
    with pytest.raises(IntegrityError, match="adds_up"):
        session.flush()


def test_a_source_is_one_whatever_its_capitals(session: Session, cast: Cast) -> None:
    first = sources.named(session, "Web  survey", at=BEGUN)
    assert sources.named(session, "WEB SURVEY ", at=BEGUN + timedelta(days=1)) is first
    assert session.scalars(sa.select(Source.name)).all() == ["Web survey"]


@pytest.mark.parametrize("text", ["a,b\n", ""])
def test_a_file_without_rows_is_refused(session: Session, cast: Cast, text: str) -> None:
    with pytest.raises(BadInput, match=r"no rows|is empty"):
        begun(session, text, cast)


def test_text_that_databases_dislike_comes_in(session: Session, cast: Cast) -> None:
    long = "x" * 5000
    text = f"said,where\n{long},\nbe\x00low \U0001f600 \u202e x,a\x00b\n"
    load(session, text, cast, mapped(comments=["said"]))
    session.commit()
    assert [words for _, _, words in said(session)] == [
        long,
        "be\ufffdlow \U0001f600 \u202e x",
    ]


def test_it_takes_few_statements_whatever_the_size(
    session: Session, cast: Cast, queries: Counting
) -> None:
    text = HEADER + "".join(f"{n},1.2.2026,words {n},,3,,\n" for n in range(1000))
    run = begun(session, text, cast)
    importing.map(session, run, WHOLE)
    with queries() as counted:
        finish(session, run, cast)
    assert len(counted) <= 25, str(counted)


CFPB = mapped(
    external_id="Complaint ID",
    comments=("Consumer complaint narrative",),
    date="Date received",
    order=DateOrder.YMD,
)


def test_the_complaints_of_a_us_agency(session: Session, cast: Cast, shared_data: Path) -> None:
    content = (shared_data / "feedback" / "cfpb_complaints.csv").read_bytes()
    run = begun(session, content, cast)
    importing.map(session, run, CFPB)
    finish(session, run, cast)
    assert counts(run) == (6623, 6623, 0, 0, 0)
    assert (run.comments, run.findings["dates"]["parsed"], run.doubtful) == (1532, 6623, 0)


def test_an_id_that_comes_twice_is_noticed_before_its_rows_are_taken(
    session: Session, cast: Cast
) -> None:
    assert load(session, FIRST, cast).findings["ids_repeat"] is False
    twice = FIRST + "1,1.2.2026,Other words.,,2,,\n1,1.2.2026,Nobody called.,,2,Delivery,Oslo\n"
    run = load(session, twice, cast)
    assert run.findings["ids_repeat"] is True
    assert counts(run) == (7, 0, 0, 5, 2)


def test_the_comments_of_patients(session: Session, cast: Cast, shared_data: Path) -> None:
    """Numbers that are none are kept as text, and what repeats is offered, not merged."""
    content = (shared_data / "feedback" / "nhs_comments.csv").read_bytes()
    run = begun(session, content, cast)
    given = mapped(
        comments=["feedback"], ratings=["criticality"], scale=Scale(Decimal(-5), Decimal(5))
    )
    importing.map(session, run, given)
    finish(session, run, cast)
    assert counts(run) == (10334, 10334, 0, 0, 0)
    assert run.doubtful > 0
    doubted = set(session.scalars(sa.select(DoubtfulCell.value)))
    assert {"-o", "SS", "NA"} <= doubted
    kept = sa.select(Submission).where(Submission.line == first_line(session, "SS"))
    assert session.scalars(kept).one().original["criticality"] == "SS"
    assert session.scalar(sa.select(sa.func.count(Submission.repeat_of_id))) == 0
    repeated, merged = repeats.counted(session, run.source_id)
    assert (repeated > 1000, merged) == (True, 0)


def first_line(session: Session, value: str) -> int:
    found = sa.select(sa.func.min(DoubtfulCell.line)).where(DoubtfulCell.value == value)
    line = session.scalar(found)
    assert line
    return line


def test_the_travel_reviews(session: Session, cast: Cast, shared_data: Path) -> None:
    """Days of 1970 are kept and doubted; the two scales in one column are noticed."""
    content = (shared_data / "feedback" / "skytrax_seat.csv").read_bytes()
    run = begun(session, content, cast)
    given = mapped(
        comments=["content"],
        date="date",
        order=DateOrder.YMD,
        ratings=["overall_rating"],
        scale=Scale(Decimal(1), Decimal(5)),
    )
    importing.map(session, run, given)
    finish(session, run, cast)
    assert counts(run)[:2] == (1258, 1258)
    no_dates = sa.select(sa.func.count()).where(
        DoubtfulCell.column == "date", DoubtfulCell.value == "1970-01-01"
    )
    assert session.scalar(no_dates) == 26


def test_odd_files_are_refused_or_read_whole(
    session: Session, cast: Cast, shared_data: Path
) -> None:
    files = [*(shared_data / "csv").rglob("*.*"), *(shared_data / "layouts").rglob("*.*")]
    read = 0
    session.commit()
    for file in sorted(files):
        run = started_or_refused(session, file, cast)
        if run is None:
            continue
        importing.map(session, run, mapped(comments=taking.header(run)[-3:]))
        finish(session, run, cast)
        assert run.read == run.created + run.rejected, file
        assert run.created > 0, file
        session.rollback()
        read += 1
    assert read > len(files) * 3 / 4


def started_or_refused(session: Session, file: Path, cast: Cast) -> ImportRun | None:
    try:
        return begun(session, file.read_bytes(), cast, file.name)
    except BadInput as refusal:
        words = str(refusal)
    assert any(known in words for known in REFUSALS), (file, words)
    return None


REFUSALS = ("no rows", "is empty", "JSON")
