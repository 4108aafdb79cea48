"""Making one pain point part of another, making a part one of its own, and undoing both.

The merged one keeps everything that it had, and stays readable. The other gets copies of what
it lacks: evidence and support keep who brought them and when, and what both had counts once.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from cxquest.core import audit
from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.core.errors import marked as _
from cxquest.pains import answering, lifecycle, merge_queries, policy, starting, telling
from cxquest.pains.models import PainEvidence, PainMerge, PainPoint, PainState, PainSupport
from cxquest.people.models import Person


def merge(
    session: Session,
    pain: PainPoint,
    into: PainPoint,
    *,
    by: Person,
    at: datetime,
    base_url: str = "",
) -> PainMerge:
    """Make `pain` part of `into`, which gets the evidence and support that it lacks.

    Raises NotAllowed for anybody but a coach, BadInput for itself or for one that is not live,
    and Refusal while a quest works on `pain`.
    """
    _check_coach(by)
    _check_target(pain, into)
    return _become_part(session, pain, into, by, at, base_url)


def unmerge(
    session: Session, pain: PainPoint, *, by: Person, at: datetime, base_url: str = ""
) -> None:
    """Make a merged pain point one of its own again, as it was; the other gives back its part.

    Raises Refusal where it is no part of another, where that one became part of a third since,
    or where a coach's acceptance of the other rests on what it would give back.
    """
    _check_coach(by)
    done = merge_queries.merge_of(session, pain.id)
    if done is None:
        raise Refusal(_("This pain point is no part of another one, so there is nothing to undo."))
    into = done.into
    if into.state is PainState.MERGED:
        raise Refusal(
            _("“%(title)s” became part of another one since. Undo that first."), title=into.title
        )
    pain.state = lifecycle.take(f"unmerge_to_{done.before.value}", pain.state)
    pain.merged_into_id = None
    flag_modified(into, "state")
    done.undone_by_id, done.undone_at = by.id, at
    _take_back(session, into.id, _nobody_elses(session, done))
    session.flush()
    starting.check_stays_whole(session, into)
    audit.record(session, "unmerged", pain, by=by, at=at, summary=into.title, into=into.id)
    audit.record(session, "gave_up", into, by=by, at=at, summary=pain.title, pain=pain.id)
    telling.tell(session, pain, "unmerged", by=by, at=at, base_url=base_url, other=into)


def split(
    session: Session,
    pain: PainPoint,
    comment_ids: Collection[int],
    *,
    title: str,
    by: Person,
    at: datetime,
) -> PainPoint:
    """Move chosen evidence to a new pain point, and return it; its words are still to be written.

    It keeps stage, theme and author, and who brought each comment and when. Raises BadInput
    for no evidence or all of it, and Refusal in a state in which nothing is merged or where a
    coach's acceptance rests on what would go.
    """
    _check_coach(by)
    check_may_split(pain)
    pieces = merge_queries.pieces(session, pain.id)
    chosen = sorted(set(comment_ids) & set(pieces))
    _check_chosen(len(chosen), len(pieces))
    part = _part_of(pain, title, at)
    session.add(part)
    session.flush()
    for key in chosen:
        pieces[key].pain_id = part.id
    flag_modified(pain, "state")
    moved = {"comments": chosen}
    done = PainMerge(pain_id=pain.id, into_id=part.id, is_split=True, before=pain.state)
    done.moved, done.by_id, done.at = moved, by.id, at
    session.add(done)
    session.flush()
    starting.check_stays_whole(session, pain)
    audit.record(session, "split", pain, by=by, at=at, summary=part.title, **moved)
    audit.record(session, "split_off", part, by=by, at=at, summary=pain.title, **moved)
    return part


def check_may_split(pain: PainPoint) -> None:
    """Raise Refusal in a state in which it stays as it is."""
    if pain.state not in lifecycle.MERGEABLE:
        raise Refusal(
            _("This pain point is %(state)s now, so it stays whole."),
            state=pain.state.value.replace("_", " "),
        )


def unsplit(
    session: Session, part: PainPoint, *, by: Person, at: datetime, base_url: str = ""
) -> PainPoint:
    """Give what was split off back to the pain point that it came from, and return that one.

    Whatever it has gathered since goes along: it is merged, and that can be undone in turn.
    """
    _check_coach(by)
    done = merge_queries.split_of(session, part.id)
    if done is None:
        raise Refusal(_("This pain point was not split off from another one."))
    origin = done.pain
    if origin.state not in lifecycle.MERGEABLE:
        raise Refusal(
            _("“%(title)s” is %(state)s now, so it takes nothing back."),
            title=origin.title,
            state=origin.state.value.replace("_", " "),
        )
    done.undone_by_id, done.undone_at = by.id, at
    _become_part(session, part, origin, by, at, base_url)
    return origin


def _become_part(
    session: Session, pain: PainPoint, into: PainPoint, by: Person, at: datetime, base_url: str
) -> PainMerge:
    before, pain.state = pain.state, lifecycle.take("merge", pain.state)
    pain.merged_into_id = into.id
    flag_modified(into, "state")  # of two who merge them into each other, one is told
    done = PainMerge(pain_id=pain.id, into_id=into.id, before=before, by_id=by.id, at=at)
    done.moved = {
        "comments": _copy_evidence(session, pain.id, into.id),
        "people": _copy_support(session, pain, into),
    }
    session.add(done)
    session.flush()
    answering.discard(session, pain)
    audit.record(session, "merged", pain, by=by, at=at, summary=into.title, into=into.id)
    audit.record(session, "took_in", into, by=by, at=at, summary=pain.title, pain=pain.id)
    telling.tell(session, pain, "merged", by=by, at=at, base_url=base_url, other=into)
    return done


def _check_coach(by: Person) -> None:
    if not policy.may_merge(by):
        raise NotAllowed(_("Only a coach merges and splits pain points."))


def _check_target(pain: PainPoint, into: PainPoint) -> None:
    if into.id == pain.id:
        raise BadInput(_("Choose another pain point than this one."), field="into")
    if into.state not in lifecycle.LIVE:
        raise BadInput(
            _("“%(title)s” is %(state)s. Choose one that is open, accepted or in a quest."),
            field="into",
            title=into.title,
            state=into.state.value.replace("_", " "),
        )


def _check_chosen(chosen: int, of: int) -> None:
    if not chosen:
        raise BadInput(_("Tick the comments that show something else."), field="comment")
    if chosen == of:
        raise BadInput(
            _("Leave at least one comment here, or edit this pain point instead."), field="comment"
        )


def _part_of(pain: PainPoint, title: str, at: datetime) -> PainPoint:
    words = " ".join(title.split())
    if not words:
        raise BadInput(_("Give it a name in the customer's words."), field="title")
    is_draft = pain.state in (PainState.DRAFT, PainState.DECLINED)
    return PainPoint(
        title=words,
        state=PainState.DRAFT if is_draft else PainState.OPEN,
        stage_id=pain.stage_id,
        origin_stage_id=pain.origin_stage_id,
        theme_id=pain.theme_id,
        created_by_id=pain.created_by_id,
        created_at=at,
    )


def _copy_evidence(session: Session, pain_id: int, into_id: int) -> list[int]:
    """Copy the evidence that the other lacks, with who brought it and when."""
    known = merge_queries.pieces(session, into_id)
    fresh = [p for key, p in merge_queries.pieces(session, pain_id).items() if key not in known]
    session.add_all(
        PainEvidence(
            pain_id=into_id,
            comment_id=piece.comment_id,
            importance=piece.importance,
            added_by_id=piece.added_by_id,
            added_at=piece.added_at,
        )
        for piece in fresh
    )
    return sorted(piece.comment_id for piece in fresh)


def _copy_support(session: Session, pain: PainPoint, into: PainPoint) -> list[int]:
    """Copy the support of those who neither support nor wrote the other one."""
    known = {*merge_queries.supporters(session, into.id), into.created_by_id}
    told = merge_queries.supporters(session, pain.id)
    fresh = [one for person, one in told.items() if person not in known]
    session.add_all(
        PainSupport(pain_id=into.id, person_id=one.person_id, cost=one.cost, at=one.at)
        for one in fresh
    )
    return sorted(one.person_id for one in fresh)


def _nobody_elses(session: Session, done: PainMerge) -> dict[str, set[int]]:
    """Return what only this merge brought; what another one has too is from then on that one's."""
    left = {name: set(done.moved.get(name, ())) for name in ("comments", "people")}
    for other in merge_queries.into(session, done.into_id, but=done.id):
        has = {
            "comments": merge_queries.pieces(session, other.pain_id).keys(),
            "people": merge_queries.supporters(session, other.pain_id).keys(),
        }
        other.moved = {
            name: sorted({*other.moved.get(name, ()), *(left[name] & has[name])}) for name in left
        }
        left = {name: left[name] - has[name] for name in left}
    return left


def _take_back(session: Session, into_id: int, moved: dict[str, set[int]]) -> None:
    pieces = merge_queries.pieces(session, into_id)
    told = merge_queries.supporters(session, into_id)
    gone = [pieces[key] for key in moved["comments"] if key in pieces]
    for row in (*gone, *(told[key] for key in moved["people"] if key in told)):
        session.delete(row)
