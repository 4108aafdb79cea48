"""The page of a pain point: what it shows to whom."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from cxquest.core import clock
from cxquest.extensions import db
from cxquest.pains import answering, merge_queries, note_queries, policy, queries, wording
from cxquest.pains.forms import (
    CONFIDENCE,
    EFFORT,
    SEVERITY,
    VALUE,
    AcceptForm,
    DeclineForm,
    NoteForm,
    SupportForm,
)
from cxquest.pains.lifecycle import MERGEABLE, READY_FOR_QUEST, checklist
from cxquest.pains.models import PainNote, PainPoint
from cxquest.voice import queries as voice_queries
from cxquest.voice.models import Theme
from cxquest.voice.shares import Series
from cxquest.web import charts, guard, htmx
from cxquest.web.errors import missing_items
from cxquest.web.filters import number


def page(pain_id: int, **forms: Any) -> ResponseReturnValue:
    """Answer with the page of a pain point; 422 when one of its forms comes back."""
    whole = queries.whole(db.session, pain_id) or guard.not_there()
    pain, me = whole.pain, guard.me()
    answer = render_template(
        "pains/show.html",
        whole=whole,
        needs=missing_items(checklist(whole.facts), ""),
        story=wording.story(whole.lines),
        accept_form=forms.get("accept_form") or AcceptForm(formdata=None),
        decline_form=forms.get("decline_form") or DeclineForm(formdata=None),
        factors=_factors(pain),
        ready_for_quest=pain.state in READY_FOR_QUEST,
        decides=decides(pain),
        is_author=policy.is_author(me, pain),
        may_write=policy.may_write(me, pain),
        may_add=policy.may_add_evidence(me, pain),
        cost=queries.cost(pain),
        age=wording.age(whole.figures.first_voiced, clock.now().date()),
        input_words=wording.INPUTS,
        **_trend(pain.theme),
        **_kin(pain),
        **_notes(pain, forms.get("note_form")),
        **_support(pain, whole.supports, forms.get("support_form")),
    )
    return answer, 422 if forms else 200


def decides(pain: PainPoint) -> bool:
    """Whether a decision on it is due from this person."""
    return policy.may_decide(guard.me(), pain) and policy.is_open(pain)


def support_part(
    pain: PainPoint, form: SupportForm | None, message: str = ""
) -> ResponseReturnValue:
    """Answer with the supporters alone for htmx, or with the page where the form comes back."""
    if not htmx.asked():
        return page(pain.id, support_form=form)
    supports = queries.supports(db.session, pain.id)
    context = _support(pain, supports, form)
    part = htmx.fragment("pains/_support.html", message=message, **context)
    part.status_code = 422 if form else 200
    return part


def _factors(pain: PainPoint) -> dict[str, Any]:
    return {
        "severity": SEVERITY[pain.severity],
        "value": VALUE[pain.value],
        "confidence": CONFIDENCE[pain.confidence],
        "effort": EFFORT[pain.effort],
    }


def _support(pain: PainPoint, supports: Sequence[Any], form: SupportForm | None) -> dict[str, Any]:
    mine = next((told for told in supports if told.person_id == guard.me().id), None)
    blank = SupportForm(formdata=None, cost=mine.cost if mine else "")
    return {
        "pain": pain,
        "supports": supports,
        "mine": mine,
        "support_form": form or blank,
        "may_support": policy.may_support(guard.me(), pain),
    }


def _trend(theme: Theme | None) -> dict[str, Any]:
    """Return the theme's share of the last twelve weeks, as numbers and as a line."""
    if theme is None:
        return {"series": None, "line": None}
    key = voice_queries.root_of(db.session, theme.id) if theme.merged_into_id else theme.id
    assert key is not None
    weeks = voice_queries.theme_series(db.session, [key], clock.now().date())[key]
    return {"series": weeks, "line": _line(weeks) if weeks.n else None}


def _line(series: Series) -> charts.Sparkline:
    return charts.sparkline(series.shares, form=lambda share: number(share, 1))


def _kin(pain: PainPoint) -> dict[str, Any]:
    """Return what it became part of, what became part of it, and what was split off."""
    found = merge_queries.of(db.session, pain.id)
    merges = [one for one in found if not one.is_split]
    splits = [one for one in found if one.is_split]
    may_merge = policy.may_merge(guard.me())
    return {
        "merged": next((one for one in merges if one.pain_id == pain.id), None),
        "parts": [one for one in merges if one.into_id == pain.id],
        "split_from": next((one for one in splits if one.into_id == pain.id), None),
        "split_off": [one for one in splits if one.pain_id == pain.id],
        "may_merge": may_merge,
        "mergeable": may_merge and pain.state in MERGEABLE,
    }


def _notes(pain: PainPoint, form: NoteForm | None) -> dict[str, Any]:
    """Return the notes to customers, and for a coach whom they can reach."""
    notes = note_queries.notes(db.session, pain.id)
    draft = next((note for note in notes if note.sent_at is None), None)
    answerable = bool(notes) or pain.state in answering.ENDS
    return {
        "notes": notes,
        "note_form": form or _note_form(draft),
        "may_answer": policy.may_answer(guard.me()),
        "reachable": note_queries.how_many(db.session, pain.id) if answerable else 0,
        "answerable": answerable,
        "asks": any(note.outcome for note in notes),
        "reachable_url": url_for("pains.reachable", pain_id=pain.id),
    }


def _note_form(draft: PainNote | None) -> NoteForm:
    return NoteForm(formdata=None, text=draft.text if draft else "")
