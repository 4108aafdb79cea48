"""The pages of pain points, as people use them: with and without a script."""

import csv
import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from cxquest.pains import starting, supporting
from cxquest.pains.models import PainPoint
from cxquest.voice import hearing
from tests.browsing import Browser
from tests.cast import BEGUN, Cast
from tests.pains import Story, Transaction


def typed(story: Story, **changed: str) -> dict[str, Any]:
    """Return what a person types into the form."""
    return {
        "title": "Nobody came",
        "stage_id": str(story.stage_id),
        "origin_stage_id": "",
        "theme_id": "",
        "pain_class": "table_stake",
        "kind": "process",
        "expected": "Somebody on the day.",
        "reach_per_month": "46",
        "interviews": "0",
        "severity": "5",
        "value": "3",
        "confidence": "5",
        "effort": "3",
        **changed,
    }


def ticked(page: str) -> list[int]:
    """Return the comments whose box is ticked."""
    boxes = re.findall(r"<input[^>]*name=\"comment\"[^>]*>", page)
    return [int(re.search(r'value="(\d+)"', box)[1]) for box in boxes if "checked" in box]  # type: ignore[index]


# The list


def test_an_empty_list_says_what_belongs_there(client: Browser, cast: Cast) -> None:
    page = client.as_(cast.ida).get("/pains")
    assert page.status_code == 200
    assert "No pain points yet" in page.text


def test_the_list_shows_every_factor_and_the_hunch(client: Browser, story: Story) -> None:
    story.pain(evidence=1, reach_per_month=46, severity=5, value=2, confidence=4, effort=2)
    page = client.as_(story.cast.olaf).get("/pains").text
    assert "Nobody came" in page
    assert 'data-label="Opportunity">920<' in page
    assert 'data-label="Value">2<' in page
    assert 'data-state="hunch"' in page
    assert "No pain point fits" in client.get("/pains?hunch=no").text


def test_the_filters_are_in_the_url_and_go_with_the_export(client: Browser, story: Story) -> None:
    story.pain()
    page = client.as_(story.cast.ida).get(f"/pains?state=open&stage={story.stage_id}").text
    assert f'href="/pains.csv?state=open&amp;stage={story.stage_id}"' in page
    assert '<option value="open" selected>' in page


