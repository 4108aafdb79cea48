"""Themes, what colleagues heard, the search, and what other rooms ask of the voice."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.core.errors import BadInput
from cxquest.journey import staging
from cxquest.voice import fulltext, hearing, queries, reading, searching, sources, theming
from cxquest.voice.asking import terms
from cxquest.voice.models import (
    Comment,
    CommentTheme,
    Origin,
    Rating,
    Submission,
    SubmissionVersion,
)
from cxquest.voice.searching import Asked
from tests.cast import BEGUN, Cast

TODAY = BEGUN.date()


def hear(session: Session, cast: Cast, text: str, on: date = TODAY) -> Comment:
    return hearing.heard(session, text, on=on, by=cast.ida, at=BEGUN).comments[0]


def found(session: Session, **asked: Any) -> list[str]:
    wanted = Asked(**asked)
    rows = [comment.text for comment in searching.every(session, wanted)]
    keys = searching.ids(session, wanted, 100)
    assert [comment.text for comment in searching.whole(session, keys)] == rows
    return rows


def test_what_a_colleague_heard_is_one_submission(session: Session, cast: Cast) -> None:
    stage = staging.add(session, name="Bill", customer_goal="", success_means="", by=None, at=BEGUN)
    submission = hearing.heard(
        session,
        "Nobody called.",
        on=TODAY,
        question="How was it?",
        stage=stage,
        customers=4,
        by=cast.ida,
        at=BEGUN,
    )
    session.commit()
    session.expunge_all()
    (comment,) = queries.comments_by_id(session, [submission.comments[0].id])
    assert comment.submission.source.name == hearing.SOURCE
    assert comment.submission.stage is not None
    assert comment.submission.stage.name == "Bill"
    assert comment.submission.heard_by_id == cast.ida.id
    assert comment.submission.original == {"How many customers said this": "4"}


def test_a_day_that_has_not_come_is_refused(session: Session, cast: Cast) -> None:
    with pytest.raises(BadInput, match="not come"):
        hear(session, cast, "Later", TODAY + timedelta(days=2))


def test_tagging_twice_is_tagging_once(session: Session, cast: Cast) -> None:
    one, two = hear(session, cast, "a"), hear(session, cast, "b")
    theme = theming.add(session, " No  call ", "Nobody rang", by=cast.ida, at=BEGUN)
    assert theme.name == "No call"
    assert theming.tag(session, [one.id, 999, one.id], theme, by=cast.ida, at=BEGUN) == 1
    assert theming.tag(session, [one.id, two.id], theme, by=cast.bram, at=BEGUN) == 1
    assert queries.theme_counts(session) == {theme.id: 2}
    theming.untag(session, [one.id], theme, by=cast.ida, at=BEGUN)
    assert found(session, theme=theme.id) == ["b"]
    assert found(session, theme="none") == ["a"]


def test_a_theme_name_is_taken_whatever_its_capitals(session: Session, cast: Cast) -> None:
    theming.add(session, "No call", by=cast.ida, at=BEGUN)
    with pytest.raises(BadInput, match="already"):
        theming.add(session, "no CALL", by=cast.ida, at=BEGUN)


@pytest.mark.parametrize(
    ("q", "fits"),
    [
        ("called", True),
        ("CALLED nobody", True),
        ("call", False),
        ("rang", False),
        ('"', False),
        ('called"', True),
        ("called AND nope", False),
        ("called OR", False),
        ("NEAR(called)", False),
        ("text:called", False),
        ("called*", True),
        ("cal*", True),
        ("alled*", False),
        ('"called me"', True),
        ('"me called"', False),
        ('"nobody called m"*', True),
        ("called*me", True),
        ("' | '", False),
        ("a & !b <-> c:*", False),
        ("-nobody", True),
        ("' ; drop table comment", False),
        ("!!! ???", False),
        ("é", False),
    ],
)
def test_the_search_takes_every_sign_as_text(
    session: Session, cast: Cast, q: str, fits: bool
) -> None:
    hear(session, cast, "Nobody called me back.")
    assert bool(found(session, q=q)) is fits


def test_the_search_follows_changed_text(session: Session, cast: Cast) -> None:
    comment = hear(session, cast, "before")
    comment.text = "after"
    session.flush()
    assert found(session, q="before") == []
    assert found(session, q="after") == ["after"]


def rated(session: Session, best_is_high: bool) -> None:
    """Five answers rated 1 to 5, without a day."""
    source = sources.named(session, "S", at=BEGUN)
    for n in range(1, 6):
        scale = {"low": Decimal(1), "high": Decimal(5), "best_is_high": best_is_high}
        answer = Submission(
            source=source, identity=str(n), fingerprint="", created_at=BEGUN, updated_at=BEGUN
        )
        answer.comments = [Comment(text=str(n))]
        answer.ratings = [Rating(value=Decimal(n), raw=str(n), **scale)]
        session.add(answer)
    session.flush()


@pytest.mark.parametrize(
    ("best_is_high", "bands"),
    [
        (True, {"low": "12", "middle": "3", "high": "45"}),
        (False, {"low": "45", "middle": "3", "high": "12"}),
    ],
)
def test_a_rating_is_low_or_high_on_its_own_scale(
    session: Session, cast: Cast, best_is_high: bool, bands: dict[str, str]
) -> None:
    rated(session, best_is_high)
    for band, texts in bands.items():
        assert sorted(found(session, rating=band)) == list(texts)


def test_filters_go_together_and_the_newest_is_first(session: Session, cast: Cast) -> None:
    rated(session, True)
    for days in (3, 1, 2):
        hear(session, cast, f"{days} days ago", TODAY - timedelta(days=days))
    heard = sources.named(session, hearing.SOURCE, at=BEGUN)
    assert found(session, source=heard.id) == ["1 days ago", "2 days ago", "3 days ago"]
    since = TODAY - timedelta(days=2)
    assert found(session, since=since, until=since) == ["2 days ago"]
    assert found(session, since=since, q="1") == ["1 days ago"]
    assert found(session)[:1] == ["1 days ago"]
    assert len(found(session)) == 8


def test_the_share_of_a_theme_counts_comments_of_the_days(session: Session, cast: Cast) -> None:
    theme = theming.add(session, "No call", by=cast.ida, at=BEGUN)
    empty = theming.add(session, "Late", by=cast.ida, at=BEGUN)
    days = [0, 0, 6, 7, 83, 84]
    comments = [hear(session, cast, f"c{n}", TODAY - timedelta(days=n)) for n in days]
    theming.tag(session, [comments[0].id, comments[3].id, comments[5].id], theme, by=None, at=BEGUN)
    series = queries.theme_series(session, [theme.id, empty.id], TODAY)
    weeks = series[theme.id].weeks
    assert len(weeks) == 12
    assert [(week.tagged, week.n) for week in (weeks[0], weeks[10], weeks[11])] == [
        (0, 1),
        (1, 1),
        (1, 3),
    ]
    assert weeks[5].share is None
    assert (series[theme.id].tagged, series[empty.id].tagged, series[empty.id].n) == (2, 0, 5)


def test_the_newest_quote_reads_well(session: Session, cast: Cast) -> None:
    assert searching.newest_quote(session) is None
    hear(session, cast, "Short.", TODAY)
    hear(session, cast, "x" * 241, TODAY)
    hear(session, cast, "y" * 60, TODAY - timedelta(days=3))
    hear(session, cast, "z" * 100, TODAY - timedelta(days=9))
    quote = searching.newest_quote(session)
    assert quote is not None
    assert quote.text == "y" * 60


def test_comments_come_in_the_order_that_was_asked(session: Session, cast: Cast) -> None:
    ids = [hear(session, cast, text).id for text in "abc"]
    wanted = [ids[2], 999, ids[0], ids[2]]
    assert [c.text for c in queries.comments_by_id(session, wanted)] == ["c", "a"]


def test_marks_on_letters_are_found_as_they_are_written(session: Session, cast: Cast) -> None:
    hear(session, cast, "Über Ångström, café")
    for q in ("Über", "über*", "ÅNGSTRÖM", '"Ångström café"'):
        assert found(session, q=q), q


def test_words_of_scripts_without_spaces_are_found_inside(session: Session, cast: Cast) -> None:
    for text in ("附近没有停车位 Parking", "รอสองชั่วโมง", "料金が高すぎる 100%"):
        hear(session, cast, text)
    assert found(session, q="停车 parking") == ["附近没有停车位 Parking"]
    assert found(session, q="停车 ticket") == []
    assert found(session, q="ชั่วโมง") == ["รอสองชั่วโมง"]
    assert found(session, q="高す") == ["料金が高すぎる 100%"]
    assert found(session, q="金高") == []


def test_with_words_that_few_hold_the_newest_day_comes_first(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for days in (3, 1, 2, 4):
        one = hear(session, cast, f"late {days}", TODAY - timedelta(days=days))
    one.submission.collected_on = None
    session.flush()
    assert found(session, q="late") == ["late 1", "late 2", "late 3", "late 4"]
    assert found(session, q="late*", until=TODAY - timedelta(days=2)) == ["late 2", "late 3"]
    assert len(searching.hits(session, Asked(q="late")) or ()) == 4
    assert len(searching.ids(session, Asked(q="late"), 2)) == 2
    assert searching.hits(session, Asked()) is None
    monkeypatch.setattr(searching, "SORTED", 3)
    for q in ("late", "late*"):
        assert searching.hits(session, Asked(q=q)) is None
        assert found(session, q=q) == ["late 4", "late 2", "late 1", "late 3"]
    assert searching.hits(session, Asked(q='"late 2"')) is not None


def test_what_is_only_proposed_is_a_filter(session: Session, cast: Cast) -> None:
    food, wait = (theming.add(session, name, by=cast.ida, at=BEGUN) for name in ("Food", "Wait"))
    said = {text: hear(session, cast, text) for text in ("mine", "learned", "both", "refused")}
    for text, theme in (("mine", food), ("both", food)):
        theming.tag(session, [said[text].id], theme, by=cast.ida, at=BEGUN)
    for text, theme, origin in (
        ("learned", food, Origin.LEARNED),
        ("both", wait, Origin.GROUP),
        ("refused", food, Origin.PHRASE),
    ):
        own = {"comment_id": said[text].id, "theme_id": theme.id, "tagged_at": BEGUN}
        session.add(CommentTheme(origin=origin, **own))
    session.flush()
    theming.untag(session, [said["refused"].id], food, by=cast.ida, at=BEGUN)
    assert found(session, proposed=True) == ["both", "learned"]
    assert found(session, proposed=True, theme=food.id) == ["learned"]
    assert found(session, proposed=True, theme=wait.id) == ["both"]
    assert searching.proposed(session, [one.id for one in said.values()]) == {
        (said["learned"].id, food.id): Origin.LEARNED,
        (said["both"].id, wait.id): Origin.GROUP,
    }
    theming.tag(session, [said["learned"].id], food, by=cast.ida, at=BEGUN)
    wait.merged_into_id = food.id
    session.flush()
    assert found(session, proposed=True) == []


@pytest.mark.parametrize("recent", [0, 1, 3, 50_000])
def test_phrases_and_beginnings_are_found_however_old(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch, recent: int
) -> None:
    monkeypatch.setattr(fulltext, "RECENT", recent)
    for text in ("Late again, 9 m² x", "again late", "Lately again", "late AGAIN", "plate again"):
        hear(session, cast, text)
    assert found(session, q='"late again"') == ["late AGAIN", "Late again, 9 m² x"]
    assert found(session, q='"late aga"*') == ["late AGAIN", "Late again, 9 m² x"]
    assert found(session, q="LATE* again*")[1:3] == ["Lately again", "again late"]
    assert found(session, q='"late again" m²') == ["Late again, 9 m² x"]
    assert found(session, q='"again plate"') == []
    newest = fulltext.newest(session, terms("late*"), [], 9)
    assert newest == sorted(newest, reverse=True)
    assert fulltext.newest(session, terms("late*"), [], 2) == newest[:2]


def test_the_whole_index_is_asked_only_where_the_newest_fill_no_page(
    session: Session, cast: Cast
) -> None:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    for _ in range(3):
        hear(session, cast, "late again")
    bind = session.get_bind()
    sa.event.listen(bind, "before_cursor_execute", note)
    for q in ('"late again"', "lat*"):
        assert len(fulltext.newest(session, terms(q), [], 3)) == 3
        assert not any("MATERIALIZED" in statement for statement in asked)
    assert len(fulltext.newest(session, terms("lat*"), [], 4)) == 3
    sa.event.remove(bind, "before_cursor_execute", note)
    asks_twice = bind.dialect.name == "postgresql"
    assert any("MATERIALIZED" in statement for statement in asked) is asks_twice


def test_the_undated_come_last_and_repeats_do_not_come(session: Session, cast: Cast) -> None:
    rated(session, True)
    dated = hear(session, cast, "dated")
    assert found(session) == ["dated", "5", "4", "3", "2", "1"]
    assert searching.ids(session, Asked(), 99, without=[dated.id])[0] != dated.id
    first, second, *_rest = session.scalars(select(Submission).order_by(Submission.id))
    second.repeat_of_id = first.id
    session.flush()
    assert found(session) == ["dated", "5", "4", "3", "1"]
    assert found(session, q="2") == []
    assert [one.id for one in reading.repeats(session, first)] == [second.id]
    assert [one.id for one in reading.repeats(session, second)] == [first.id]


def test_nothing_to_theme_is_kept_apart_from_no_theme(session: Session, cast: Cast) -> None:
    late = hear(session, cast, "Late again")
    hear(session, cast, "n/a")
    assert found(session, theme="none") == ["Late again"]
    assert found(session, theme="nothing") == ["n/a"]
    theme = theming.add(session, "Late", by=cast.ida, at=BEGUN)
    theming.tag(session, [late.id], theme, by=cast.ida, at=BEGUN)
    assert found(session, theme="none") == []
    theme.merged_into_id = theming.add(session, "Slow", by=cast.ida, at=BEGUN).id
    session.flush()
    assert found(session, theme="none") == ["Late again"]


def test_a_language_is_a_filter(session: Session, cast: Cast) -> None:
    hear(session, cast, "Ich habe drei Wochen gewartet und niemand hat sich gemeldet.")
    hear(session, cast, "Late")
    assert len(found(session, language="de")) == 1
    assert found(session, language="en") == []


def test_a_persons_word_takes_the_place_of_the_programs(session: Session, cast: Cast) -> None:
    comment, theme = hear(session, cast, "a"), theming.add(session, "T", by=cast.ida, at=BEGUN)
    tag = CommentTheme(
        comment_id=comment.id,
        theme_id=theme.id,
        origin=Origin.LEARNED,
        confidence=0.8,
        tagged_at=BEGUN,
    )
    session.add(tag)
    session.flush()
    theming.untag(session, [comment.id], theme, by=cast.ida, at=BEGUN)
    session.refresh(tag)
    assert (tag.refused, tag.tagged_by_id, tag.confidence) == (True, cast.ida.id, None)
    assert queries.theme_counts(session) == {}
    assert theming.tag(session, [comment.id], theme, by=cast.bram, at=BEGUN) == 1
    session.refresh(tag)
    assert (tag.refused, tag.origin, tag.tagged_by_id) == (False, Origin.PERSON, cast.bram.id)


def test_what_was_said_before_is_masked_too(session: Session, cast: Cast) -> None:
    submission = hear(session, cast, "a").submission
    before = {
        "comments": [["Why?", "mail ann@mail.example", "en"]],
        "ratings": [["Score", "4", "4 of 5", "1", "5", True]],
        "collected_raw": "3/4/26",
    }
    version = SubmissionVersion(submission_id=submission.id, before=before, replaced_at=BEGUN)
    session.add(version)
    session.flush()
    (earlier,) = reading.versions(session, submission)
    assert earlier.said == (("Why?", "mail [e-mail]"),)
    assert earlier.rated == (("Score", "4 of 5"),)
    assert earlier.collected == "3/4/26"
