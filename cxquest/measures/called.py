"""A reading as another program sends it: what it may hold, read strictly. Pure."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from cxquest.imports.records import Fault, faults_of, kept
from cxquest.measures.shares import MOST, MOST_N

MOST_REASON = 500
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _is_day(text: str) -> str:
    try:
        found = date.fromisoformat(text if DAY.fullmatch(text) else "")
    except ValueError:
        raise ValueError("Write a day of the period as 2026-03-31.") from None
    if not 1900 <= found.year <= 2200:
        raise ValueError("Use a day between 1900 and 2200.")
    return text


def _is_whole(number: Decimal) -> Decimal:
    if number != number.to_integral_value():
        raise ValueError("Write a whole number.")
    return number


Day = Annotated[
    str,
    Field(max_length=40),
    AfterValidator(_is_day),
    WithJsonSchema(
        {
            "type": "string",
            "format": "date",
            "description": "A day of the period: the day itself, one of its week, of its month.",
            "examples": ["2026-03-01"],
        }
    ),
]
Figure = Annotated[
    Decimal,
    Field(ge=-MOST, le=MOST),
    WithJsonSchema({"type": "number", "minimum": -999_999_999_999, "maximum": 999_999_999_999}),
]
Whole = Annotated[
    Decimal,
    Field(ge=0, le=MOST_N),
    AfterValidator(_is_whole),
    WithJsonSchema({"type": "integer", "minimum": 0, "maximum": MOST_N}),
]


class ReadingRecord(BaseModel):
    """A value of one period: `value`, or, of a share or a rate, `count` out of `n`.

    One that differs from the value of a known period corrects it, and says why in `reason`.
    """

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"oneOf": [{"required": ["value"]}, {"required": ["count"]}]},
    )

    period: Day
    value: Figure | None = Field(
        default=None, description="As the metric's page shows it; four decimals are kept."
    )
    count: Whole | None = Field(default=None, description="How many of the n cases it is.")
    n: Whole | None = Field(
        default=None, description="Out of how many; a share or a rate needs it, and above 0."
    )
    reason: Annotated[str, AfterValidator(kept)] = Field(
        default="",
        max_length=MOST_REASON,
        description="Why the value that is known was wrong.",
        json_schema_extra={"pattern": "^[^\\u0000]*$"},
    )

    @model_validator(mode="after")
    def _one_figure(self) -> "ReadingRecord":
        if (self.value is None) is (self.count is None):
            raise ValueError("Send either “value” or “count”.")
        return self


def read(index: int, given: object) -> ReadingRecord | list[Fault]:
    """Return the reading that a call lists at this index, or what is wrong with it."""
    try:
        return ReadingRecord.model_validate(given)
    except ValidationError as error:
        return list(faults_of(index, error))
