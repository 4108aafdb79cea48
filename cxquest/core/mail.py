"""The mail sender: prints letters in development, hands them to an SMTP server otherwise."""

import smtplib
import ssl
from contextlib import AbstractContextManager
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from urllib.parse import SplitResult, unquote, urlsplit

from cxquest.core.outbox import Letter, Send

TIMEOUT = 20.0  # seconds
PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}


class Unsendable(OSError):
    """A letter that no server would take, such as one to an impossible address."""


def sender(url: str, sent_from: str) -> Send:
    """Return what sends a letter by the mail setting. Sending raises OSError when it fails."""
    parts = urlsplit(url)
    if parts.scheme == "console":
        return lambda letter: print(_printed(letter), flush=True)

    def send(letter: Letter) -> None:
        message = _message(letter, sent_from)
        with _connection(parts) as server:
            if parts.scheme == "smtp":
                server.starttls(context=ssl.create_default_context())
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message)

    return send


def _connection(parts: SplitResult) -> AbstractContextManager[smtplib.SMTP]:
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    if parts.scheme == "smtps":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=context)
    return smtplib.SMTP(host, port, timeout=TIMEOUT)


def _message(letter: Letter, sent_from: str) -> EmailMessage:
    message = EmailMessage()
    try:
        message["From"] = sent_from
        message["To"] = letter.recipient
        message["Subject"] = " ".join(letter.subject.split())
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=parseaddr(sent_from)[1].rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.body)
    except ValueError as error:  # a header that cannot be one
        raise Unsendable(str(error)) from error
    return message


def _printed(letter: Letter) -> str:
    line = "-" * 72
    return f"{line}\nTo: {letter.recipient}\nSubject: {letter.subject}\n\n{letter.body}{line}"
