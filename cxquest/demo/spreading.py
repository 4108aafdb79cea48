"""What goes out from a quest of the demo company: customers are asked, others reuse its lesson."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select

from cxquest.demo.story import Story, act_on
from cxquest.demo.world import Act, World
from cxquest.lessons import adopting
from cxquest.lessons import queries as lessons
from cxquest.pains import answering, checking
from cxquest.pains.models import Answer, CustomerCheck, PainEvidence
from cxquest.quests import learning, telling
from cxquest.quests.learned import Lesson
from cxquest.quests.models import Quest
from cxquest.surveys.models import Contact
from cxquest.voice.models import Comment

ASKED = 6


def spread(story: Story) -> Iterator[Act]:
    """Yield the note to customers with their answers, and the adoption of the lesson."""
    told, adopted = story["proof"].get("told"), story["proof"].get("adopted")
    if told:
        yield act_on(story, told["days_ago"], 54, _tell, told)
        for place, answer in enumerate(told["answers"]):
            yield act_on(story, answer["days_ago"], 55, _answer, place, answer)
    if adopted:
        yield act_on(story, adopted["days_ago"], 72, _adopt, adopted)
        yield act_on(story, adopted["seen_days_ago"], 73, _confirm, adopted)


def _tell(world: World, quest: Quest, story: Story, at: datetime, told: Story) -> None:
    coach = world.people[told["coach"]]
    _agree(world, quest, at)
    note = telling.tell(world.session, quest, by=world.people[story["lead"]], at=at)
    answering.reword(world.session, quest.pain, told["text"], by=coach, at=at)
    checking.send(world.session, quest.pain, note, base_url="", by=coach, at=at)


def _agree(world: World, quest: Quest, at: datetime) -> None:
    """Let the first customers whose words are evidence have agreed to hear back."""
    shown = (
        select(Comment.submission_id)
        .join(PainEvidence, PainEvidence.comment_id == Comment.id)
        .where(PainEvidence.pain_id == quest.pain_id)
        .distinct()
        .order_by(Comment.submission_id)
        .limit(ASKED)
    )
    for number, submission_id in enumerate(world.session.scalars(shown).all(), start=1):
        address = f"customer.{number}@customers.example"
        world.session.add(Contact(submission_id=submission_id, address=address, agreed_at=at))
    world.session.flush()


def _answer(
    world: World, quest: Quest, _story: Story, at: datetime, place: int, answer: Story
) -> None:
    checks = world.session.scalars(select(CustomerCheck).order_by(CustomerCheck.id)).all()
    given, text = Answer(answer["answer"]), answer["text"]
    checking.answer(world.session, checks[place], given, text, at=at)


def _adopt(world: World, quest: Quest, story: Story, at: datetime, adopted: Story) -> None:
    since, by = world.day(adopted["since_days_ago"]), world.people[adopted["by"]]
    lesson = _lesson(world, quest)
    adopting.claim(world.session, lesson, what=adopted["what"], since=since, by=by, at=at)


def _confirm(world: World, quest: Quest, story: Story, at: datetime, adopted: Story) -> None:
    coach, reason = world.people[adopted["coach"]], adopted["reason"]
    lesson = _lesson(world, quest)
    (adoption,) = lesson.adoptions
    adopting.confirm(world.session, lesson, adoption, reason=reason, by=coach, at=at)


def _lesson(world: World, quest: Quest) -> Lesson:
    known = learning.lesson_of(world.session, quest.id)
    lesson = lessons.lesson(world.session, known.id) if known else None
    if lesson is None:
        raise LookupError(quest.title)
    return lesson
