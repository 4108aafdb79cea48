"""Setting up: an ordered path, and how far this installation has come on it."""

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from cxquest.journey.models import Stage
from cxquest.people.models import Department, Organisation, Person, Role
from cxquest.voice.models import Submission


@dataclass(frozen=True)
class Leg:
    """A part of the path, as a line of a checklist."""

    text: str
    who: str
    url: str
    done: bool


def path(session: Session) -> list[Leg]:
    """Return the path with what is done, in one query."""
    counts = session.execute(
        select(
            select(func.count(Organisation.id)).scalar_subquery().label("organisation"),
            select(func.count(Department.id)).scalar_subquery().label("departments"),
            select(func.count(Person.id)).where(Person.is_active).scalar_subquery().label("people"),
            _people(Person.role == Role.EXECUTIVE).label("executives"),
            _people(Person.is_coach).label("coaches"),
            select(func.count(Stage.id)).scalar_subquery().label("stages"),
            select(func.count(Submission.id)).scalar_subquery().label("submissions"),
        )
    ).one()
    return [
        Leg(text, "", url, done)
        for text, url, done in (
            (
                _("The organisation: name, time zone, currency"),
                url_for("people.organisation"),
                counts.organisation > 0,
            ),
            (
                _("At least two departments"),
                url_for("people.departments"),
                counts.departments >= 2,
            ),
            (_("At least three people"), url_for("people.index"), counts.people >= 3),
            (
                _("An executive who sponsors"),
                url_for("people.index", role="executive"),
                counts.executives > 0,
            ),
            (
                _("A coach, better two"),
                url_for("people.index", role="coach"),
                counts.coaches > 0,
            ),
            (
                _("The stages of your customers' journey"),
                url_for("journey.admin_index"),
                counts.stages >= 2,
            ),
            (
                _("What customers say, imported"),
                url_for("imports.index"),
                counts.submissions > 0,
            ),
        )
    ]


def _people(condition: ColumnElement[bool] | InstrumentedAttribute[bool]) -> ScalarSelect[int]:
    return select(func.count(Person.id)).where(Person.is_active, condition).scalar_subquery()
