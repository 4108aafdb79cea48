"""The page on which a customer says whether it is better: no sign-in, no cookie, no script."""

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from cxquest.core import clock
from cxquest.extensions import csrf, db
from cxquest.pains import check_queries, checking
from cxquest.pains.check_forms import CheckForm
from cxquest.pains.check_queries import Asked
from cxquest.pains.check_words import LANGUAGES
from cxquest.pains.models import Answer
from cxquest.pains.views import bp
from cxquest.web import nav


@bp.route("/c/<key>", methods=["GET", "POST"])
def check(key: str) -> ResponseReturnValue:
    """Ask the one customer who has this link, and keep what they answer."""
    asked = check_queries.check_of(db.session, key)
    if asked is None:
        return _said("en", "not_here", 404)
    if request.method == "POST":
        return _take(key, asked)
    if asked.check.answer is not None:
        return _said(asked.language, "answered", 409)
    return _page(asked, CheckForm(formdata=None))


csrf.exempt(check)  # a stranger has no session: the link itself is the secret


@bp.get("/c/<key>/thanks")
def check_thanks(key: str) -> ResponseReturnValue:
    """Thank a customer."""
    asked = check_queries.check_of(db.session, key)
    if asked is None:
        return _said("en", "not_here", 404)
    return _said(asked.language, "thanked", 200)


def _take(key: str, asked: Asked) -> ResponseReturnValue:
    """Keep what was sent, or show it again with what does not fit."""
    form, language = CheckForm(), asked.language
    if asked.check.answer is None and not form.check(LANGUAGES[language]):
        return _page(asked, form, 422)
    try:
        given = Answer(form.answer.data)
        checking.answer(db.session, asked.check, given, form.text.data or "", at=clock.now())
        db.session.commit()
    except (ValueError, checking.Answered):
        db.session.rollback()
        return _said(language, "answered", 409)
    return redirect(url_for("pains.check_thanks", key=key), 303)


def _page(asked: Asked, form: CheckForm, status: int = 200) -> Response:
    return _public("pains/check.html", asked.language, status, asked=asked, form=form)


def _said(language: str, what: str, status: int) -> Response:
    words = LANGUAGES[language]
    title, text = getattr(words, what), getattr(words, f"{what}_why")
    return _public("surveys/said.html", language, status, title=title, text=text)


def _public(template: str, language: str, status: int, **more: object) -> Response:
    """Answer with a page for customers: for no search engine, and in no cache."""
    page = render_template(
        template,
        texts={"language": language},
        words=LANGUAGES[language],
        company=known.name if (known := nav.organisation()) else "",
        **more,
    )
    answer = make_response(page, status)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
