"""A record of feedback as another program sends it: what it may hold, and what it comes to. Pure.

It comes to the same Record as a row of a file, so that both are kept by the same code.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from cxquest.imports import intake
from cxquest.imports.intake import EATEN, EATEN_ID, MOST_ID, MOST_TEXT, PLACES, Doubt, Rated, Record
from cxquest.imports.intake import Terms as Terms
from cxquest.imports.mapping import SCALE_ENDS, Scale
from cxquest.tables import dates

MOST_PARTS = 100  # comments, ratings and extra texts of one record
MOST_QUESTION = 1_000
MOST_EXTRA = 10_000
MOST_FAULTS = 10  # named of one record
MOST_PLACE = 200
ID_AGAIN = "This id stands earlier in this call with other content."
NO_STAGE = "There is no journey stage of this name. The name is kept with the record."
WORDS = {
    "is_instance_of": "Write a number.",
    "finite_number": "Write a number with at most 40 digits.",
    "extra_forbidden": "There is no such field.",
    "missing": "This is missing.",
    "model_type": "Write an object.",
}
# What no database keeps, and halves of a character that no encoding has.
UNKEPT = re.compile("[\x00\ud800-\udfff]")
DAY = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[Tt ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::(?:[0-5][0-9]|60)(?:\.[0-9]{1,9})?)?"
    r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])?)?"
)
WITHOUT_NUL = {"pattern": "^[^\\u0000]*$"}
NOT_BLANK = {"pattern": "[^\\s\\u0000]"}


@dataclass(frozen=True)
class Fault:
    """What is wrong with the record of this index (counted from 0), and in which field."""

    index: int
    field: str
    error: str

    def as_json(self) -> dict[str, str | int]:
        """Return the fault as the call's answer names it."""
        return {"index": self.index, "field": self.field, "error": self.error}


def _kept(text: str) -> str:
    if UNKEPT.search(text):
        raise ValueError("A NUL, or half of a surrogate pair, cannot be kept.")
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("This is blank. Write something, or leave it out.")
    return text


def _is_day(text: str) -> str:
    found = DAY.fullmatch(text)
    try:
        date.fromisoformat(found["day"] if found else "")
    except ValueError:
        raise ValueError("Write a day as 2026-03-31, or an instant as 2026-03-31T09:30Z.") from None
    return text


Kept = Annotated[str, AfterValidator(_kept)]
Words = Annotated[Kept, AfterValidator(_not_blank)]
Number = Annotated[
    Decimal,
    Field(ge=-SCALE_ENDS, le=SCALE_ENDS),
    WithJsonSchema({"type": "number", "minimum": -int(SCALE_ENDS), "maximum": int(SCALE_ENDS)}),
]
Question = Annotated[Kept, Field(max_length=MOST_QUESTION, json_schema_extra=WITHOUT_NUL)]
Day = Annotated[
    Kept,
    Field(max_length=40),
    AfterValidator(_is_day),
    WithJsonSchema(
        {
            "type": "string",
            "anyOf": [{"format": "date"}, {"format": "date-time"}],
            "description": "An ISO 8601 day or instant; of an instant the day as it is written.",
            "examples": ["2026-03-31", "2026-03-31T09:30:00+02:00"],
        }
    ),
]
OWN = (
    "external_id",
    "collected_on",
    "stage",
    "language",
    "comments",
    "ratings",
    "contact",
    "consent",
    "extra",
)


def _is_extra(name: str) -> str:
    if name in OWN:
        raise ValueError("This is a field of the record itself. Send it there.")
    return name


