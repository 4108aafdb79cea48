"""Import runs: every row accounted for, in one transaction, and the same file twice is nothing."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from cxquest.core.errors import BadInput, Refusal
from cxquest.journey import staging
from cxquest.voice import importing, theming
from cxquest.voice.dates import DateOrder
from cxquest.voice.intake import Mapping, Scale
from cxquest.voice.models import (
    Comment,
    ImportRun,
    Rating,
    RejectedRow,
    RunState,
    Source,
    Submission,
)
from cxquest.voice.outcome import Outcome
from tests.cast import BEGUN, Cast
from tests.conftest import Transaction

HEADER = "id,day,said,more,rated,where,shop\n"
FIRST = HEADER + (
    "1,1.2.2026,Nobody called.,,2,Delivery,Oslo\n"
    "2,2.2.2026,,,5,delivery,Bergen\n"
    "3,soon,Late,,1,,\n"
    "4,4.2.2026,Fine,Thanks,9,,\n"
    "5,5.2.2026,=1+1,And more,4,Nowhere,\n"
)
WHOLE = Mapping(
    comments=("said", "more"),
    external_id="id",
    collected_at="day",
    date_order=DateOrder.DMY,
    ratings=("rated",),
    scale=Scale(Decimal(1), Decimal(5)),
    stage="where",
)


def load(session: Session, text: str, cast: Cast, mapping: Mapping = WHOLE) -> Outcome:
    run = importing.start(session, "Survey", "s.csv", text.encode(), by=cast.ruth, at=BEGUN)
    importing.map(session, run, mapping)
    return importing.finish(session, run, by=cast.ruth, at=BEGUN)


def counts(outcome: Outcome) -> tuple[int, int, int, int, int]:
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
    assert counts(outcome) == (5, 3, 0, 0, 2)
    assert outcome.comments == 3
    assert outcome.dates == {"parsed": 3, "empty": 0, "rejected": 1}
    assert said(session) == [
        ("1", "said", "Nobody called."),
        ("5", "said", "=1+1"),
        ("5", "more", "And more"),
    ]
    kept = session.scalars(sa.select(Submission).order_by(Submission.external_id)).all()
    assert [one.stage_id for one in kept] == [stage.id, stage.id, None]
    assert [one.collected_raw for one in kept] == ["1.2.2026", "2.2.2026", "5.2.2026"]
    assert kept[2].original == {"where": "Nowhere"}
    assert outcome.unknown_stages == {"Nowhere": 1}
    values = session.scalars(sa.select(Rating.value).order_by(Rating.value))
    assert [int(value) for value in values] == [2, 4, 5]


def test_the_run_keeps_its_counts_and_rejected_rows_and_lets_the_file_go(
    session: Session, cast: Cast
) -> None:
    load(session, FIRST, cast)
    session.commit()
    run = session.scalars(sa.select(ImportRun)).one()
    assert (run.read, run.created, run.rejected, run.state) == (5, 3, 2, RunState.DONE)
    assert run.content is None
    assert run.source.mapping == WHOLE.as_json()
    rows = session.scalars(sa.select(RejectedRow).order_by(RejectedRow.line)).all()
    assert [(row.line, row.column, row.value) for row in rows] == [
        (4, "day", "soon"),
        (5, "rated", "9"),
    ]
    assert rows[0].cells == ["3", "soon", "Late", "", "1", "", ""]


def test_the_same_file_twice_creates_nothing(session: Session, cast: Cast) -> None:
    load(session, FIRST, cast)
    before = said(session)
    assert counts(load(session, FIRST, cast)) == (5, 0, 0, 3, 2)
    assert said(session) == before


def test_without_ids_rows_are_known_by_content_and_repeats_are_kept(
    session: Session, cast: Cast
) -> None:
    text = "said\nGood\nGood\nBad\n"
    mapping = Mapping(comments=("said",))
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
        ("5", "more", "And more"),
    ]
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
    run = importing.start(session, "Survey", "s.csv", FIRST.encode(), by=cast.ruth, at=BEGUN)
    importing.map(session, run, WHOLE)
    preview = importing.preview(session, run)
    session.commit()
    assert said(session) == []
    assert run.state is RunState.PREVIEWED
    assert [row["order"] for row in run.findings["orders"] if row["parsed"]] == ["dmy", "mdy"]
    assert len(list(importing.rejections(session, run))) == preview.rejected == 2
    outcome = importing.finish(session, run, by=cast.ruth, at=BEGUN)
    assert counts(preview) == counts(outcome)


def test_a_run_is_finished_once(session: Session, cast: Cast) -> None:
    run = importing.start(session, "Survey", "s.csv", FIRST.encode(), by=cast.ruth, at=BEGUN)
    with pytest.raises(Refusal, match="which column"):
        importing.finish(session, run, by=cast.ruth, at=BEGUN)
    importing.map(session, run, WHOLE)
    importing.finish(session, run, by=cast.ruth, at=BEGUN)
    for again in (
        lambda: importing.finish(session, run, by=cast.ruth, at=BEGUN),
        lambda: importing.preview(session, run),
        lambda: importing.map(session, run, WHOLE),
    ):
        with pytest.raises(Refusal, match="imported already"):
            again()


def test_of_two_who_finish_at_once_one_is_told(
    session: Session, cast: Cast, transaction: Transaction
) -> None:
    run = importing.start(session, "Survey", "s.csv", FIRST.encode(), by=cast.ruth, at=BEGUN)
    importing.map(session, run, WHOLE)
    session.commit()
    with transaction() as other:
        same = other.get_one(ImportRun, run.id)
        importing.finish(other, same, by=cast.ruth, at=BEGUN)
    with pytest.raises(StaleDataError):
        importing.finish(session, run, by=cast.ruth, at=BEGUN)
    session.rollback()
    assert len(said(session)) == 3


def test_counts_that_do_not_add_up_never_reach_the_database(session: Session, cast: Cast) -> None:
    run = importing.start(session, "Survey", "s.csv", FIRST.encode(), by=cast.ruth, at=BEGUN)
    run.read = 1
    with pytest.raises(IntegrityError, match="adds_up"):
        session.flush()


def test_a_source_is_one_whatever_its_capitals(session: Session, cast: Cast) -> None:
    first = importing.source(session, "Web  survey", at=BEGUN)
    assert importing.source(session, "WEB SURVEY ", at=BEGUN + timedelta(days=1)) is first
    assert session.scalars(sa.select(Source.name)).all() == ["Web survey"]


@pytest.mark.parametrize("text", ["a,b\n", ""])
def test_a_file_without_rows_is_refused(session: Session, cast: Cast, text: str) -> None:
    with pytest.raises(BadInput, match="no rows"):
        importing.start(session, "Survey", "s.csv", text.encode(), by=cast.ruth, at=BEGUN)


def test_text_that_databases_dislike_comes_in(session: Session, cast: Cast) -> None:
    long = "x" * 5000
    text = f"said,where\n{long},\nbe\x00low \U0001f600 \u202e x,a\x00b\n"
    load(session, text, cast, Mapping(comments=("said",)))
    session.commit()
    assert [words for _, _, words in said(session)] == [
        long,
        "be\ufffdlow \U0001f600 \u202e x",
    ]


def test_it_takes_few_statements_whatever_the_size(
    session: Session, cast: Cast, queries: object
) -> None:
    text = HEADER + "".join(f"{n},1.2.2026,words {n},,3,,\n" for n in range(1000))
    run = importing.start(session, "Survey", "s.csv", text.encode(), by=cast.ruth, at=BEGUN)
    importing.map(session, run, WHOLE)
    with queries() as counted:  # type: ignore[operator]
        importing.finish(session, run, by=cast.ruth, at=BEGUN)
    assert len(counted) <= 25, str(counted)


CFPB = Mapping(
    external_id="Complaint ID",
    comments=("Consumer complaint narrative",),
    collected_at="Date received",
    date_order=DateOrder.YMD,
)


def test_the_complaints_of_a_us_agency(session: Session, cast: Cast, shared_data: Path) -> None:
    content = (shared_data / "feedback" / "cfpb_complaints.csv").read_bytes()
    run = importing.start(session, "CFPB", "cfpb.csv", content, by=cast.ruth, at=BEGUN)
    importing.map(session, run, CFPB)
    outcome = importing.finish(session, run, by=cast.ruth, at=BEGUN)
    assert counts(outcome) == (6623, 6623, 0, 0, 0)
    assert (outcome.comments, outcome.dates["parsed"]) == (1532, 6623)


def test_odd_files_are_refused_or_read_whole(
    session: Session, cast: Cast, shared_data: Path
) -> None:
    files = [*(shared_data / "csv").rglob("*.*"), *(shared_data / "layouts").rglob("*.*")]
    read = 0
    session.commit()
    for file in files:
        run = started_or_refused(session, file, cast)
        if run is None:
            continue
        importing.map(session, run, Mapping(comments=tuple(run.header[-3:])))
        outcome = importing.finish(session, run, by=cast.ruth, at=BEGUN)
        assert outcome.read == outcome.created > 0, file
        session.rollback()
        read += 1
    assert read > len(files) / 2


def started_or_refused(session: Session, file: Path, cast: Cast) -> ImportRun | None:
    try:
        return importing.start(session, "Odd", file.name, file.read_bytes(), by=cast.ruth, at=BEGUN)
    except BadInput as refusal:
        words = str(refusal)
    assert any(known in words for known in REFUSALS), (file, words)
    return None


REFUSALS = ("not a text file", "JSON file", "comes twice in the header", "no rows")
