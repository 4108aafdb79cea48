"""Surveys for those who ask: the list, making one, its texts with what the lint says, its state."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core import clock
from cxquest.extensions import db
from cxquest.journey import queries as journey
from cxquest.surveys import asking, lint, policy, queries, questions
from cxquest.surveys.forms import LinksForm, SurveyForm, TextsForm
from cxquest.surveys.models import Access, Survey, SurveyState
from cxquest.web import charts, formpage, guard, nav, pages
from cxquest.web.download import csv_file
from cxquest.web.filters import number
from cxquest.web.forms import choices

bp = Blueprint("surveys", __name__)
askers = guard.only(policy.may_ask)
COLUMNS = (
    "survey", "name", "stage", "access", "state", "answers", "goal_support", "rated_by",
)  # fmt: skip


@bp.get("/surveys")
def index() -> ResponseReturnValue:
    """List surveys, newest first, with what came in."""
    page = pages.page_of(queries.surveys(*_filters()))
    return render_template(
        "surveys/index.html",
        page=page,
        turn=pages.turner(),
        answered=queries.answered(db.session, page.items),
        stages=journey.stages(db.session),
        states=list(SurveyState),
        may_ask=policy.may_ask(guard.me()),
    )


@bp.get("/surveys.csv")
def export() -> ResponseReturnValue:
    """Export the same list."""
    found = db.session.scalars(queries.surveys(*_filters())).all()
    return csv_file("surveys.csv", COLUMNS, _rows(found))


@bp.route("/surveys/new", methods=["GET", "POST"])
@askers
def new() -> ResponseReturnValue:
    """Make a draft, and go on to its texts."""
    form = SurveyForm()
    stages = {str(stage.id): stage for stage in journey.stages(db.session)}
    form.stage.choices = choices(((key, stage.name) for key, stage in stages.items()), _("Choose"))
    if form.validate_on_submit():
        with formpage.refusing(form):
            survey = asking.make(
                db.session,
                name=form.name.data,
                stage=stages[form.stage.data],
                access=Access(form.access.data),
                language=form.language.data,
                by=guard.me(),
                at=clock.now(),
            )
            place = url_for("surveys.texts", survey_id=survey.id)
            db.session.commit()
            return redirect(place, 303)
    return formpage.show(
        form,
        _("A new survey"),
        _("Make a draft"),
        url_for("surveys.index"),
        lead=_("Five questions about one stage, the customer's goal first. Nobody sees it yet."),
    )


@bp.get("/surveys/<int:survey_id>")
def show(survey_id: int) -> ResponseReturnValue:
    """Show a survey: its address, what came in, its texts."""
    return render_template("surveys/show.html", **shown(survey_for(survey_id)))


@bp.route("/surveys/<int:survey_id>/texts", methods=["GET", "POST"])
@askers
def texts(survey_id: int) -> ResponseReturnValue:
    """Change the texts; what the lint says stands beside each, and never stops anybody."""
    survey = survey_for(survey_id)
    form = TextsForm(data=questions.worded(survey.texts))
    if form.validate_on_submit() and "check" not in request.form:
        with formpage.refusing(form):
            asking.reword(db.session, survey, form.said(), by=guard.me(), at=clock.now())
            db.session.commit()
            flash(_("The texts are saved."), "done")
            return redirect(url_for("surveys.show", survey_id=survey_id), 303)
    page = render_template(
        "surveys/texts.html",
        survey=survey,
        form=form,
        texts=questions.TEXTS,
        cautions=_cautions(survey, form.said()),
        checked="check" in request.form,
    )
    return page, 422 if form.errors or form.form_errors else 200


@bp.post("/surveys/<int:survey_id>/open")
@askers
def open_up(survey_id: int) -> ResponseReturnValue:
    """Let customers answer."""
    asking.open_up(db.session, survey_for(survey_id), by=guard.me(), at=clock.now())
    db.session.commit()
    flash(_("Customers can answer now."), "done")
    return redirect(url_for("surveys.show", survey_id=survey_id), 303)


@bp.post("/surveys/<int:survey_id>/close")
@askers
def close(survey_id: int) -> ResponseReturnValue:
    """Take no more answers."""
    asking.close(db.session, survey_for(survey_id), by=guard.me(), at=clock.now())
    db.session.commit()
    flash(_("The survey is closed. What customers said stays."), "done")
    return redirect(url_for("surveys.show", survey_id=survey_id), 303)


@bp.post("/surveys/<int:survey_id>/drop")
@askers
def drop(survey_id: int) -> ResponseReturnValue:
    """Delete a draft that nobody has answered."""
    asking.drop(db.session, survey_for(survey_id), by=guard.me(), at=clock.now())
    db.session.commit()
    flash(_("The draft is deleted."), "done")
    return redirect(url_for("surveys.index"), 303)


def survey_for(survey_id: int) -> Survey:
    """Return a survey; everybody who is signed in may see it."""
    return queries.survey(db.session, survey_id) or guard.not_there()


def address_of(survey: Survey) -> str:
    """Return the whole address under which customers find a survey."""
    return f"{current_app.config['SETTINGS'].base_url}{url_for('surveys.answer', code=survey.code)}"


def shown(survey: Survey, links_form: LinksForm | None = None) -> dict[str, Any]:
    """Return what the page of a survey needs."""
    texts = questions.worded(survey.texts)
    found = queries.answered(db.session, [survey])[survey.id]
    chosen = queries.support(db.session, survey) if found.n else {}
    once = survey.access is Access.ONE_USE
    return {
        "survey": survey,
        "texts": texts,
        "asked": questions.QUESTIONS,
        "cautions": _cautions(survey, texts),
        "answered": found,
        "support": charts.share_bars(
            [charts.Share(str(value), often, found.n) for value, often in chosen.items()],
            form=lambda share: number(share, 1),
        ),
        "address": address_of(survey),
        "once": once,
        "links": queries.links(db.session, survey) if once else (),
        "links_form": links_form or (LinksForm(formdata=None) if once else None),
        "may_ask": policy.may_ask(guard.me()),
        "is_draft": survey.state is SurveyState.DRAFT,
        "is_open": survey.state is SurveyState.OPEN,
    }


def _cautions(survey: Survey, texts: dict[str, str]) -> dict[str, tuple[lint.Caution, ...]]:
    """Return what the lint says of each question, by its name."""
    known = nav.organisation()
    name = known.name if known else ""
    language = questions.worded(survey.texts)["language"]
    return {
        question.name: lint.warnings(texts[question.name], name, language)
        for question in questions.QUESTIONS
    }


def _filters() -> tuple[int | None, SurveyState | None]:
    asked = request.args.get("state", "")
    return pages.id_in("stage"), SurveyState(asked) if asked in set(SurveyState) else None


def _rows(found: Any) -> Iterator[tuple[object, ...]]:
    answered = queries.answered(db.session, found)
    for survey in found:
        came = answered[survey.id]
        yield (
            survey.id,
            survey.name,
            survey.stage.name,
            survey.access.value,
            survey.state.value,
            came.answers,
            "" if came.mean is None else f"{came.mean:.2f}",
            came.n,
        )
