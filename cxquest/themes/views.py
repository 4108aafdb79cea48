"""Pages about themes: how much is said about each, week by week, and whether that is unusual."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core import clock
from cxquest.extensions import db
from cxquest.themes import queries, ratings, surges
from cxquest.themes.forms import ThemeForm
from cxquest.themes.surges import Judgement
from cxquest.voice import queries as voice
from cxquest.voice import theming
from cxquest.voice.models import Theme
from cxquest.voice.shares import WEEKS, Series, Week, since
from cxquest.web import charts, formpage, guard
from cxquest.web.filters import day, number

bp = Blueprint("themes", __name__)

YEAR = 52
TYPICAL = 6


@dataclass(frozen=True)
class Surging:
    """A surge with the days that it was judged on."""

    first: date
    last: date
    judged: Judgement


@bp.route("/themes", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """List themes with their share of the last twelve weeks, and a form for a new one."""
    form = ThemeForm()
    if form.validate_on_submit():
        with formpage.refusing(form):
            theme = theming.add(
                db.session,
                form.name.data,
                form.definition.data or "",
                by=guard.me(),
                at=clock.now(),
            )
            db.session.commit()
            flash(_("“%(name)s” is a theme now.", name=theme.name), "done")
            return redirect(url_for("themes.index"), 303)
    page = render_template("themes/index.html", form=form, **_listed(clock.now().date()))
    return page, 422 if form.is_submitted() else 200


@bp.get("/themes/<int:theme_id>")
def show(theme_id: int) -> ResponseReturnValue:
    """Show a theme: its share by week, where and by whom it is said, its typical comments."""
    theme = _theme_for(theme_id)
    weeks = YEAR if request.args.get("weeks") == str(YEAR) else WEEKS
    today = clock.now().date()
    first = since(today, weeks)
    return render_template(
        "themes/show.html",
        theme=theme,
        weeks=weeks,
        typical=queries.most_typical(db.session, theme.id, TYPICAL),
        said=queries.said(db.session, theme.id),
        stages=queries.by_stage(db.session, theme.id, first, today),
        departments=queries.by_department(db.session, theme.id, first, today),
        interval=surges.wilson,
        rule=_(surges.RULE),
        **_weekly(theme, weeks, today),
        **_rated(theme, first, today),
    )


def _theme_for(theme_id: int) -> Theme:
    return queries.theme(db.session, theme_id) or guard.not_there()


def _listed(today: date) -> dict[str, Any]:
    """Return what the list shows: twelve weeks of each theme, the one with most comments first."""
    found = voice.themes(db.session)
    long = voice.theme_series(db.session, [one.id for one in found], today, WEEKS + surges.REACH)
    series = {key: Series(one.weeks[-WEEKS:]) for key, one in long.items()}
    return {
        "themes": sorted(found, key=lambda theme: -series[theme.id].tagged),
        "counts": voice.theme_counts(db.session),
        "proposed": queries.proposed_counts(db.session),
        "series": series,
        "lines": {key: _line(one) for key, one in series.items() if one.n},
        "last": {key: _last(one.weeks) for key, one in long.items()},
        "unthemed": queries.unthemed(db.session, since(today, WEEKS), today),
        "interval": surges.wilson,
        "rule": _(surges.RULE),
    }


def _weekly(theme: Theme, weeks: int, today: date) -> dict[str, Any]:
    long = voice.theme_series(db.session, [theme.id], today, weeks + surges.REACH)[theme.id]
    judgements = surges.series([(week.tagged, week.n) for week in long.weeks])[-weeks:]
    shown = Series(long.weeks[-weeks:])
    return {
        "series": shown,
        "chart": _chart(shown, judgements) if shown.n else None,
        "last": judgements[-1],
        "surging": [
            Surging(week.last - timedelta(days=7 * judgement.weeks - 1), week.last, judgement)
            for week, judgement in zip(shown.weeks, judgements, strict=True)
            if judgement and judgement.is_surge
        ],
    }


def _rated(theme: Theme, first: date, today: date) -> dict[str, Any]:
    found = queries.ratings(db.session, theme.id, first, today)
    return {
        "ratings": found,
        "overall": ratings.overall(found),
        "no_overall": _(ratings.DIFFERENT) if len(found) > 1 else "",
    }


def _last(weeks: tuple[Week, ...]) -> Judgement | None:
    *past, last = [(week.tagged, week.n) for week in weeks]
    return surges.judge(past, *last)


def _line(series: Series) -> charts.Sparkline:
    return charts.sparkline(series.shares, form=lambda share: number(share, 1))


def _chart(series: Series, judgements: list[Judgement | None]) -> charts.RunChart:
    readings = [
        charts.Reading(
            day(week.first, "d MMM"),
            week.share,
            special=bool(judgement and judgement.is_surge),
            note=_note(week, judgement),
        )
        for week, judgement in zip(series.weeks, judgements, strict=True)
    ]
    return charts.run_chart(readings, form=lambda share: number(share, 1))


def _note(week: Week, judgement: Judgement | None) -> str:
    if not week.n:
        return str(_("no comments"))
    low, high = surges.wilson(week.tagged, week.n)
    said = _(
        "%(tagged)s of %(n)s comments; %(low)s to %(high)s",
        tagged=week.tagged,
        n=week.n,
        low=number(low, 1),
        high=number(high, 1),
    )
    return str(_("%(note)s; surge", note=said) if judgement and judgement.is_surge else said)
