"""The metrics of the field: each can be chosen as it stands."""

from cxquest.measures.models import Direction, MetricKind, Period
from cxquest.measures.spc import ChartKind
from cxquest.measures.templates import BY_KEY, TEMPLATES
from cxquest.quests.metric_forms import PER


def test_each_is_a_choice_of_the_form() -> None:
    assert len(BY_KEY) == len(TEMPLATES) >= 12
    offered = {value for value, _words in PER}
    for one in TEMPLATES:
        assert Direction(one.direction)
        assert MetricKind(one.kind)
        assert Period(one.period)
        assert ChartKind(one.chart)
        assert str(one.per) in offered
        assert (one.per == 1) is (one.chart == "xmr"), one.key
        assert one.definition.endswith(".")
        assert one.beware.endswith(".")
        assert len(one.name) <= 160
        assert len(one.unit) <= 60
        assert len(one.definition) <= 1000


def test_the_issue_s_own_are_there() -> None:
    wanted = {"on-time", "first-time-right", "hand-over", "escalations", "repeat-contacts"}
    assert wanted <= BY_KEY.keys()
    assert {one.kind for one in TEMPLATES} == {"operational", "behavioural"}
