"""A record of feedback as another program sends it: what it may hold, read strictly. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic.config import JsonDict

from cxquest.imports.intake import MOST_ID, MOST_TEXT, PLACES
from cxquest.imports.mapping import SCALE_ENDS

MOST_PARTS = 100  # comments, ratings and extra texts of one record
MOST_QUESTION = 1_000
MOST_EXTRA = 10_000
MOST_FAULTS = 10  # named of one record
MOST_PLACE = 200
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
WITHOUT_NUL: JsonDict = {"pattern": "^[^\\u0000]*$"}
NOT_BLANK: JsonDict = {"pattern": "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$"}


@dataclass(frozen=True)
class Fault:
    """What is wrong with the record of this index (counted from 0), and in which field."""

    index: int
    field: str
    error: str

    def as_json(self) -> dict[str, str | int]:
        """Return the fault as the call's answer names it."""
        return {"index": self.index, "field": self.field, "error": self.error}


def kept(text: str) -> str:
    """Return a text that a database keeps as it is. Raises ValueError for another."""
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


Kept = Annotated[str, AfterValidator(kept)]
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
        low, value, high = (rounded(one) for one in (self.low, self.value, self.high))
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


def read(index: int, given: object) -> FeedbackRecord | list[Fault]:
    """Return the record that a call lists at this index, or what is wrong with it."""
    try:
        return FeedbackRecord.model_validate(given)
    except ValidationError as error:
        return list(faults_of(index, error))


def faults_of(index: int, error: ValidationError) -> Iterator[Fault]:
    """Yield what is wrong with the record of this index, ten faults at most."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    for one in found[:MOST_FAULTS]:
        place = ".".join(str(part) for part in one["loc"] if part != "[key]")
        said = WORDS.get(one["type"]) or one["msg"].removeprefix("Value error, ")
        yield Fault(index, UNKEPT.sub("\ufffd", place)[:MOST_PLACE], said)


def rounded(number: Decimal) -> Decimal:
    """Return a number with the four decimals that are kept, written in one way only."""
    short = number.quantize(PLACES)
    return Decimal(int(short)) if short == int(short) else short.normalize()
