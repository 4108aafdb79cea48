"""A point that an analysis notes down is read again as it was."""

import json

from hypothesis import given
from hypothesis import strategies as st

from cxquest.measures.plotted import Plotted, points
from cxquest.measures.spc import PointType, Rule

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
LINES = st.none() | NUMBERS
POINTS = st.builds(
    Plotted,
    day=st.dates(),
    value=NUMBERS,
    n=st.none() | st.integers(1, 10**9),
    mean=LINES,
    lower=LINES,
    upper=LINES,
    type=st.sampled_from([kind.value for kind in PointType]),
    segment=st.integers(0, 9),
    rules=st.lists(st.sampled_from([rule.value for rule in Rule]), unique=True).map(tuple),
    corrected=st.booleans(),
)


@given(st.lists(POINTS))
def test_what_is_noted_is_read_again(drawn: list[Plotted]) -> None:
    kept = json.loads(json.dumps({"points": [point.as_json() for point in drawn]}))
    assert points(kept) == drawn


def test_a_metric_without_readings_has_no_points() -> None:
    assert points({}) == []
