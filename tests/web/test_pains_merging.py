"""Pages that make one pain point of two, two of one, weigh, cost and answer."""

import csv
import io
import re
from typing import Any

import pytest
from sqlalchemy import select

from cxquest.core.models import AuditLine
from cxquest.pains import deciding
from cxquest.pains.models import PainEvidence, PainNote, PainPoint
from cxquest.surveys.models import Contact
from cxquest.voice.models import Comment
from tests.browsing import Browser
from tests.cast import BEGUN
from tests.conftest import Counting
from tests.pains import Story


def typed(story: Story, **changed: str) -> dict[str, Any]:
    """Return what a person types into the form of a new pain point."""
    chosen = dict.fromkeys(("theme_id", "origin_stage_id", "pain_class", "kind"), "")
    factors = dict.fromkeys(("severity", "value", "confidence", "effort"), "3")
    words = {"title": "Nobody came", "stage_id": str(story.stage_id), "expected": "Somebody."}
    return {**chosen, **factors, **words, "reach_per_month": "46", "interviews": "0", **changed}


def count(story: Story) -> int:
    with story.transaction() as session:
        return len(session.scalars(select(PainPoint.id)).all())


# What looks alike


def test_what_looks_alike_is_shown_while_the_name_is_typed(client: Browser, story: Story) -> None:
    pain_id = story.pain(title="I took the day off and nobody came")
    client.as_(story.cast.bram)
    form = client.get("/pains/new").text
    assert 'hx-get="/pains/alike"' in form
    assert 'hx-target="#_alike"' in form
    url = f"/pains/alike?title=Nobody+came+on+the+day&comment={story.comments[0]}"
    part = client.get(url, headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert f'href="/pains/{pain_id}"' in part
    assert f'href="/pains/{pain_id}/evidence?numbers={story.comments[0]}"' in part
    assert 'data-announce="1 pain point looks like this one."' in part
    assert "<html" in client.get(url).text
    assert "None looks like it" in client.get("/pains/alike?title=zeppelin").text


def test_without_a_script_it_is_asked_once_before_it_is_saved(
    client: Browser, story: Story
) -> None:
    pain_id = story.pain()
    client.as_(story.cast.bram)
    asked = client.send("/pains/new", **typed(story, expected="A visit on the day."))
    assert asked.status_code == 422
    assert count(story) == 1
    assert "A pain point looks like this one." in asked.text
    assert "A visit on the day." in asked.text
    seen = re.findall(r'name="seen" value="(\d+)"', asked.text)
    assert seen == [str(pain_id)]
    assert client.send("/pains/new", **typed(story), seen=seen).status_code == 303
    assert count(story) == 2


def test_one_that_looks_like_none_is_saved_at_once(client: Browser, story: Story) -> None:
    story.pain(title="It hums at night", experienced="Humming.")
    assert client.as_(story.cast.bram).send("/pains/new", **typed(story)).status_code == 303


def test_chosen_comments_are_taken_along_to_the_one_that_is_joined(
    client: Browser, story: Story
) -> None:
    pain_id = story.pain(evidence=0)
    one, two = story.comments[:2]
    page = client.as_(story.cast.bram).get(f"/pains/{pain_id}/evidence?numbers={one}+{two}").text
    assert f'value="{one} {two}"' in page


def test_a_surge_offers_what_was_said_on_its_days(client: Browser, story: Story) -> None:
    client.as_(story.cast.bram)
    url = f"/pains/new?theme={story.theme_id}&since=2026-03-01&until=2026-03-07"
    assert client.get(url).text.count("Use as evidence") == 6
    later = client.get(f"/pains/new?theme={story.theme_id}&since=2026-03-08&until=x").text
    assert "Use as evidence" not in later
    sent = client.send(url, **typed(story), comment=[str(story.comments[0])])
    assert sent.status_code == 303
    assert story.figures(story.newest().id).comments == 1


# Merging and splitting


def test_a_coach_makes_one_of_two_and_undoes_it(client: Browser, story: Story) -> None:
    into = story.pain(title="Nobody came on the day")
    pain = story.pain(title="Nobody came")
    far = story.pain(title="It hums at night", experienced="x")
    client.as_(story.cast.noor)
    assert f'href="/pains/{pain}/merge"' in client.get(f"/pains/{pain}").text
    page = client.get(f"/pains/{pain}/merge").text
    offered = re.findall(r'name="into"[^>]*value="(\d+)"', page)
    assert offered == [str(into), str(far)]
    sent = client.send(f"/pains/{pain}/merge", into=str(into))
    assert (sent.status_code, sent.location) == (303, f"/pains/{into}")
    assert story.now(pain).state == "merged"
    page = client.get(f"/pains/{pain}").text
    assert f'href="/pains/{into}"' in page
    assert "Somebody on the day." in page
    assert f"/pains/{pain}/support" not in page
    assert f'href="/pains/{pain}"' in client.get(f"/pains/{into}").text
    assert f'href="/pains/{pain}"' not in client.get("/pains").text
    assert f'href="/pains/{pain}"' in client.get("/pains?state=merged").text
    assert client.send(f"/pains/{pain}/unmerge").status_code == 303
    assert story.now(pain).state == "open"
    assert client.send(f"/pains/{pain}/unmerge").status_code == 409


@pytest.mark.parametrize("other", ["", "9999", "twelve", "own"])
def test_a_merge_needs_another_pain_point(client: Browser, story: Story, other: str) -> None:
    pain = story.pain()
    given = str(pain) if other == "own" else other
    sent = client.as_(story.cast.noor).send(f"/pains/{pain}/merge", other=given)
    assert sent.status_code == 422
    assert "Please correct this first" in sent.text
    assert story.now(pain).state == "open"


def test_another_one_is_named_by_its_address(client: Browser, story: Story) -> None:
    pain, into = story.pain(), story.pain()
    sent = client.as_(story.cast.noor).send(
        f"/pains/{pain}/merge", other=f"https://cx.example/pains/{into}"
    )
    assert sent.location == f"/pains/{into}"


def test_nobody_else_merges_or_splits(client: Browser, story: Story) -> None:
    pain = story.pain()
    client.as_(story.cast.ida)
    assert "/merge" not in client.get(f"/pains/{pain}").text
    for step in ("merge", "split"):
        assert client.get(f"/pains/{pain}/{step}").status_code == 403
    for step in ("merge", "unmerge", "split", "unsplit"):
        assert client.send(f"/pains/{pain}/{step}").status_code == 403


def test_a_coach_splits_a_part_off_and_gives_it_back(client: Browser, story: Story) -> None:
    pain = story.pain()
    one = story.comments[0]
    client.as_(story.cast.noor)
    assert client.get(f"/pains/{pain}/split").text.count("Move comment") == 5
    empty = client.send(f"/pains/{pain}/split", title="A cold night")
    assert empty.status_code == 422
    assert 'value="A cold night"' in empty.text
    sent = client.send(f"/pains/{pain}/split", title="A cold night", comment=[str(one)])
    assert sent.status_code == 303
    part = story.newest().id
    assert sent.location == f"/pains/{part}"
    assert (story.figures(pain).comments, story.figures(part).comments) == (4, 1)
    assert f'action="/pains/{part}/unsplit"' in client.get(f"/pains/{part}").text
    assert client.send(f"/pains/{part}/unsplit").location == f"/pains/{pain}"
    assert story.figures(pain).comments == 5


def test_the_page_of_a_merged_one_costs_no_more_for_more_parts(
    client: Browser, story: Story, queries: Counting
) -> None:
    into = story.pain()
    client.as_(story.cast.noor).get(f"/pains/{into}")
    with queries() as few:
        client.get(f"/pains/{into}")
    for _ in range(3):
        client.send(f"/pains/{story.pain()}/merge", other=str(into))
    client.get(f"/pains/{into}")
    with queries() as more:
        assert "Part of it since" in client.get(f"/pains/{into}").text
    assert len(few) == len(more) <= 12, str(more)
    with queries() as offered:
        client.get(f"/pains/new?theme={story.theme_id}&comment={story.comments[0]}")
    assert len(offered) <= 12, str(offered)
    with queries() as merging:
        client.get(f"/pains/{into}/merge")
    assert len(merging) <= 12, str(merging)


# Weighing and costing


def test_evidence_is_weighed_and_shown_first(client: Browser, story: Story) -> None:
    pain = story.pain()
    heavy = story.comments[0]
    url = f"/pains/{pain}/evidence"
    client.as_(story.cast.bram)
    sent = client.send(f"{url}/{heavy}/weigh", importance="3")
    assert (sent.status_code, sent.location) == (303, f"{url}#piece-{heavy}")
    first = re.search(r'id="piece-(\d+)"', client.get(url).text)
    assert first
    assert int(first[1]) == heavy
    page = client.get(f"/pains/{pain}").text
    assert "It is why they left" in page
    assert "1 left because of it" in page
    assert client.send(f"{url}/{heavy}/weigh", importance="4").status_code == 422
    with story.transaction() as session:
        assert session.get_one(PainEvidence, (pain, heavy)).importance == 3


def test_the_cost_of_leaving_it_shows_every_input_and_what_is_left_out(
    client: Browser, story: Story
) -> None:
    pain = story.pain(reach_per_month=46)
    client.as_(story.cast.ida)
    assert "Nobody has worked out yet" in client.get(f"/pains/{pain}").text
    url = f"/pains/{pain}/cost"
    wrong = client.send(url, leaving="101", worth="600")
    assert wrong.status_code == 422
    assert 'id="leaving-error"' in wrong.text
    assert 'value="600"' in wrong.text
    sent = client.send(url, leaving="5", worth="600", minutes="11")
    assert (sent.status_code, sent.location) == (303, f"/pains/{pain}#_cost")
    page = client.get(f"/pains/{pain}").text
    assert "Left as it is, it costs 1,380 EUR a month, which is 16,560 EUR a year." in page
    assert "46 customers × 5 % × 600 EUR a year" in page
    assert "Left out: Work. Not known yet: what an hour costs." in page
    assert client.get(url).text.count('value="5"') == 1
    assert client.as_(story.cast.bram).get(url).status_code == 403


def test_age_and_trend_stand_on_the_page(client: Browser, story: Story) -> None:
    pain = story.pain()
    page = client.as_(story.cast.ida).get(f"/pains/{pain}").text
    assert "First voiced 2 Mar 2026" in page
    assert f'href="/themes/{story.theme_id}"' in page
    assert "since 2 Mar 2026" in client.get("/pains").text


def test_texts_are_masked_wherever_they_are_shown(client: Browser, story: Story) -> None:
    with story.transaction() as session:
        comment = session.get(Comment, story.comments[0])
        assert comment
        comment.text = "Write to ann@home.example"
    pain = story.pain()
    client.as_(story.cast.noor)
    for url in (
        f"/pains/{pain}",
        f"/pains/{pain}/evidence",
        f"/pains/{pain}/split",
        f"/pains/new?comment={story.comments[0]}",
        f"/pains/new?theme={story.theme_id}",
    ):
        page = client.get(url).text
        assert "Write to [e-mail]" in page, url
        assert "ann@home.example" not in page, url


def test_the_export_has_every_new_column(client: Browser, story: Story) -> None:
    pain = story.pain(reach_per_month=46, value=4, severity=5, confidence=5, effort=3)
    client.as_(story.cast.ida).send(f"/pains/{pain}/cost", direct="3")
    text = client.get("/pains.csv?kind=&origin=").text.lstrip("\ufeff")
    row = next(csv.DictReader(io.StringIO(text)))
    assert (row["value"], row["opportunity"], row["first_voiced"]) == ("4", "1533", "2026-03-02")
    assert (row["cost_per_month"], row["cost_per_year"]) == ("138.00", "1656.00")
    assert (row["kind"], row["origin_stage"], row["merged_into"]) == ("", "", "")


# Back to the customers


@pytest.fixture
def resolved(story: Story) -> int:
    """A resolved pain point, one of whose customers agreed to hear back."""
    pain_id = story.pain(to="accepted")
    with story.transaction() as session:
        first = session.get_one(Comment, story.comments[0])
        address = "ann@home.example"
        session.add(Contact(submission_id=first.submission_id, address=address, agreed_at=BEGUN))
        pain = session.get_one(PainPoint, pain_id)
        deciding.enter_quest(session, pain, by=story.cast.ida, at=BEGUN)
        deciding.resolve(session, pain, by=None, at=BEGUN)
    return pain_id


def test_a_coach_words_the_note_and_says_when_it_has_gone_out(
    client: Browser, story: Story, resolved: int
) -> None:
    client.as_(story.cast.ida)
    page = client.get(f"/pains/{resolved}").text
    assert "Back to the customers" in page
    assert "You told us" in page
    assert f"/pains/{resolved}/note" not in page
    client.as_(story.cast.noor)
    assert "1 customer agreed to hear back." in client.get(f"/pains/{resolved}").text
    assert client.send(f"/pains/{resolved}/note", text=" ").status_code == 422
    assert client.send(f"/pains/{resolved}/note/sent").status_code == 409
    sent = client.send(f"/pains/{resolved}/note", text="We come on the day.")
    assert sent.location == f"/pains/{resolved}#_answer"
    assert client.send(f"/pains/{resolved}/note/sent").status_code == 303
    page = client.get(f"/pains/{resolved}").text
    assert "Customers were told this" in page
    assert "We come on the day." in page
    assert client.send(f"/pains/{resolved}/note", text="Other").status_code == 409
    with story.transaction() as session:
        assert [note.text for note in session.scalars(select(PainNote))] == ["We come on the day."]


def test_the_list_of_the_reachable_is_for_coaches_and_leaves_a_trace(
    client: Browser, story: Story, resolved: int
) -> None:
    url = f"/pains/{resolved}/reachable.csv"
    assert client.as_(story.cast.ida).send(url).status_code == 403
    assert client.get(url).status_code == 405
    answer = client.as_(story.cast.noor).send(url)
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    (row,) = csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff")))
    assert (row["address"], row["collected_on"]) == ("ann@home.example", "2026-03-02")
    assert "ann@home.example" not in client.get(f"/pains/{resolved}").text
    with story.transaction() as session:
        taken = select(AuditLine).where(AuditLine.action == "took_out_contacts")
        assert [line.actor_id for line in session.scalars(taken)] == [story.cast.noor.id]
