"""Pages about themes: how much is said about each, week by week, and what it is called."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core import clock
from cxquest.extensions import db
from cxquest.voice import queries, searching, theming
from cxquest.voice.forms import ThemeForm
from cxquest.voice.models import Theme
from cxquest.voice.searching import Asked
from cxquest.voice.shares import Series
from cxquest.voice.views import bp
from cxquest.web import charts, formpage, guard
from cxquest.web.filters import day, number

SHOWN = 5


@bp.route("/themes", methods=["GET", "POST"])
def themes() -> ResponseReturnValue:
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
            return redirect(url_for("voice.themes"), 303)
    found = queries.themes(db.session)
    series = queries.theme_series(db.session, [t.id for t in found], clock.now().date())
    page = render_template(
        "voice/themes.html",
        form=form,
        themes=sorted(found, key=lambda theme: -series[theme.id].tagged),
        counts=queries.theme_counts(db.session),
        series=series,
        lines={key: _line(one) for key, one in series.items() if one.n},
    )
    return page, 422 if form.is_submitted() else 200


@bp.route("/themes/<int:theme_id>", methods=["GET", "POST"])
def theme(theme_id: int) -> ResponseReturnValue:
    """Show a theme, its weeks and its newest comments; give it another name."""
    found = _theme_for(theme_id)
    form = ThemeForm(obj=found)
    if form.validate_on_submit():
        with formpage.refusing(form):
            theming.rename(
                db.session,
                found,
                form.name.data,
                form.definition.data or "",
                by=guard.me(),
                at=clock.now(),
            )
            db.session.commit()
            flash(_("The theme is saved."), "done")
            return redirect(url_for("voice.theme", theme_id=theme_id), 303)
    page = render_template("voice/theme.html", theme=found, form=form, **_shown(found))
    return page, 422 if form.is_submitted() else 200


def _theme_for(theme_id: int) -> Theme:
    return queries.theme(db.session, theme_id) or guard.not_there()


def _shown(theme: Theme) -> dict[str, object]:
    weeks = queries.theme_series(db.session, [theme.id], clock.now().date())[theme.id]
    newest = searching.found(db.session, Asked(theme=theme.id)).limit(SHOWN)
    return {
        "series": weeks,
        "chart": _chart(weeks) if weeks.n else None,
        "comments": db.session.scalars(newest).all(),
        "count": queries.theme_counts(db.session).get(theme.id, 0),
    }


def _line(series: Series) -> charts.Sparkline:
    return charts.sparkline(series.shares, form=lambda share: number(share, 1))


def _chart(series: Series) -> charts.RunChart:
    readings = [
        charts.Reading(
            day(week.first, "d MMM"),
            week.share,
            note=_("%(tagged)s of %(n)s comments", tagged=week.tagged, n=week.n),
        )
        for week in series.weeks
    ]
    return charts.run_chart(readings, form=lambda share: number(share, 1))
