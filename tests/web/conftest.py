"""What several tests of pages begin with: a pain point's surroundings, surveys to answer."""

import pytest

from cxquest.journey import staging
from cxquest.surveys import asking
from cxquest.surveys.models import Access, Survey
from cxquest.voice import hearing, theming
from tests.cast import BEGUN, Cast
from tests.conftest import Transaction
from tests.pains import Story
from tests.surveys import survey


@pytest.fixture
def story(transaction: Transaction, cast: Cast) -> Story:
    """A stage, a theme and six comments about it."""
    with transaction() as session:
        stage = staging.add(
            session, name="Installation", customer_goal="", success_means="", by=None, at=BEGUN
        )
        theme = theming.add(session, "Appointments", by=None, at=BEGUN)
        heard = [
            hearing.heard(session, f"Words {n}", on=BEGUN.date(), by=cast.bram, at=BEGUN)
            for n in range(6)
        ]
        ids = [one.comments[0].id for one in heard]
        theming.tag(session, ids, theme, by=None, at=BEGUN)
        return Story(transaction, cast, stage.id, theme.id, ids)


@pytest.fixture
def asked(transaction: Transaction, cast: Cast) -> Survey:
    """An open survey that anybody may answer."""
    with transaction() as session:
        return survey(session, cast)


@pytest.fixture
def links(transaction: Transaction, cast: Cast) -> tuple[Survey, list[str]]:
    """An open survey with three links that work once."""
    with transaction() as session:
        made = survey(session, cast, "By letter", access=Access.ONE_USE)
        return made, asking.make_links(session, made, 3, by=cast.noor, at=BEGUN)
