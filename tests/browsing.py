"""The test client: signs in as anybody, and sends forms with their token as a browser does."""

import re
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from cxquest.core import clock
from cxquest.extensions import db
from cxquest.people import signing_in
from cxquest.people.models import Person
from cxquest.web.guard import TOKEN

TOKEN_FIELD = re.compile(r'name="csrf_token"[^>]*?value="([^"]+)"')
ANY_FORM = "/forgotten"


class Browser(FlaskClient):
    """A client whose requests each have a context of their own."""

    def as_(self, person: Person | None) -> "Browser":
        """Be signed in as `person` from here on; None is a stranger."""
        self.delete_cookie("cxquest")
        if person is not None:
            with self.application.app_context(), Session(db.engine) as session:
                token = signing_in.open_session(session, person, at=clock.now(), days=1)
                session.commit()
            with self.session_transaction() as cookie:
                cookie.permanent = True
                cookie[TOKEN] = token
        return self

    def token(self) -> str:
        """Return a CSRF token that fits this browser's session."""
        found = TOKEN_FIELD.search(self.get(ANY_FORM).text)
        assert found, f"{ANY_FORM} has no form with a token"
        return found[1]

    def send(self, url: str, *, htmx: bool = False, **fields: Any) -> TestResponse:
        """POST a form with its token; a file is a (stream, name) pair, a list several values."""
        headers = {"HX-Request": "true"} if htmx else {}
        return self.post(url, data={"csrf_token": self.token(), **fields}, headers=headers)
