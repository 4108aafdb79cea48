"""The pages of kudos, badges and wins."""

import csv
import io
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from cxquest.core import clock
from cxquest.pains.models import PainEvidence
from cxquest.people.models import Person
from cxquest.quests import holding
from cxquest.quests import queries as quests
from cxquest.recognition import giving, queries, thanking, win_queries
from cxquest.recognition.models import Badge, BadgeKind, Behaviour, Kudos
from cxquest.rewards.models import RewardEvent
from cxquest.voice import hearing
from tests.browsing import Browser
from tests.cast import BEGUN, Cast, person
from tests.conftest import Counted, Transaction
from tests.teams import Team, week

Queries = Callable[[], AbstractContextManager[Counted]]
REASON = "She rang the fitter before the customer had to"
MOST = 12


def typed(to: Person | str, **more: str) -> dict[str, str]:
    """Return what a person types into the form."""
    value = to if isinstance(to, str) else f"person:{to.id}"
    return {"to": value, "behaviour": "listened", "reason": REASON, **more}


def newest(transaction: Transaction) -> Kudos:
    with transaction() as session:
        return session.scalars(select(Kudos).order_by(Kudos.id.desc())).first() or Kudos()


def given(transaction: Transaction, by: Person, to: Person, *, at: datetime | None = None) -> Kudos:
    with transaction() as session:
        return giving.give(
            session,
            to,
            behaviour=Behaviour.SHARED,
            reason=REASON,
            by=by,
            at=at or clock.now(),
        )


# Kudos


def test_the_empty_page_says_what_belongs_there(client: Browser, cast: Cast) -> None:
    page = client.as_(cast.ida).get("/kudos").text
    assert "No kudos yet" in page
    assert "of 5 left this week" in page