def test_the_export_guards_formulas(client: Browser, story: Story) -> None:
    story.pain(title="=1+1", expected="@cmd", reach_per_month=46)
    answer = client.as_(story.cast.ida).get("/pains.csv")
    assert answer.mimetype == "text/csv"
    row = next(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert (row["title"], row["expected"]) == ("'=1+1", "'@cmd")
    assert (row["evidence"], row["reach_per_month"], row["hunch"]) == ("5", "46", "no")


# Writing


def test_chosen_comments_and_theme_come_with_the_form(client: Browser, story: Story) -> None:
    one, two = story.comments[:2]
    url = f"/pains/new?comment={one}&comment={two}&comment=999999&theme={story.theme_id}"
    page = client.as_(story.cast.ida).get(url).text
    assert "Words 0" in page
    assert "Words 1" in page
    assert ticked(page) == [one, two]
    assert "More comments on the theme" in page
    assert page.count("Use as evidence") == 6
    assert f'<option selected value="{story.theme_id}">' in page


def test_it_is_saved_as_a_draft_with_its_evidence(client: Browser, story: Story) -> None:
    one, two, _ = story.comments[:3]
    sent = client.as_(story.cast.ida).send(
        f"/pains/new?comment={one}&comment={two}", **typed(story), comment=[str(one)]
    )
    assert sent.status_code == 303
    pain = story.newest()
    assert sent.location == f"/pains/{pain.id}"
    assert (pain.title, pain.state, pain.severity) == ("Nobody came", "draft", 5)
    assert story.figures(pain.id).comments == 1


def test_it_can_be_opened_at_once(client: Browser, story: Story) -> None:
    client.as_(story.cast.ida).send("/pains/new", **typed(story), open_now="y")
    assert story.newest().state == "open"


def test_a_form_that_does_not_fit_keeps_what_was_typed(client: Browser, story: Story) -> None:
    one, two = story.comments[:2]
    sent = client.as_(story.cast.ida).send(
        f"/pains/new?comment={one}&comment={two}",
        **typed(story, title="", severity="4", reach_per_month="-1"),
        comment=[str(two)],
    )
    assert sent.status_code == 422
    assert "Somebody on the day." in sent.text
    assert '<option selected value="4">' in sent.text
    assert 'aria-invalid="true"' in sent.text
    ticked = [
        line for line in sent.text.splitlines() if "checked" in line and 'name="comment"' in line
    ]
    assert len(ticked) == 1
    assert f'value="{two}"' in ticked[0]
    assert "No pain points yet" in client.get("/pains").text


def test_its_author_changes_it_and_others_may_not(client: Browser, story: Story) -> None:
    pain_id = story.pain(to="draft")
    url = f"/pains/{pain_id}/edit"
    assert "Somebody on the day." in client.as_(story.cast.ida).get(url).text
    assert client.send(url, **typed(story, title="Late")).status_code == 303
    assert story.now(pain_id).title == "Late"
    assert client.send(url, **typed(story, title="")).status_code == 422
    assert client.as_(story.cast.bram).get(url).status_code == 403
    assert client.send(url, **typed(story)).status_code == 403


def test_a_coach_cannot_empty_what_was_accepted_and_keeps_what_was_typed(
    client: Browser, story: Story
) -> None:
    pain_id = story.pain(to="accepted")
    sent = client.as_(story.cast.noor).send(
        f"/pains/{pain_id}/edit", **typed(story, title="Other words", expected="")
    )
    assert sent.status_code == 422
    assert "Other words" in sent.text
    assert story.now(pain_id).title == "Nobody came"


# One pain point


def test_its_page_shows_words_evidence_factors_and_what_acceptance_needs(
    client: Browser, story: Story
) -> None:
    factors: dict[str, Any] = {
        "reach_per_month": 46,
        "severity": 5,
        "value": 4,
        "confidence": 5,
        "effort": 3,
    }
    pain_id = story.pain(pain_class=None, **factors)
    page = client.as_(story.cast.olaf).get(f"/pains/{pain_id}").text
    assert "Somebody on the day." in page
    assert f'href="/voice/{story.comments[0]}"' in page
    said = "46 customers a month × severity 5 × value 4 × confidence 5 ÷ effort 3 = 1,533"
    assert said in page
    assert "Missing:" in page
    assert f'hx-get="/pains/{pain_id}/quests"' in page
    assert f'href="/quests?pain={pain_id}"' in page
    assert "Propose a quest" not in page


def test_a_quest_is_proposed_from_an_accepted_one(client: Browser, story: Story) -> None:
    pain_id = story.pain(to="accepted")
    page = client.as_(story.cast.ida).get(f"/pains/{pain_id}").text
    assert f'href="/quests/propose?pain_id={pain_id}"' in page
    assert "Noor accepted this" in page


@pytest.mark.parametrize("path", ["", "/edit", "/evidence"])
def test_one_that_is_not_there_is_404(client: Browser, cast: Cast, path: str) -> None:
    assert client.as_(cast.ida).get(f"/pains/4711{path}").status_code == 404


def test_its_page_costs_the_same_for_any_number_of_supporters(
    client: Browser, story: Story, queries: Callable[[], AbstractContextManager[Any]]
) -> None:
    pain_id = story.pain()
    client.as_(story.cast.ida)
    for path in (f"/pains/{pain_id}", "/pains", f"/pains/{pain_id}/evidence", "/pains/new"):
        client.get(path)
        with queries() as few:
            client.get(path)
        with story.transaction() as session:
            for person in (story.cast.bram, story.cast.olaf, story.cast.karl):
                found = session.get(PainPoint, pain_id)
                assert found
                supporting.support(session, found, cost="An hour", by=person, at=BEGUN)
        story.pain(title="One more")
        with queries() as more:
            client.get(path)
        assert len(few) == len(more) <= 12, f"{path}\n{more}"


# Deciding


def test_a_draft_is_opened(client: Browser, story: Story) -> None:
    pain_id = story.pain(to="draft")
    assert client.as_(story.cast.bram).send(f"/pains/{pain_id}/open").status_code == 403
    assert client.as_(story.cast.ida).send(f"/pains/{pain_id}/open").status_code == 303
    assert story.now(pain_id).state == "open"
    assert client.send(f"/pains/{pain_id}/open").status_code == 409


def test_a_coach_accepts_and_only_a_coach_sees_the_button(client: Browser, story: Story) -> None:
    pain_id = story.pain()
    url = f"/pains/{pain_id}/accept"
    assert url not in client.as_(story.cast.bram).get(f"/pains/{pain_id}").text
    assert client.send(url).status_code == 403
    assert url in client.as_(story.cast.noor).get(f"/pains/{pain_id}").text
    assert client.send(url, note="Said weekly").status_code == 303
    assert story.now(pain_id).state == "accepted"
    assert "Said weekly" in client.get(f"/pains/{pain_id}").text
    assert client.send(url).status_code == 409


def test_nobody_accepts_their_own(client: Browser, story: Story) -> None:
    pain_id = story.pain(by=story.cast.noor)
    page = client.as_(story.cast.noor).get(f"/pains/{pain_id}").text
    assert "another coach decides" in page
    refused = client.send(f"/pains/{pain_id}/accept")
    assert refused.status_code == 403
    assert "Nobody decides on their own pain point" in refused.text
    assert story.now(pain_id).state == "open"


def test_acceptance_without_evidence_answers_with_the_checklist(
    client: Browser, story: Story
) -> None:
    pain_id = story.pain(evidence=2)
    refused = client.as_(story.cast.noor).send(f"/pains/{pain_id}/accept")
    assert refused.status_code == 409
    assert f'href="/pains/{pain_id}#evidence"' in refused.text
    assert "stays open as a hunch" in refused.text
    assert story.now(pain_id).state == "open"


def test_declining_needs_a_reason_that_everyone_then_reads(client: Browser, story: Story) -> None:
    pain_id = story.pain()
    url = f"/pains/{pain_id}/decline"
    assert client.as_(story.cast.noor).send(url, reason=" ").status_code == 422
    assert client.send(url, reason="The website goes first.").status_code == 303
    page = client.as_(story.cast.ida).get(f"/pains/{pain_id}").text
    assert "The website goes first." in page
    assert client.send(f"/pains/{pain_id}/reopen").status_code == 303
    assert story.now(pain_id).state == "open"


# Support


def test_support_counts_once_without_a_script(client: Browser, story: Story) -> None:
    pain_id = story.pain()
    client.as_(story.cast.bram)
    for cost in ("An hour a week", "Two hours a week"):
        sent = client.send(f"/pains/{pain_id}/support", cost=cost)
        assert (sent.status_code, sent.location) == (303, f"/pains/{pain_id}#_support")
    page = client.get(f"/pains/{pain_id}").text
    assert "Two hours a week" in page
    assert "An hour a week" not in page.split("support-title")[1].split("story-title")[0]
    assert story.figures(pain_id).supporters == 1
    assert client.send(f"/pains/{pain_id}/withdraw").status_code == 303
    assert story.figures(pain_id).supporters == 0
    assert client.send(f"/pains/{pain_id}/withdraw").status_code == 409


def test_support_answers_htmx_with_its_part_alone(client: Browser, story: Story) -> None:
    pain_id = story.pain()
    client.as_(story.cast.bram)
    part = client.send(f"/pains/{pain_id}/support", htmx=True, cost="An hour")
    assert part.status_code == 200
    assert part.text.lstrip().startswith('<section class="section" id="_support"')
    assert "<html" not in part.text
    gone = client.send(f"/pains/{pain_id}/withdraw", htmx=True)
    assert "Your support is withdrawn." in gone.text


@pytest.mark.parametrize("htmx", [True, False])
def test_support_without_words_says_so(client: Browser, story: Story, htmx: bool) -> None:
    pain_id = story.pain()
    sent = client.as_(story.cast.bram).send(f"/pains/{pain_id}/support", htmx=htmx, cost=" ")
    assert sent.status_code == 422
    assert 'id="cost-error"' in sent.text
    assert ("<html" in sent.text) is not htmx


def test_the_author_does_not_support_their_own(client: Browser, story: Story) -> None:
    pain_id = story.pain()
    client.as_(story.cast.ida)
    assert f"/pains/{pain_id}/support" not in client.get(f"/pains/{pain_id}").text
    assert client.send(f"/pains/{pain_id}/support", cost="An hour").status_code == 403


# Evidence


def test_comments_are_added_by_tick_number_or_address(client: Browser, story: Story) -> None:
    pain_id = story.pain(evidence=0)
    one, two, three = story.comments[:3]
    url = f"/pains/{pain_id}/evidence"
    assert "Words 5" in client.as_(story.cast.bram).get(url).text
    sent = client.send(url, comment=[str(one)], numbers=f"{two}, https://x.example/voice/{three}")
    assert sent.status_code == 303
    assert story.figures(pain_id).comments == 3


@pytest.mark.parametrize("numbers", ["twelve", "999999", "12 x"])
def test_what_is_no_comment_is_named_and_kept(client: Browser, story: Story, numbers: str) -> None:
    pain_id = story.pain(evidence=0)
    sent = client.as_(story.cast.bram).send(f"/pains/{pain_id}/evidence", numbers=numbers)
    assert sent.status_code == 422
    assert f'value="{numbers}"' in sent.text
    assert story.figures(pain_id).comments == 0


def test_evidence_is_taken_away(client: Browser, story: Story) -> None:
    pain_id = story.pain()
    url = f"/pains/{pain_id}/evidence/{story.comments[0]}/drop"
    assert client.as_(story.cast.olaf).send(url).status_code == 403
    assert client.as_(story.cast.ida).send(url).status_code == 303
    assert story.figures(pain_id).comments == 4
    assert client.send(url).status_code == 409


def test_words_are_searched_in_all_comments(client: Browser, story: Story) -> None:
    pain_id = story.pain(evidence=0)
    page = client.as_(story.cast.ida).get(f"/pains/{pain_id}/evidence?search=Words").text
    assert page.count("Add comment") >= 6
    none = client.get(f"/pains/{pain_id}/evidence?search=zeppelin").text
    assert "Nothing to choose from here" in none


def test_a_comment_leads_to_the_pain_points_that_it_shows(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        submission = hearing.heard(session, "Nobody came", on=BEGUN.date(), by=cast.ida, at=BEGUN)
        session.refresh(submission, ["comments"])
        comment_id = submission.comments[0].id
        starting.draft(
            session, title="Waited in vain", comment_ids=[comment_id], by=cast.ida, at=BEGUN
        )
    client.as_(cast.olaf)
    address = f"/voice/{comment_id}/pains"
    assert address in client.get(f"/voice/{comment_id}").text
    assert "Waited in vain" in client.get(address).text
    panel = client.get(address, headers={"HX-Request": "true"}).text
    assert "Waited in vain" in panel
    assert "<html" not in panel
