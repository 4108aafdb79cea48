"""A page that is one form."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from cxquest.core.errors import BadInput
from cxquest.web.errors import said
from cxquest.web.forms import Form


@contextmanager
def refusing(form: Form) -> Iterator[None]:
    """Put what a deed says about bad input on the form's field; the view then shows it again."""
    try:
        yield
    except BadInput as refusal:
        form.refuse(refusal.field, said(refusal))


def show(
    form: Form, title: str, submit_label: str, back_url: str = "", **more: Any
) -> ResponseReturnValue:
    """Answer with the form: 422 and what was typed when it was sent and not accepted."""
    status = 422 if form.is_submitted() else 200
    page = render_template(
        "form.html", form=form, title=title, submit_label=submit_label, back_url=back_url, **more
    )
    return page, status
