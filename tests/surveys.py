"""A survey for the tests: made by Noor, open to customers."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.journey import staging
from cxquest.journey.models import Stage
from cxquest.surveys import asking
from cxquest.surveys.models import Access, Survey
from tests.cast import BEGUN, Cast


def stage(session: Session, cast: Cast, name: str = "Install") -> Stage:
    """Return the stage of this name, made where it is not there."""
    known = session.scalar(select(Stage).where(Stage.name == name))
    return known or staging.add(
        session, name=name, customer_goal="It works", success_means="", by=cast.ruth, at=BEGUN
    )


def survey(
    session: Session,
    cast: Cast,
    name: str = "After the visit",
    *,
    access: Access = Access.OPEN,
    language: str = "en",
    opened: bool = True,
    at: datetime = BEGUN,
) -> Survey:
    """Make a survey about the stage "Install"."""
    made = asking.make(
        session,
        name=name,
        stage=stage(session, cast),
        access=access,
        language=language,
        by=cast.noor,
        at=at,
    )
    if opened:
        asking.open_up(session, made, by=cast.noor, at=at)
    return made
