"""Customers for the tests who agreed to hear back, and a pain point that they show."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.core.models import OutboxMessage
from cxquest.journey.models import Stage
from cxquest.pains import answering, checking, deciding, starting
from cxquest.pains.models import PainNote, PainPoint
from cxquest.surveys.models import Contact
from cxquest.voice import hearing
from cxquest.voice.models import Submission
from tests.cast import BEGUN, Cast
from tests.pains import LATER, URL, opened

OUTCOME = "quest:12:1"


def customer(
    session: Session, cast: Cast, said: str = "Nobody came", *, address: str = "", mark: str = ""
) -> Submission:
    """Return a customer's submission; they agreed by an address or by a keyed hash of one."""
    heard = hearing.heard(session, said, on=BEGUN.date(), by=cast.bram, at=BEGUN)
    heard.contact, heard.external_id = mark, f"R-{heard.id}"
    if address:
        session.add(Contact(submission_id=heard.id, address=address, agreed_at=BEGUN))
    session.flush()
    return heard


def shown_by(session: Session, cast: Cast, stage: Stage, *customers: Submission) -> PainPoint:
    """Return an accepted pain point that these customers' words show, and five others'."""
    others = [customer(session, cast, f"Waited {n}") for n in range(5)]
    ids = [one.comments[0].id for one in (*customers, *others)]
    pain = opened(session, cast, stage, comment_ids=ids)
    deciding.accept(session, pain, by=cast.noor, at=LATER, base_url=URL)
    deciding.enter_quest(session, pain, by=cast.ida, at=LATER)
    return pain


def worded(session: Session, cast: Cast, pain: PainPoint, outcome: str = OUTCOME) -> PainNote:
    """Return the note about an outcome, prepared by Ida and worded by Noor."""
    note = checking.prepare_outcome(session, pain, outcome, by=cast.ida, at=LATER)
    answering.reword(session, pain, "We come on the day.", by=cast.noor, at=LATER)
    return note


def mails(session: Session) -> list[OutboxMessage]:
    """Return the mails to customers."""
    session.flush()
    ours = OutboxMessage.key.like("note:%")
    return list(session.scalars(select(OutboxMessage).where(ours).order_by(OutboxMessage.id)))


def key_in(text: str) -> str:
    """Return the secret of the link in a mail or an address."""
    return text.partition("/c/")[2].split()[0]


def showing_too(session: Session, cast: Cast, pain: PainPoint, *customers: Submission) -> None:
    """Add what these customers said to the evidence of a pain point."""
    ids = [one.comments[0].id for one in customers]
    starting.add_evidence(session, pain, ids, by=cast.ida, at=LATER)
