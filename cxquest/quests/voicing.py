"""Customers' words as evidence of a why: choosing them, and the way back from a comment."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.pains import evidence_queries
from cxquest.people.models import Person
from cxquest.quests import diagnosing
from cxquest.quests.models import Quest
from cxquest.quests.work import Why, WhyComment

MOST = 30  # comments that one why carries; more than a table reads


def choose(
    session: Session,
    quest: Quest,
    why: Why,
    chosen: Collection[int],
    *,
    offered: Collection[int],
    by: Person,
    at: datetime,
) -> int:
    """Let a why carry the comments that were ticked; return how many it carries now.

    Of those it has, only such as were `offered` and not ticked go: what a colleague has added
    meanwhile stays. Raises BadInput for comments that are not there, and for too many.
    """
    diagnosing.may_diagnose(quest, by)
    before = {piece.comment_id for piece in why.comments}
    gone = (before & set(offered)) - set(chosen)
    fresh = evidence_queries.known_comments(session, chosen) - before
    if len(fresh) < len(set(chosen) - before):
        raise BadInput(_("A comment that you chose is no longer there."))
    if len(after := (before - gone) | fresh) > MOST:
        raise BadInput(_("No more than %(most)s comments for one why. Choose the best."), most=MOST)
    session.execute(
        delete(WhyComment).where(WhyComment.why_id == why.id, WhyComment.comment_id.in_(gone))
    )
    session.add_all(
        WhyComment(why_id=why.id, comment_id=key, added_by_id=by.id, added_at=at)
        for key in sorted(fresh)
    )
    if gone or fresh:
        audit.record(session, "why_shown", quest, by=by, at=at, summary=why.text[:200])
    session.flush()
    return len(after)


def whys_of(session: Session, comment_id: int) -> Sequence[tuple[Why, Quest]]:
    """Return the whys that a comment shows, with their quests."""
    found = session.execute(
        select(Why, Quest)
        .join(WhyComment, WhyComment.why_id == Why.id)
        .join(Quest, Quest.id == Why.quest_id)
        .where(WhyComment.comment_id == comment_id)
        .order_by(Quest.id.desc(), Why.id)
    )
    return [(why, quest) for why, quest in found]
