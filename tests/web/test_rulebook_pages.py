"""The rulebook's pages: the whole life, the editor with and without a script, what all may read."""

import io
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from cxquest.core import clock
from cxquest.people.models import Person, Role
from cxquest.rewards import documents, editing, rulebook_queries, versions
from cxquest.rewards.models import RulebookVersion
from tests import cast as players
from tests import rulebooks
from tests.browsing import Browser
from tests.cast import Cast
from tests.conftest import Transaction
from tests.teams import Team

MOST = 12
NOW = clock.now()


@pytest.fixture
def ruth(client: Browser, cast: Cast) -> Browser:
    """A browser in which the administrator is signed in."""
    return client.as_(cast.ruth)


@pytest.fixture
def second(transaction: Transaction, cast: Cast) -> Person:
    """Another administrator."""
    with transaction() as session:
        return players.person(session, "Sven", None, Role.ADMINISTRATOR)


def fields(document: dict[str, Any], **more: str) -> dict[str, str]:
    """Return what a browser sends for a document in the editor, by the names of the fields."""
    rows = editing.rows_of(document)
    sent: dict[str, str] = {}

    def put(prefix: str, value: Any) -> None:
        if isinstance(value, dict):
            for name, one in value.items():
                put(f"{prefix}-{name}" if prefix else name, one)
        elif isinstance(value, list):
            for n, one in enumerate(value):
                put(f"{prefix}-{n}", one)
        else:
            sent[prefix] = value

    put("", rows)
    return {**sent, "why": "Because", "deed": "save", **more}


def seen(browser: Browser, number: int = 2) -> str:
    found = re.search(r'name="seen"[^>]*value="(\d+)"', browser.get(edit(number)).text)
    assert found
    return found[1]


def edit(number: int = 2) -> str:
    return f"/admin/rulebook/{number}/edit"


def save(browser: Browser, document: dict[str, Any], number: int = 2) -> int:
    answer = browser.send(edit(number), **fields(document, seen=seen(browser, number)))
    return answer.status_code


def start(browser: Browser) -> None:
    answer = browser.send("/admin/rulebook/new", start="1", why="Because")
    assert answer.status_code == 303
    assert answer.location.endswith(edit())


def simulate(transaction: Transaction, cast: Cast, number: int = 2) -> None:
    with transaction() as session:
        version = rulebook_queries.whole(session, number)
        assert version
        rulebooks.simulated(session, version, cast.ruth, NOW)


def approve(browser: Browser, number: int = 2) -> Any:
    """Approve a version as it stands on its page."""
    page = browser.get(f"/admin/rulebook/{number}").text
    found = re.search(r'action="(/admin/rulebook/\d+/approve[^"]*)"', page)
    assert found
    return browser.send(found[1])


def kept(transaction: Transaction, number: int = 2) -> RulebookVersion:
    with transaction() as session:
        found = rulebook_queries.whole(session, number)
        assert found
        return found


BREAKING = {
    "by the tables": (rulebooks.document(work={"prevention": "1"}), "is 1, must be at least 1.5"),
    "by a rule": (
        rulebooks.with_rule(
            give=500,
            only_if={
                "joint": "all",
                "parts": [{"field": "work", "comparison": "is", "value": "resolution"}],
            },
        ),
        "must be at least",
    ),
}


@pytest.mark.parametrize("how", BREAKING)
def test_a_version_that_pays_resolution_more_than_prevention_is_refused(
    ruth: Browser, transaction: Transaction, cast: Cast, second: Person, how: str
) -> None:
    document, numbers = BREAKING[how]
    start(ruth)
    panel = ruth.send("/admin/rulebook/2/check", htmx=True, **fields(document))
    assert panel.status_code == 200
    assert '<span class="strong">C1</span>' in panel.text
    assert numbers in panel.text
    assert save(ruth, document) == 303, "nothing typed is lost"
    page = ruth.get("/admin/rulebook/2").text
    assert "cannot be simulated, approved or scheduled" in page
    assert numbers in page
    simulate(transaction, cast)
    refused = approve(ruth.as_(second))
    assert refused.status_code == 409
    assert "Article C1 of the constitution refuses this version" in refused.text
    assert re.search(r"It is [\d.]+, the limit is [\d.]+", refused.text)


