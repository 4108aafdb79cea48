"""A survey of the company's own: made by its coach, answered by customers over three weeks."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select

from cxquest.demo import reading
from cxquest.demo.founding import COACH
from cxquest.demo.world import Act, World
from cxquest.surveys import answering, asking
from cxquest.surveys.models import Survey
from cxquest.surveys.questions import SAID


def acts() -> Iterator[Act]:
    """Yield the making of each survey, and each answer."""
    for survey in reading.document("surveys")["survey"]:
        yield Act(survey["days_ago"], 6, partial(_ask, survey))
        for place, answer in enumerate(survey["answer"]):
            yield Act(answer["days_ago"], 7, partial(_answer, survey["name"], place, answer))


def _ask(survey: dict[str, Any], world: World, at: datetime) -> None:
    coach, stage = world.people[COACH], world.stages[survey["stage"]]
    made = asking.make(world.session, name=survey["name"], stage=stage, by=coach, at=at)
    asking.open_up(world.session, made, by=coach, at=at)


def _answer(name: str, place: int, answer: dict[str, Any], world: World, at: datetime) -> None:
    survey = world.session.scalars(select(Survey).where(Survey.name == name)).one()
    given = answering.Answers(
        support=answer.get("support"),
        said={question: answer[question] for question in SAID if question in answer},
        asked_for_score=answer.get("asked_for_score", False),
    )
    answering.answer(world.session, survey, given, sent=f"demo-{place}", at=at)
