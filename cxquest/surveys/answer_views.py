"""The customers' page: no sign-in, no cookie, no script; in the language of its survey."""

from dataclasses import dataclass

from flask import current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response

from cxquest.core import clock
from cxquest.extensions import csrf, db
from cxquest.surveys import answering, limiting, queries, questions, tokens
from cxquest.surveys.forms import AnswerForm
from cxquest.surveys.models import Access, Survey, SurveyLink, SurveyState
from cxquest.surveys.views import bp
from cxquest.surveys.words import ENGLISH


@dataclass(frozen=True)
class Visit:
    """What a customer came to: a survey, and the link of their own where it needs one."""

    survey: Survey
    link: SurveyLink | None = None

    @property
    def is_preview(self) -> bool:
        """Whether a colleague looks at what customers will see."""
        lacks_link = self.survey.access is Access.ONE_USE and self.link is None
        return current_user.is_authenticated and (
            self.survey.state is SurveyState.DRAFT
            or (lacks_link and self.survey.state is SurveyState.OPEN)
        )


class Turned(Exception):
    """There is nothing to answer: why, by the name of its words, and the status that says so."""

    def __init__(self, why: str, status: int, survey: Survey | None = None) -> None:
        self.why, self.status, self.survey = why, status, survey


@bp.route("/s/<code>", methods=["GET", "POST"])
def answer(code: str) -> ResponseReturnValue:
    """Ask a customer, and keep what they answer."""
    return _answer(code, None)


@bp.route("/s/<code>/<link>", methods=["GET", "POST"])
def answer_once(code: str, link: str) -> ResponseReturnValue:
    """Ask the one customer who has this link."""
    return _answer(code, link)


# A stranger has no session: the form's own token says that it came from here.
for _view in (answer, answer_once):
    csrf.exempt(_view)


@bp.get("/s/<code>/thanks")
def thanks(code: str) -> ResponseReturnValue:
    """Thank a customer."""
    survey = queries.survey_at(db.session, code)
    if survey is None or survey.state is SurveyState.DRAFT:
        return _said(Turned("not_here", 404))
    texts = questions.worded(survey.texts)
    return _public("surveys/said.html", survey, title=questions.words(texts).thanked,
                   text=texts["thanks"])  # fmt: skip


def _answer(code: str, link_code: str | None) -> ResponseReturnValue:
    try:
        visit = _visit(code, link_code)
        if request.method == "POST":
            return _take(visit)
        return _page(visit, AnswerForm(formdata=None))
    except Turned as turned:
        return _said(turned)


def _visit(code: str, link_code: str | None) -> Visit:
    """Return what the address leads to. Raises Turned where that is nothing to be answered."""
    survey = queries.survey_at(db.session, code)
    if survey is None:
        raise Turned("not_here", 404)
    link = queries.link_of(db.session, survey, link_code) if link_code else None
    visit = Visit(survey, link)
    is_draft = survey.state is SurveyState.DRAFT
    if (link_code and link is None) or (is_draft and not visit.is_preview):
        raise Turned("not_here", 404)
    if survey.state is SurveyState.CLOSED:
        raise Turned("closed", 410, survey)
    sends = request.method == "POST"
    if visit.is_preview:
        if sends:
            raise Turned("closed", 409, survey)
        return visit
    if survey.access is Access.ONE_USE and link is None:
        raise Turned("own_link", 403, survey)
    if link is not None and link.used_at is not None and not sends:  # the same form may come again
        raise Turned("used", 409, survey)
    return visit


def _take(visit: Visit) -> ResponseReturnValue:
    """Keep what was sent, or show it again with what does not fit."""
    survey, form, at = visit.survey, AnswerForm(), clock.now()
    words = questions.words(survey.texts)
    shown = tokens.read(form.token.data or "", _secret(), survey.code)
    if shown is None or shown.is_late(at):
        return _page(visit, form, 400, words.waited)
    if form.website.data:  # a program; it is thanked and learns nothing
        return _to_thanks(survey)
    if shown.version != survey.version:
        return _page(visit, form, 409, words.reworded)
    if not form.check(words):
        return _page(visit, form, 422)
    try:
        if survey.access is Access.OPEN:
            limiting.count(db.session, survey, request.remote_addr or "", _secret(), at=at)
        answering.answer(
            db.session, survey, form.answers(), sent=shown.mark, link=visit.link, at=at
        )
        db.session.commit()
    except limiting.TooMany as refusal:
        db.session.rollback()
        page = _page(visit, form, 429, words.too_many)
        page.headers["Retry-After"] = str(refusal.wait)
        return page
    except answering.Used:
        db.session.rollback()
        raise Turned("used", 409, survey) from None
    return _to_thanks(survey)


def _to_thanks(survey: Survey) -> ResponseReturnValue:
    return redirect(url_for("surveys.thanks", code=survey.code), 303)


def _page(visit: Visit, form: AnswerForm, status: int = 200, notice: str = "") -> Response:
    """Answer with the form, its token fresh unless what was typed only has to be mended."""
    survey = visit.survey
    if status != 422:
        form.token.data = tokens.issued(_secret(), survey.code, survey.version, clock.now())
    return _public(
        "surveys/answer.html",
        survey,
        status,
        form=form,
        asked=questions.QUESTIONS,
        notice=notice,
        preview=visit.is_preview,
    )


def _said(turned: Turned) -> Response:
    words = questions.words(turned.survey.texts) if turned.survey else ENGLISH
    title, text = getattr(words, turned.why), getattr(words, f"{turned.why}_why")
    return _public("surveys/said.html", turned.survey, turned.status, title=title, text=text)


def _public(template: str, survey: Survey | None, status: int = 200, **more: object) -> Response:
    """Answer with a page for customers: for no search engine, and in no cache."""
    texts = questions.worded(survey.texts if survey else {})
    words = questions.words(texts)
    page = render_template(template, survey=survey, texts=texts, words=words, **more)
    answer = make_response(page, status)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])