def test_the_whole_life_from_draft_to_scheduled(
    ruth: Browser, transaction: Transaction, cast: Cast, second: Person
) -> None:
    start(ruth)
    assert save(ruth, rulebooks.document(starter_allowance=40)) == 303
    early = ruth.send("/admin/rulebook/2/approve")
    assert early.status_code == 403
    assert "C10" in early.text
    ruth.as_(second)
    missing = approve(ruth)
    assert missing.status_code == 409
    assert "A simulation of exactly this document is attached" in missing.text
    simulate(transaction, cast)
    assert 'data-state="simulated"' in ruth.get("/admin/rulebook/2").text
    assert approve(ruth).status_code == 303
    soon = (NOW + timedelta(days=6)).date().isoformat()
    late = ruth.send("/admin/rulebook/2/schedule", effective_from=soon)
    assert late.status_code == 422
    assert "C10" in late.text
    assert "at least 7 days" in late.text
    assert f'value="{soon}"' in late.text
    day = (NOW + timedelta(days=9)).date().isoformat()
    assert ruth.send("/admin/rulebook/2/schedule", effective_from=day).status_code == 303
    page = ruth.get("/admin/rulebook/2").text
    assert 'data-state="scheduled"' in page
    assert ruth.get(edit()).status_code == 409
    assert ruth.send(edit(), **fields(rulebooks.document())).status_code == 409
    everyone = ruth.as_(cast.ida).get("/rules").text
    assert "What changes on" in everyone
    assert "Own points that always count" in everyone


def test_a_version_is_withdrawn_with_its_reason(
    ruth: Browser, transaction: Transaction, cast: Cast
) -> None:
    start(ruth)
    assert ruth.send("/admin/rulebook/2/withdraw", reason="").status_code == 422
    assert ruth.send("/admin/rulebook/2/withdraw", reason="A mistake").status_code == 303
    page = ruth.get("/admin/rulebook/2").text
    assert 'data-state="withdrawn"' in page
    assert "A mistake" in page


def test_the_editor_keeps_everything_typed_when_rows_come_and_go(ruth: Browser) -> None:
    start(ruth)
    given = fields(rulebooks.document())
    given |= {"rules-0-give": "not yet", "why": "Half a reason"}
    for deed in ("add-rule", "up-rule-1", "add-condition-0", "remove-limit-0-0", "refresh"):
        answer = ruth.send(edit(), **{**given, "deed": deed})
        assert answer.status_code == 200
        assert 'value="not yet"' in answer.text
        assert "Half a reason" in answer.text
    more = ruth.send(edit(), **{**given, "deed": "add-rule"}).text
    assert 'name="rules-4-name"' in more
    fewer = ruth.send(edit(), **{**given, "deed": "remove-rule-1"}).text
    assert 'name="rules-3-name"' not in fewer
    swapped = ruth.send(edit(), htmx=True, **{**given, "deed": "down-rule-0"})
    assert swapped.text.lstrip().startswith('<div id="_editor">')


def test_what_does_not_fit_is_said_at_its_field(ruth: Browser, transaction: Transaction) -> None:
    start(ruth)
    given = fields(rulebooks.document(), seen=seen(ruth))
    given |= {"rules-1-give": "three", "work-prevention": "a lot", "rules-0-name": ""}
    answer = ruth.send(edit(), **given)
    assert answer.status_code == 422
    for name in ("rules-1-give", "work-prevention", "rules-0-name"):
        assert f'href="#{name}"' in answer.text
        assert f'id="{name}-error"' in answer.text
    assert 'value="a lot"' in answer.text
    assert kept(transaction).version == 1
    assert ruth.send("/admin/rulebook/2/check", **given).status_code == 422
    panel = ruth.send("/admin/rulebook/2/check", htmx=True, **given)
    assert panel.status_code == 200
    assert "What does not fit yet" in panel.text


def test_conditions_of_each_kind_are_edited(ruth: Browser, transaction: Transaction) -> None:
    start(ruth)
    parts = [
        {"field": "work", "comparison": "is", "value": "prevention"},
        {"field": "departments", "comparison": "at_least", "value": "3"},
    ]
    document = rulebooks.with_rule(only_if={"joint": "all", "parts": parts})
    document["rules"][3]["only_if"]["parts"][0]["value"] = False
    assert save(ruth, document) == 303
    assert kept(transaction).document == document
    page = ruth.get(edit()).text
    assert '<option value="prevention" selected>Prevention</option>' in page
    assert '<option value="no" selected>no</option>' in page


def test_nested_conditions_stay_and_are_edited_as_json(
    ruth: Browser, transaction: Transaction
) -> None:
    start(ruth)
    inner = {"joint": "any", "parts": [{"field": "gate", "comparison": "is", "value": "G1"}]}
    document = rulebooks.with_rule(only_if={"joint": "not", "parts": [inner]})
    text = json.dumps(document)
    answer = ruth.send("/admin/rulebook/2/json", text=text, seen=seen(ruth))
    assert answer.status_code == 303
    page = ruth.get(edit()).text
    assert "none of this holds: (the gate is Root cause)" in page
    assert save(ruth, document) == 303
    assert kept(transaction).document == document