ExtraName = Annotated[Words, Field(max_length=MOST_ID), AfterValidator(_is_extra)]
ExtraText = Annotated[Kept, Field(max_length=MOST_EXTRA, json_schema_extra=WITHOUT_NUL)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Comment(_Part):
    """A text in the customer's own words, with the question that it answers."""

    question: Question = ""
    text: Words = Field(max_length=MOST_TEXT, json_schema_extra=NOT_BLANK)


class Rating(_Part):
    """A number with the ends of its scale and which of them is best; four decimals are kept."""

    question: Question = ""
    value: Number = Field(description="From low to high.")
    low: Number
    high: Number = Field(description="More than low.")
    best: Literal["high", "low"]

    @model_validator(mode="after")
    def _on_its_scale(self) -> "Rating":
        low, value, high = (_rounded(one) for one in (self.low, self.value, self.high))
        if low >= high:
            raise ValueError("“low” is less than “high”.")
        if not low <= value <= high:
            raise ValueError("The value is not on the scale from “low” to “high”.")
        return self


class FeedbackRecord(_Part):
    """One customer's answer: at least one comment or one rating.

    With an external_id it is the same answer when it comes again, and is updated where it
    says something else; without one it is the same while its content is.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"required": [name], "properties": {name: {"minItems": 1}}}
                for name in ("comments", "ratings")
            ]
        }
    )

    external_id: Words | None = Field(
        default=None,
        max_length=MOST_ID,
        json_schema_extra=NOT_BLANK,
        description="The source's own id of this answer.",
    )
    collected_on: Day | None = None
    stage: Words | None = Field(
        default=None,
        max_length=80,
        json_schema_extra=NOT_BLANK,
        description="The name of a journey stage.",
    )
    language: str | None = Field(
        default=None,
        max_length=35,
        pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$",
        description="A language tag (BCP 47), such as de or pt-BR.",
    )
    comments: list[Comment] = Field(default=[], max_length=MOST_PARTS)
    ratings: list[Rating] = Field(default=[], max_length=MOST_PARTS)
    contact: Kept | None = Field(
        default=None,
        max_length=320,
        json_schema_extra=WITHOUT_NUL,
        description="An address. It is dropped unless consent is true; then a keyed hash is kept.",
    )
    consent: bool | None = Field(
        default=None, description="Whether the customer agreed to hear from us."
    )
    extra: dict[ExtraName, ExtraText] = Field(
        default={},
        max_length=MOST_PARTS,
        description="What else the source knows, kept beside the record. No contact data.",
        json_schema_extra={
            "propertyNames": {"maxLength": MOST_ID, "not": {"enum": list(OWN)}, **NOT_BLANK}
        },
    )

    @model_validator(mode="after")
    def _says_something(self) -> "FeedbackRecord":
        if not self.comments and not self.ratings:
            raise ValueError("A record has at least one comment or one rating.")
        return self


def records(given: Sequence[object], terms: Terms) -> Iterator[Record | list[Fault]]:
    """Yield what each record of a call comes to: a Record, or what is wrong with it.

    One that stood earlier in the call is marked as such; an id that comes again with other
    content is at fault.
    """
    seen: dict[str, str] = {}
    for index, one in enumerate(given):
        try:
            part = FeedbackRecord.model_validate(one)
        except ValidationError as error:
            yield list(_faults(index, error))
            continue
        record = taken(part, index, terms)
        before = seen.setdefault(record.identity, record.fingerprint)
        if before != record.fingerprint:
            yield [Fault(index, "external_id", ID_AGAIN)]
        else:
            yield replace(record, again=seen_before(seen, record)) if False else record


def taken(part: FeedbackRecord, index: int, terms: Terms) -> Record:
    """Return what a valid record comes to; its line is its place in the call, from 1."""
    raise NotImplementedError


def _faults(index: int, error: ValidationError) -> Iterator[Fault]:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    for one in found[:MOST_FAULTS]:
        place = ".".join(str(part) for part in one["loc"])
        said = WORDS.get(one["type"]) or one["msg"].removeprefix("Value error, ")
        yield Fault(index, UNKEPT.sub("\ufffd", place)[:MOST_PLACE], said)


def _rounded(number: Decimal) -> Decimal:
    """Return a number with the four decimals that are kept, written in one way only."""
    short = number.quantize(PLACES)
    return Decimal(int(short)) if short == int(short) else short.normalize()
