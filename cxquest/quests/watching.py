"""The watch: each day, whether the problem of a proven quest is back, by its metric or its theme.

What the metric shows is sure, and is taken back at once; what customers say again is looked at
by a coach. The rule is `recurring`'s.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from cxquest.core import outbox
from cxquest.core.errors import marked as _
from cxquest.measures import attainment
from cxquest.measures import queries as measures
from cxquest.people import queries as people
from cxquest.people.models import Person
from cxquest.quests import holding, queries, recurring, suspecting
from cxquest.quests.holding import Back
from cxquest.quests.models import Quest
from cxquest.quests.recurring import Found, Proof
from cxquest.quests.work import Recurrence, Source, Verdict
from cxquest.rewards import paying
from cxquest.rewards.rulebook import Gate
from cxquest.themes.surges import Count
from cxquest.voice import queries as voice

WEEKS = recurring.WINDOW // 7
ON_METRIC = _(
    "Since %(since)s the last %(n)s readings of “%(metric)s” average %(level)s %(unit)s: they "
    "keep %(kept)s %% of the way from %(baseline)s to the %(proven)s that was proven, each of "
    "them less than half."
)
ON_THEME = _(
    "Customers speak of it again: %(now)s of %(now_n)s comments in the 28 days up to %(day)s. "
    "When the outcome was verified it was %(after)s of %(after_n)s, and %(before)s of "
    "%(before_n)s before the first change."
)
SENTENCES = {Source.METRIC: ON_METRIC, Source.THEME: ON_THEME}


def due(session: Session, at: datetime) -> Sequence[int]:
    """Return the quests whose outcome was verified within the window and is not known to be lost.

    The window is that of the rulebook in force, in days.
    """
    window = paying.rulebook_at(session, at).recurrence_window
    return suspecting.watched(session, at - timedelta(days=window + 1))


def look(session: Session, quest_id: int, at: datetime, base_url: str = "") -> str:
    """Look whether the problem of one quest is back; return what was found, or an empty text.

    A return on the metric takes back ("returned"), one on the theme is for a coach ("suspected").
    """
    quest = queries.whole(session, quest_id)
    if quest is None or quest.outcome_at is None or holding.is_back(session, quest):
        return ""
    if back := _on_metric(session, quest):
        holding.take_back(session, quest, back, at=at, base_url=base_url)
        _tell(session, quest, back, at, base_url)
        return "returned"
    today = people.today(session, at)
    if figures := _on_theme(session, quest, today):
        suspecting.suspect(
            session,
            quest,
            Source.THEME,
            ON_THEME % figures,
            figures=figures,
            at=at,
            base_url=base_url,
        )
        return "suspected"
    return ""


def confirm(
    session: Session,
    quest: Quest,
    suspicion: Recurrence,
    *,
    by: Person,
    at: datetime,
    base_url: str = "",
) -> None:
    """Say as a coach that what is suspected is so: it counts from the day of the suspicion."""
    suspecting.check_coach(by, quest, suspicion)
    days = holding.days_since_proof(session, quest, suspicion.found_at)
    back = Back(suspicion.source, suspicion.evidence, days, by, suspicion.figures)
    holding.take_back(session, quest, back, at=at, base_url=base_url)


def _on_metric(session: Session, quest: Quest) -> Back | None:
    metric, outcome_at = quest.metric, quest.outcome_at
    if metric is None or outcome_at is None:
        return None
    values = measures.values(session, metric)
    known = _proof(quest, values)
    if known is None:
        return None
    since = attainment.fresh(values, people.today(session, outcome_at))
    found = recurring.returned(since, known, recurring.ENOUGH[metric.period])
    if found is None:
        return None
    figures = _figures(quest, known, found)
    days = _days(session, quest, found.since)
    return Back(Source.METRIC, ON_METRIC % figures, days, figures=figures)


def _proof(quest: Quest, values: Sequence[attainment.Value]) -> Proof | None:
    """Return what was won with the outcome, by the figures that its reviewer judged."""
    metric = quest.metric
    if metric is None or metric.baseline_from is None or metric.baseline_to is None:
        return None
    judged = [
        review.figures["observed"]
        for review in quest.reviews
        if review.gate is Gate.G3
        and review.verdict is Verdict.ACCEPT
        and review.figures.get("observed")
    ]
    return recurring.proof(
        metric.baseline,
        metric.target,
        Decimal(judged[-1]) if judged else None,
        attainment.within(values, metric.baseline_from, metric.baseline_to),
    )


def _figures(quest: Quest, known: Proof, found: Found) -> dict[str, Any]:
    metric = quest.metric
    assert metric is not None
    return {
        "since": found.since.isoformat(),
        "n": len(found.values),
        "metric": metric.name,
        "unit": metric.unit,
        "level": _plain(found.level),
        "kept": round(100 * known.kept(found.level)),
        "baseline": _plain(known.baseline),
        "proven": _plain(known.proven),
    }


def _days(session: Session, quest: Quest, since: date) -> int:
    """Return the days from the outcome that was paid to the first reading of the return."""
    proven = paying.occurred(session, f"quest:{quest.id}:{Gate.G3.value}")
    return max(0, (since - people.today(session, proven)).days) if proven else 0


def _on_theme(session: Session, quest: Quest, today: date) -> dict[str, Any] | None:
    """Return the figures of a theme of which customers speak again; None while they do not.

    The 28 days up to now begin after the outcome, and after what was dismissed last.
    """
    theme = voice.root_of(session, quest.pain.theme_id)
    changes = [c.in_place_on for c in quest.countermeasures if c.in_place_on]
    if theme is None or not changes or quest.outcome_at is None:
        return None
    proven = people.today(session, quest.outcome_at)
    begins = today - timedelta(days=recurring.WINDOW - 1)
    if begins <= proven or suspecting.dismissed_since(session, quest, Source.THEME, begins):
        return None
    now = _said(session, theme, today)
    after = _said(session, theme, proven)
    before = _said(session, theme, min(changes) - timedelta(days=1))
    if not recurring.speak_again(before, after, now):
        return None
    names = ("now", "now_n", "after", "after_n", "before", "before_n")
    counts = dict(zip(names, (*now, *after, *before), strict=True))
    return {**counts, "day": today.isoformat()}


def _said(session: Session, theme_id: int, last: date) -> Count:
    """Return the comments about a theme, and all comments, in the 28 days up to `last`."""
    series = voice.theme_series(session, [theme_id], last, WEEKS)[theme_id]
    return series.tagged, series.n


def _tell(session: Session, quest: Quest, back: Back, at: datetime, base_url: str) -> None:
    outbox.post(
        session,
        key=f"return:{quest.id}:{at.isoformat()}",
        recipient=quest.lead.email,
        subject=f"The problem is back: {quest.title}",
        body=f"Hello {quest.lead.name},\n\n{back.evidence}\n\nThe quest returns to fixing, and a "
        f"part of what was paid is taken back.\n{base_url}/quests/{quest.id}\n",
        at=at,
    )


def _plain(figure: Decimal) -> str:
    return f"{figure.normalize():f}"
