"""The same rows in six encodings are the same submissions."""

import io
import random
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from cxquest.imports import importing
from cxquest.imports.mapping import Scale, mapped
from cxquest.tables.dates import DateOrder
from cxquest.voice.models import Submission
from tests.cast import BEGUN, Cast

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1", "mac_roman")
WORDS = (
    "Die Lieferung kam zu spät und der Käse war über Nacht schlecht",
    "Très déçu, personne n’a répondu à ma réclamation".replace("’", "'"),
    "El técnico llegó mañana por la mañana, ¿por qué?",
    "Naïve façade: piñata, crème brûlée, smørrebrød",
    "A plain answer without a single accent",
    "Grüße aus Øresund und Århus",
)
MAPPING = mapped(
    comments=["Größe der Sorge", "Réponse"],
    external_id="Nº",
    date="Día",
    order=DateOrder.DMY,
    ratings=["Note"],
    scale=Scale(Decimal(1), Decimal(7)),
)


def text() -> str:
    dice = random.Random(11)
    lines = ["Nº;Día;Größe der Sorge;Note;Réponse;Ville"]
    for n in range(300):
        first, second = dice.choice(WORDS), dice.choice(WORDS)
        day = f"{n % 28 + 1}.{n % 2 + 1}.2026"
        lines.append(f'N{n};{day};"{first}; {n}";{n % 7 + 1};{second};Málaga')
    return "\r\n".join(lines) + "\r\n"


def kept(session: Session, source_id: int) -> list[tuple[object, ...]]:
    """Return everything that the submissions of a source say."""
    found = (
        sa.select(Submission)
        .where(Submission.source_id == source_id)
        .options(selectinload(Submission.comments), selectinload(Submission.ratings))
        .order_by(Submission.line)
    )
    return [
        (
            one.identity,
            one.fingerprint,
            one.content,
            one.collected_on,
            one.line,
            one.original,
            [(c.question, c.text, c.language, c.says_nothing) for c in one.comments],
            [(r.question, r.value, r.raw, r.low, r.high) for r in one.ratings],
        )
        for one in session.scalars(found)
    ]


def imported(session: Session, encoding: str, cast: Cast) -> list[tuple[object, ...]]:
    stream = io.BytesIO(text().encode(encoding))
    run = importing.start(session, encoding, "s.csv", stream, by=cast.ruth, at=BEGUN)
    importing.map(session, run, MAPPING)
    importing.finish(session, run, secret="a secret", by=cast.ruth, at=BEGUN)
    assert (run.read, run.created, run.doubtful) == (300, 300, 0)
    return kept(session, run.source_id)


@pytest.mark.parametrize("encoding", ENCODINGS[1:])
def test_six_encodings_of_the_same_rows_are_the_same_submissions(
    session: Session, cast: Cast, encoding: str
) -> None:
    plain = imported(session, "utf-8", cast)
    assert len(plain) == 300
    assert imported(session, encoding, cast) == plain
    assert "spät" in repr(plain)