def test_people_of_other_departments_stand_first(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        person(session, "Anna", cast.care)
    page = client.as_(cast.ida).get("/kudos/new").text
    assert page.index("Bram · Field") < page.index("Anna · Care")
    assert "thanks help to close them" in page
    assert "Gone" not in page
    assert "Ida · Care" not in page


def test_a_link_can_choose_the_person_or_the_team(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        quest_id = Team(session, cast).id
    page = client.as_(cast.olaf).get(f"/kudos/new?person={cast.bram.id}").text
    assert f'<option selected value="person:{cast.bram.id}">' in page
    page = client.get(f"/kudos/new?quest={quest_id}").text
    assert f'<option selected value="quest:{quest_id}">' in page


def test_kudos_are_given_shown_to_both_and_taken_back(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    sent = client.as_(cast.ida).send("/kudos/new", **typed(cast.bram))
    assert (sent.status_code, sent.location) == (303, "/kudos")
    one = newest(transaction)
    assert REASON in client.get("/kudos?which=given").text
    assert REASON not in client.get("/kudos?which=received").text
    assert "Take it back" in client.get("/kudos").text
    page = client.as_(cast.bram).get("/kudos").text
    assert REASON in page
    assert "Take it back" not in page
    assert REASON not in client.as_(cast.olaf).get("/kudos").text
    assert client.as_(cast.bram).send(f"/kudos/{one.id}/retract").status_code == 403
    assert client.as_(cast.ida).send(f"/kudos/{one.id}/retract").status_code == 303
    assert client.send(f"/kudos/{one.id}/retract").status_code == 404
    assert REASON not in client.as_(cast.bram).get("/kudos").text


def test_a_team_is_thanked_by_form(client: Browser, cast: Cast, transaction: Transaction) -> None:
    with transaction() as session:
        quest_id = Team(session, cast).id
    sent = client.as_(cast.olaf).send("/kudos/new", **typed(f"quest:{quest_id}"))
    assert sent.status_code == 303
    assert "to your team on" in client.as_(cast.ida).get("/kudos").text
    refused = client.as_(cast.ida).send("/kudos/new", **typed(f"quest:{quest_id}"))
    assert refused.status_code == 422


@pytest.mark.parametrize("wrong", ["", "person:0", "person:x", "quest:1", "everyone"])
def test_only_what_the_form_offers_is_taken(client: Browser, cast: Cast, wrong: str) -> None:
    sent = client.as_(cast.ida).send("/kudos/new", **typed(wrong))
    assert sent.status_code == 422
    assert REASON in sent.text


def test_a_short_reason_comes_back_with_what_was_typed(client: Browser, cast: Cast) -> None:
    sent = client.as_(cast.ida).send("/kudos/new", **typed(cast.bram, reason="Thanks, all"))
    assert sent.status_code == 422
    assert "at least 20 letters" in sent.text
    assert "Thanks, all" in sent.text
    assert f'<option selected value="person:{cast.bram.id}">' in sent.text


def test_the_sixth_is_refused_and_the_form_says_so_before(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    for _ in range(5):
        given(transaction, cast.ida, cast.bram)
    assert "Your 5 of this week are given" in client.as_(cast.ida).get("/kudos/new").text
    sent = client.send("/kudos/new", **typed(cast.bram))
    assert sent.status_code == 409
    assert "The next week begins on Monday" in sent.text


def test_ones_own_kudos_as_csv(client: Browser, cast: Cast, transaction: Transaction) -> None:
    given(transaction, cast.ida, cast.bram)
    given(transaction, cast.noor, cast.olaf)
    answer = client.as_(cast.bram).get("/kudos.csv?which=received")
    (row,) = csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff")))
    assert (row["direction"], row["from"], row["to"]) == ("received", "Ida", "Bram")
    assert row["behaviour"] == "Shared what they knew"


def test_the_steward_sees_a_ring_with_its_numbers(
    client: Browser, cast: Cast, transaction: Transaction
) -> None:
    for _ in range(3):
        given(transaction, cast.ida, cast.bram)
        given(transaction, cast.bram, cast.ida)
    given(transaction, cast.bram, cast.olaf)
    page = client.as_(cast.noor).get("/admin/kudos").text
    assert "Ida · Bram" in page
    assert "6 of 7" in page
    assert "This is for a conversation" in page
    assert client.as_(cast.ruth).get("/admin/kudos").status_code == 200
    for other in (cast.ida, cast.karl):
        assert client.as_(other).get("/admin/kudos").status_code == 403


# Badges


@pytest.fixture
def badge(transaction: Transaction, cast: Cast) -> Badge:
    """Ida's badge, on a quest."""
    with transaction() as session:
        quest_id = Team(session, cast).id
        event = RewardEvent(
            key="e", type="gate_passed", occurred_at=week(3), recorded_at=week(3), subject="x"
        )
        session.add(event)
        session.flush()
        made = Badge(
            person_id=cast.ida.id,
            kind=BadgeKind.PREVENTED,
            event_id=event.id,
            quest_id=quest_id,
            rulebook_version=3,
            earned_at=week(3),
        )
        session.add(made)
        session.flush()
        return made


def test_everybody_reads_what_a_badge_rests_on(client: Browser, cast: Cast, badge: Badge) -> None:
    page = client.as_(cast.olaf).get(f"/badges/{badge.id}").text
    assert "Badge of Ida" in page
    assert "Nobody waits" in page
    assert "A badge stays" in page
    assert "not signed" not in page
    assert (
        "It is not signed; this page is what verifies it"
        in client.as_(cast.ida).get(f"/badges/{badge.id}").text
    )
    assert client.get("/badges/999").status_code == 404


def test_only_the_holder_takes_it_out(client: Browser, cast: Cast, badge: Badge) -> None:
    url = f"/badges/{badge.id}.json"
    answer = client.as_(cast.ida).get(url)
    assert answer.mimetype == "application/json"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    file = json.loads(answer.text)
    assert file["id"] == f"http://localhost/badges/{badge.id}"
    assert file["issuer"]["name"] == "Halden Home"
    assert file["credentialSubject"]["achievement"]["id"] == "http://localhost/badges#prevented"
    assert file["evidence"][0]["id"] == f"http://localhost/quests/{badge.quest_id}"
    assert "halden.example" not in answer.text
    for other in (cast.bram, cast.ruth, cast.noor):
        assert client.as_(other).get(url).status_code == 403
    assert client.as_(cast.ida).get("/badges/999.json").status_code == 404


def test_ones_own_badges_and_the_seven(client: Browser, cast: Cast, badge: Badge) -> None:
    page = client.as_(cast.ida).get("/me/badges").text
    assert f'href="/badges/{badge.id}"' in page
    assert "No badge yet" in client.as_(cast.bram).get("/me/badges").text
    page = client.get("/badges").text
    assert page.count("<h2") == 7
    assert 'id="prevented"' in page


# Wins


@pytest.fixture
def win(transaction: Transaction, cast: Cast) -> Team:
    """A quest whose outcome was proven on the 1st of June."""
    with transaction() as session:
        team = Team(session, cast).hold()
        heard = hearing.heard(
            session,
            "I waited all day, and then =nobody came.",
            on=BEGUN.date(),
            by=cast.bram,
            at=BEGUN,
        )
        comment_id = heard.comments[0].id
        session.add(PainEvidence(pain_id=team.pain.id, comment_id=comment_id, added_at=BEGUN))
        return team


def test_a_win_has_the_customers_words_beside_the_number(
    client: Browser, cast: Cast, win: Team
) -> None:
    page = client.as_(cast.olaf).get("/wins").text
    assert "June 2026" in page
    assert "I waited all day" in page
    assert "Late moves" in page
    assert ">12<" in page
    assert ">4<" in page
    assert "mean of the last 4 of 6 readings" in page
    assert "Prevention" in page
    assert "Systemic cause" in page
    assert "Care · Field" in page
    assert "Ida · Bram" in page
    assert "Thank the team" not in page


def test_what_says_nothing_is_no_quote_and_a_repeat_is_the_last(
    cast: Cast, win: Team, transaction: Transaction
) -> None:
    text = "I waited for two days, and nobody came at all."
    with transaction() as session:
        said = [
            hearing.heard(session, text, on=BEGUN.date(), by=cast.bram, at=BEGUN).comments[0]
            for _ in range(3)
        ]
        for comment in said:
            session.add(PainEvidence(pain_id=win.pain.id, comment_id=comment.id, added_at=BEGUN))
        said[1].submission.repeat_of_id = said[0].submission_id
        said[2].says_nothing = True
        session.flush()
        june = win_queries.month_of(date(2026, 6, 1), ZoneInfo("UTC"))
        shown = win_queries.wins(session, session.scalars(win_queries.proven(june)).unique())
        assert [one.quote and one.quote.id for one in shown] == [said[0].id]


def test_the_month_is_in_the_url(client: Browser, cast: Cast, win: Team) -> None:
    page = client.as_(cast.olaf).get("/wins?month=2026-07").text
    assert "Nothing was proven in this month" in page
    assert 'href="/wins?month=2026-06"' in page
    assert 'rel="next"' not in page
    assert 'href="/wins?month=2026-06"' in client.get("/wins?month=2026-05").text
    for wrong in ("2026-13", "x", "9999-01", "2026-6"):
        assert "Nobody waits" in client.get(f"/wins?month={wrong}").text


def test_without_any_win_the_page_says_what_belongs_there(client: Browser, cast: Cast) -> None:
    assert "Nothing was proven in this month" in client.as_(cast.ida).get("/wins").text


def test_the_sponsor_thanks_and_everybody_reads_it(client: Browser, cast: Cast, win: Team) -> None:
    url = f"/quests/{win.id}/thanks"
    assert client.as_(cast.ida).get(url).status_code == 403
    assert f'href="{url}"' in client.as_(cast.karl).get("/wins").text
    assert client.get(url).status_code == 200
    assert client.send(url, text=" ").status_code == 422
    sent = client.send(url, text="You did what we all had given up on")
    assert sent.status_code == 303
    assert sent.location == f"/wins?month=2026-06#quest-{win.id}"
    assert "given up on" in client.get(url).text
    page = client.as_(cast.olaf).get("/wins").text
    assert "Thanks from Karl" in page
    assert "given up on" in page
    assert client.as_(cast.karl).get("/quests/999/thanks").status_code == 404


def test_a_win_whose_problem_is_back_says_so(
    client: Browser, cast: Cast, win: Team, transaction: Transaction
) -> None:
    with transaction() as session:
        quest = quests.whole(session, win.id)
        assert quest
        at = week(13) + timedelta(days=20)
        holding.report_return(session, quest, "Eleven again", by=cast.noor, at=at)
    page = client.as_(cast.karl).get("/wins").text
    assert "The problem came back on 21 Jun 2026" in page
    assert "Thank the team" not in page


def test_the_wins_as_csv(client: Browser, cast: Cast, win: Team, transaction: Transaction) -> None:
    with transaction() as session:
        quest = queries.team(session, win.id)
        assert quest
        thanking.thank(session, quest, "=Thanks", by=cast.karl, at=week(14))
    answer = client.as_(cast.olaf).get("/wins.csv")
    (row,) = csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff")))
    assert 'filename="wins-2026-06.csv"' in answer.headers["Content-Disposition"]
    assert (row["quest"], row["thanks"], row["sponsor"]) == ("Nobody waits", "'=Thanks", "Karl")
    assert (row["readings"], row["work"], row["undone on"]) == ("6", "Prevention", "")


def test_the_pages_cost_the_same_whatever_their_length(
    client: Browser, cast: Cast, win: Team, queries: Queries, transaction: Transaction
) -> None:
    with transaction() as session:
        for number in range(3):
            Team(session, cast, f"Win {number}").hold()
    for _ in range(3):
        given(transaction, cast.ida, cast.bram)
    client.as_(cast.ida)
    for path in ("/wins", "/kudos", "/kudos/new", "/me/badges", "/badges"):
        with queries() as counted:
            assert client.get(path).status_code == 200
        assert len(counted) <= MOST, f"{path}\n{counted}"