def test_json_that_does_not_fit_is_kept_with_its_places(ruth: Browser) -> None:
    start(ruth)
    document = rulebooks.document()
    document["rules"][2]["give"] = "8"
    document["formula"]["cause"]["symptom"] = "little"
    answer = ruth.send("/admin/rulebook/2/json", text=json.dumps(document), seen="1")
    assert answer.status_code == 422
    assert "rules.2.give" in answer.text
    assert "formula.cause.symptom" in answer.text
    assert "little" in answer.text
    broken = ruth.send("/admin/rulebook/2/json", text='{"a":\n x}', seen="1")
    assert broken.status_code == 422
    assert "line 2" in broken.text


def test_a_document_goes_out_and_comes_in_again_to_the_byte(
    ruth: Browser, transaction: Transaction
) -> None:
    out = ruth.get("/admin/rulebook/1.json").data
    file = (io.BytesIO(out), "rules.json")
    answer = ruth.send("/admin/rulebook/import", file=file, why="As it was")
    assert answer.status_code == 303
    assert ruth.get("/admin/rulebook/2.json").data == out
    pasted = ruth.send("/admin/rulebook/import", text=out.decode(), why="Pasted")
    assert pasted.status_code == 303
    assert ruth.get("/admin/rulebook/3.json").data == out
    empty = ruth.send("/admin/rulebook/import", why="Nothing")
    assert empty.status_code == 422
    wrong = ruth.send("/admin/rulebook/import", text='{"formula": {}}', why="Half")
    assert wrong.status_code == 422
    assert "formula.base" in wrong.text


def test_saving_upon_anothers_save_is_a_conflict(ruth: Browser, transaction: Transaction) -> None:
    start(ruth)
    old = seen(ruth)
    assert save(ruth, rulebooks.document(starter_allowance=40)) == 303
    answer = ruth.send(edit(), **fields(rulebooks.document(starter_allowance=30), seen=old))
    assert answer.status_code == 409
    assert versions.of(kept(transaction)).starter_allowance == 40


def test_a_past_event_is_worked_through_the_draft_beside_the_form(
    ruth: Browser, transaction: Transaction, cast: Cast
) -> None:
    with transaction() as session:
        Team(session, session.merge(cast.ruth) and cast).prove()
    start(ruth)
    page = ruth.get(edit()).text
    assert "A past event, worked through the draft" in page
    (gate,) = re.findall(r'<option[^>]*value="(\d+)">A gate was passed · Root cause', page)
    given = fields(rulebooks.with_rule(only_if={"joint": "all", "parts": []}, give=7), event=gate)
    panel = ruth.send("/admin/rulebook/2/check", htmx=True, **given).text
    assert "The formula, at Root cause" in panel
    assert "The rule “A little more”" in panel
    assert "Bridge between departments" in panel


def test_everyone_reads_the_rules_and_only_what_counts(
    ruth: Browser, cast: Cast, transaction: Transaction
) -> None:
    start(ruth)
    ruth.as_(cast.ida)
    page = ruth.get("/rules").text
    assert "When a pain point was accepted, give 5 points to who wrote it" in page
    assert "1,549" not in page
    assert "1,244 points in all" in page
    assert "action 0" not in page
    assert page.count("counted together as “hearing”") == 2
    assert "“review”" not in page, "one limit alone is counted with nothing"
    assert "however many somebody collects" in page
    assert ruth.get("/rules/1").status_code == 200
    assert ruth.get("/rules/2").status_code == 404
    assert ruth.get("/rules/2.json").status_code == 404
    assert ruth.get("/rules/1.json").json == rulebooks.document()
    schema = ruth.get("/rules/schema.json").json
    assert schema["$id"] == documents.SCHEMA_ID
    events = ruth.get("/rules/events").text
    assert "kudos_given" in events
    assert ruth.get("/admin/rulebook").status_code == 403


def test_a_page_for_fifty_rules_costs_a_dozen_queries(
    ruth: Browser, transaction: Transaction, cast: Cast, queries: Callable[[], Any]
) -> None:
    with transaction() as session:
        Team(session, session.merge(cast.ruth) and cast).prove()
    start(ruth)
    many = rulebooks.document()
    limit = {"amount": 3, "unit": "times", "per": "account", "window": "week"}
    many["rules"] = [
        rulebooks.rule(id=f"r{n}", to="members", at_most=[{**limit, "pool": f"p{n}"}])
        for n in range(50)
    ]
    assert save(ruth, many) == 303
    own = "/admin/rulebook/2"
    for path in ("/admin/rulebook", own, edit(), "/rules", f"{own}/json"):
        with queries() as counted:
            assert ruth.get(path).status_code == 200
        assert len(counted) <= MOST, f"{path}\n{counted}"
    gate = re.findall(r'<option[^>]*value="(\d+)">A gate was passed', ruth.get(edit()).text)[0]
    given, token = fields(many, event=gate), ruth.token()
    with queries() as counted:
        answer = ruth.post(
            "/admin/rulebook/2/check",
            data={**given, "csrf_token": token},
            headers={"HX-Request": "true"},
        )
    assert answer.status_code == 200
    assert len(counted) <= MOST, str(counted)
