"""The outbox: sent once, after its cause is committed, and again when that failed."""

import smtplib
import socket
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.core import mail, outbox
from cxquest.core.models import OutboxMessage
from cxquest.core.outbox import Letter
from cxquest.people import inviting
from cxquest.people.models import TicketPurpose
from tests.cast import BEGUN, Cast

MINUTE = timedelta(minutes=1)


class Postbox(Message):
    """Keeps what an SMTP server was handed."""

    def __init__(self) -> None:
        super().__init__()
        self.letters: list[EmailMessage] = []

    def handle_message(self, message: EmailMessage) -> None:  # type: ignore[override]
        self.letters.append(message)


@pytest.fixture
def postbox() -> Iterator[tuple[str, Postbox]]:
    box = Postbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield f"smtp+plain://127.0.0.1:{port}", box
    controller.stop()


def post(session: Session, key: str = "a", **changed: str) -> None:
    given = {"recipient": "ida@halden.example", "subject": "Hello", "body": "There\n", **changed}
    outbox.post(session, key=key, at=BEGUN, **given)
    session.commit()


def messages(session: Session) -> list[OutboxMessage]:
    return list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def refuse(_: Letter) -> None:
    raise smtplib.SMTPServerDisconnected("no answer")


def test_it_sends_what_is_due_once(session: Session) -> None:
    sent: list[Letter] = []
    post(session)
    assert outbox.deliver(session, sent.append, BEGUN) == 1
    assert outbox.deliver(session, sent.append, BEGUN + 60 * MINUTE) == 0
    assert sent == [Letter("ida@halden.example", "Hello", "There\n")]


def test_the_same_key_is_one_message(session: Session) -> None:
    post(session)
    post(session)
    assert len(messages(session)) == 1


def test_a_sent_body_is_blanked(session: Session) -> None:
    post(session, body="https://x/ticket/secret")
    outbox.deliver(session, lambda _: None, BEGUN)
    assert [(m.body, m.sent_at) for m in messages(session)] == [("", BEGUN)]


def test_a_failed_one_waits_longer_each_time_and_then_gives_up(session: Session) -> None:
    post(session)
    at, waits = BEGUN, []
    for _ in range(outbox.MAX_ATTEMPTS):
        assert outbox.deliver(session, refuse, at) == 0
        assert outbox.deliver(session, refuse, at) == 0, "not due again yet"
        (message,) = messages(session)
        waits.append(message.due_at - at)
        at = message.due_at
    assert waits == [2**n * MINUTE for n in range(8)]
    assert message.last_error == "no answer"
    assert message.body == "There\n"
    assert outbox.deliver(session, lambda _: None, at + timedelta(days=9)) == 0


def test_one_that_fails_does_not_hold_up_the_others(session: Session) -> None:
    sent: list[str] = []

    def send(letter: Letter) -> None:
        if letter.subject == "bad":
            raise OSError("no")
        sent.append(letter.subject)

    for key in ("bad", "good", "better"):
        post(session, key, subject=key)
    assert outbox.deliver(session, send, BEGUN) == 2
    assert sent == ["good", "better"]


def test_nobody_waits_for_the_mail_server(app: Flask, session: Session) -> None:
    """While a letter is on its way, other writers write."""

    def send(_: Letter) -> None:
        with Session(session.get_bind()) as other:
            post(other, "meanwhile")

    post(session)
    assert outbox.deliver(session, send, BEGUN) >= 1
    assert {m.key for m in messages(session)} == {"a", "meanwhile"}


def test_a_crash_while_sending_repeats_the_message_later(session: Session) -> None:
    def crash(_: Letter) -> None:
        raise KeyboardInterrupt

    post(session)
    with pytest.raises(KeyboardInterrupt):
        outbox.deliver(session, crash, BEGUN)
    session.rollback()
    assert outbox.deliver(session, lambda _: None, BEGUN) == 0
    assert outbox.deliver(session, lambda _: None, BEGUN + MINUTE) == 1


def test_a_reset_link_arrives_by_smtp(
    session: Session, cast: Cast, postbox: tuple[str, Postbox]
) -> None:
    url, box = postbox
    inviting.reset(session, cast.ida.email, base_url="https://cx.example", at=BEGUN)
    session.commit()
    outbox.deliver(session, mail.sender(url, "CXQuest <quest@cx.example>"), BEGUN)
    (letter,) = box.letters
    assert (letter["To"], letter["From"]) == (cast.ida.email, "CXQuest <quest@cx.example>")
    token = letter.get_payload().split("https://cx.example/ticket/")[1].split()[0]
    assert inviting.ticket_of(session, token, BEGUN).purpose is TicketPurpose.RESET


def test_a_letter_that_cannot_be_one_fails_alone(
    session: Session, postbox: tuple[str, Postbox]
) -> None:
    url, box = postbox
    post(session, "a", recipient="ida\n@halden.example")
    post(session, "b", subject="two\nlines")
    assert outbox.deliver(session, mail.sender(url, "a@cx.example"), BEGUN) == 1
    assert [letter["Subject"] for letter in box.letters] == ["two lines"]


def test_no_server_is_an_error_that_is_tried_again(session: Session) -> None:
    post(session)
    assert (
        outbox.deliver(session, mail.sender("smtp+plain://127.0.0.1:1", "a@b.example"), BEGUN) == 0
    )
    assert "refused" in messages(session)[0].last_error.lower()


def test_in_development_it_is_printed(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    post(session)
    outbox.deliver(session, mail.sender("console:", "a@b.example"), BEGUN)
    assert "To: ida@halden.example\nSubject: Hello\n\nThere\n" in capsys.readouterr().out
