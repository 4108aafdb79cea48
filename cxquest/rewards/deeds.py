"""A deed written as JSON, as `flask rewards score` reads it."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from cxquest.core.errors import BadInput
from cxquest.rewards.engine import Award, Deed, Measure
from cxquest.rewards.rulebook import Cause, Impact, MeasureKind, Work


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class MeasureDocument(_Document):
    """A measure: baseline, target and observed as decimal numbers (strings keep them exact)."""

    baseline: Decimal
    target: Decimal
    observed: Decimal

    @model_validator(mode="after")
    def _has_a_way_to_go(self) -> "MeasureDocument":
        if self.baseline == self.target:
            raise ValueError("the target is the same as the baseline")
        return self


class MeasuresDocument(_Document):
    """The declared measures; the action metric can never be left out."""

    action: MeasureDocument
    theme: MeasureDocument | None = None
    survey: MeasureDocument | None = None


class DeedDocument(_Document):
    """What a team did."""

    impact: Impact
    work: Work
    cause: Cause
    contributions: dict[str, Decimal] = Field(min_length=1)
    measures: MeasuresDocument

    @model_validator(mode="after")
    def _somebody_contributed(self) -> "DeedDocument":
        if min(self.contributions.values()) < 0 or not sum(self.contributions.values()):
            raise ValueError("contributions are numbers of 0 or more, and not all 0")
        return self


def read(document: object) -> Deed:
    """Return the deed that `document` describes. Raises BadInput naming the field at fault."""
    try:
        read = DeedDocument.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        said = first["msg"].removeprefix("Value error, ")
        raise BadInput("%(place)s: %(said)s", field=place, place=place, said=said) from error
    measures = {
        kind: Measure(*(Fraction(x) for x in (found.baseline, found.target, found.observed)))
        for kind in MeasureKind
        if (found := getattr(read.measures, kind)) is not None
    }
    shares = {name: Fraction(weight) for name, weight in read.contributions.items()}
    return Deed(read.impact, read.work, read.cause, shares, measures)


def written(awards: Mapping[str, Award]) -> dict[str, Any]:
    """Return awards by gate as JSON values: points, factors to four places, and their total."""
    gates = {
        gate: {
            "points": award.points,
            "factors": {f.name: round(float(f.value), 4) for f in award.factors},
        }
        for gate, award in awards.items()
    }
    return {"gates": gates, "total": sum(award.points for award in awards.values())}
