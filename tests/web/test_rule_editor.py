"""The editor of rules: what its panel says, where its buttons lead, what each rule offers."""

import re
from datetime import timedelta

import pytest

from cxquest.core import clock
from cxquest.people.models import Person, Role
from tests import cast as players
from tests import rulebooks
from tests.browsing import Browser
from tests.cast import Cast
from tests.conftest import Transaction
from tests.web.test_rulebook_pages import approve, edit, fields, kept, save, seen, simulate, start

NOW = clock.now()


@pytest.fixture
def ruth(client: Browser, cast: Cast) -> Browser:
    """A browser in which the administrator is signed in."""
    return client.as_(cast.ruth)


@pytest.fixture
def second(transaction: Transaction) -> Person:
    """Another administrator."""
    with transaction() as session:
        return players.person(session, "Sven", None, Role.ADMINISTRATOR)


def test_the_panel_lists_what_does_not_fit_with_links(ruth: Browser) -> None:
    start(ruth)
    given = fields(rulebooks.document()) | {"rules-1-name": "", "share-G3": "much"}
    panel = ruth.send("/admin/rulebook/2/check", htmx=True, **given).text
    assert '<a href="#rules-1-name">Rule 2, Name</a>: Fill this in.' in panel
    assert '<a href="#share-G3">Share of each gate, Outcome</a>' in panel
    added = ruth.send(edit(), **{**given, "deed": "add-condition-0"}).text
    assert '<a href="#rules-1-name">' in added
    assert 'id="rules-1-name-error"' not in added, "nobody has asked for it"


def test_enter_checks_and_a_new_rule_keeps_the_panel_alive(
    ruth: Browser, transaction: Transaction
) -> None:
    start(ruth)
    page = ruth.get(edit()).text
    form = page[page.index('<form class="editor"') :]
    assert re.findall(r'name="deed" value="(\w+)', form)[0] == "check"
    assert form.count('value="save"') == 2
    given = fields(rulebooks.document(starter_allowance=40), seen=seen(ruth))
    answer = ruth.send(edit(), **{**given, "deed": "check"})
    assert answer.status_code == 200
    assert kept(transaction).version == 1
    added = ruth.send(edit(), **{**given, "deed": "add-rule"}).text
    assert 'value="New rule"' in added
    assert "does not fit yet" not in added


def test_the_eye_lands_beside_what_was_pressed(ruth: Browser) -> None:
    start(ruth)
    given = fields(rulebooks.document())

    def landed(deed: str) -> list[str]:
        text = ruth.send(edit(), htmx=True, **{**given, "deed": deed}).text
        tags = [tag for tag in re.findall(r"<[^>]+>", text) if "data-focus" in tag]
        return [found[1] for tag in tags if (found := re.search(r'id="([^"]+)"', tag))]

    assert landed("remove-rule-0") == ["rule-0"]
    assert landed("remove-rule-3") == ["rules-title"]
    assert landed("remove-limit-0-0") == ["rule-0"]
    assert landed("add-condition-0") == ["rules-0-conditions-0-field"]
    assert landed("add-limit-0") == ["rules-0-limits-1-amount"]


def test_whoever_has_not_written_reads_what_saving_costs(ruth: Browser, second: Person) -> None:
    start(ruth)
    words = "If you save, you can no longer approve this version."
    assert words not in ruth.get(edit()).text
    assert words in ruth.as_(second).get(edit()).text


def test_a_rule_offers_only_what_its_event_has(ruth: Browser) -> None:
    start(ruth)
    given = fields(rulebooks.document()) | {"rules-0-when": "kudos_given"}
    page = ruth.send(edit(), **{**given, "deed": "refresh"}).text
    card = page[page.index('id="rule-0"') : page.index('id="rule-1"')]
    assert '<option selected value="kudos_given">' in card
    assert '<option disabled value="signed_in">' in card
    assert "add-condition-0" not in card
    assert '<option selected value="finder">who wrote it</option>' in card
    other = fields(rulebooks.document()) | {"rules-0-when": "review_completed"}
    page = ruth.send(edit(), **{**other, "deed": "refresh"}).text
    card = page[page.index('id="rule-0"') : page.index('id="rule-1"')]
    assert "finder" not in card
    assert '<option selected value="reviewer">' in card
    page = ruth.send(edit(), **{**other, "deed": "add-condition-0"}).text
    card = page[page.index('id="rule-0"') : page.index('id="rule-1"')]
    assert "is at least" not in card


def test_a_draft_is_compared_with_what_it_will_follow(
    ruth: Browser, transaction: Transaction, cast: Cast, second: Person
) -> None:
    start(ruth)
    assert save(ruth, rulebooks.document(starter_allowance=40)) == 303
    simulate(transaction, cast)
    approve(ruth.as_(second))
    day = (NOW + timedelta(days=9)).date().isoformat()
    assert (
        f'value="{(NOW + timedelta(days=8)).date()}"' in ruth.get("/admin/rulebook/2/schedule").text
    )
    assert ruth.send("/admin/rulebook/2/schedule", effective_from=day).status_code == 303
    assert "Compared with version 1" in ruth.get("/admin/rulebook/2").text
    ruth.send("/admin/rulebook/new", start="2", why="Next")
    page = ruth.get("/admin/rulebook/3").text
    assert "Compared with version 2" in page
    assert "Version 2 is scheduled before it" in page
    assert "Nothing changes: it pays exactly the same." in page
    assert "Compared with version 2" in ruth.get(edit(3)).text
