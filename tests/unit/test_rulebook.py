"""The rulebook's document both ways, its sentences, its differences, its editor's rows."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.core.errors import BadInput
from cxquest.rewards import articles, comparing, documents, editing, life, wording
from cxquest.rewards.catalogue import CATALOGUE, EventType, Field, Kind
from cxquest.rewards.comparing import How
from cxquest.rewards.event_rules import (
    ORDERED,
    Comparison,
    Condition,
    EventRule,
    Group,
    Joint,
    Limit,
    Per,
    Unit,
    Window,
)
from cxquest.rewards.life import Stage
from cxquest.rewards.rulebook import DEFAULT, Cause, Gate, Impact, MeasureKind, Rulebook, Work
from tests.cast import BEGUN

WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1
)
SLUGS = st.from_regex(r"[a-z][a-z0-9_-]{0,12}", fullmatch=True)
EXACT = st.one_of(
    st.fractions(min_value=0, max_value=1000, max_denominator=500),
    st.integers(0, 10**6).map(lambda n: Fraction(n, 1000)),
)


def table(keys: type, values: st.SearchStrategy) -> st.SearchStrategy:
    return st.fixed_dictionaries(dict.fromkeys(keys, values))


def condition(field: Field) -> st.SearchStrategy[Condition]:
    plain = st.sampled_from([one for one in Comparison if one not in ORDERED])
    if field.kind is Kind.NUMBER:
        return st.builds(Condition, st.just(field.name), st.sampled_from(Comparison), EXACT)
    values = st.booleans() if field.kind is Kind.YES_NO else st.sampled_from(field.choices)
    return st.builds(Condition, st.just(field.name), plain, values)


def groups(kind: EventType, depth: int = 2) -> st.SearchStrategy[Group]:
    parts = [condition(field) for field in kind.fields]
    if depth:
        parts.append(groups(kind, depth - 1))
    inner = st.lists(st.one_of(parts), max_size=3) if parts else st.just([])
    return st.builds(Group, st.sampled_from(Joint), inner.map(tuple))


LIMITS = st.builds(
    Limit,
    SLUGS,
    st.integers(1, 1000),
    st.sampled_from(Unit),
    st.sampled_from(Per),
    st.sampled_from(Window),
)


@st.composite
def event_rules(draw: st.DrawFn, depth: int = 2) -> EventRule:
    kind = CATALOGUE[draw(st.sampled_from([n for n, k in CATALOGUE.items() if k.is_payable]))]
    return EventRule(
        draw(SLUGS),
        draw(WORDS.map(lambda text: text[:120])),
        kind.name,
        draw(st.integers(1, 10_000)),
        draw(st.sampled_from(kind.recipients)).name,
        draw(groups(kind, depth)),
        tuple(draw(st.lists(LIMITS, max_size=4))),
        draw(st.integers(0, 366)),
    )


def rulebooks(depth: int = 2) -> st.SearchStrategy[Rulebook]:
    return st.builds(
        Rulebook,
        version=st.integers(2, 99),
        base=table(Impact, st.integers(0, 10**6)),
        share=table(Gate, EXACT),
        work=table(Work, EXACT),
        cause=table(Cause, EXACT),
        bridge_step=EXACT,
        bridge_departments=st.integers(1, 9),
        weight=table(MeasureKind, EXACT),
        attainment_floor=EXACT,
        starter_allowance=st.integers(0, 10**6),
        individual_part=EXACT,
        recurrence_window=st.integers(1, 730),
        active_quests=st.integers(1, 9),
        rules=st.lists(event_rules(depth), max_size=4).map(tuple),
    )


@given(rulebooks())
def test_a_document_says_a_rulebook_whole(rules: Rulebook) -> None:
    document = documents.document_of(rules)
    assert documents.read(document, rules.version) == rules
    assert documents.document_of(documents.read(document)) == document


@given(rulebooks(depth=0))
def test_the_editors_rows_say_a_document_whole(rules: Rulebook) -> None:
    document = documents.document_of(rules)
    rows = editing.rows_of(document)
    assert editing.document_of(rows) == document
    assert list(editing.faults(rows)) == []


@given(rulebooks())
def test_conditions_that_the_form_does_not_show_stay_as_they_are(rules: Rulebook) -> None:
    document = documents.document_of(rules)
    rows = editing.rows_of(document)
    assert editing.document_of(rows) == document
    nested = editing.nested_groups(rows)
    assert all(rules.rules[place].only_if == group for place, group in nested.items())


@given(rulebooks(), rulebooks())
def test_a_difference_is_found_exactly_where_there_is_one(one: Rulebook, other: Rulebook) -> None:
    assert comparing.differences(one, one) == []
    same = documents.document_of(one) == documents.document_of(other)
    unique = all(len({r.id for r in rules.rules}) == len(rules.rules) for rules in (one, other))
    if unique:
        assert (comparing.differences(one, other) == []) is same


@given(rulebooks())
def test_every_rule_can_be_said(rules: Rulebook) -> None:
    for rule in rules.rules:
        said = str(wording.rule(rule))
        assert said.startswith("When ")
        assert said.endswith(".")
        assert f"give {rule.give} points" in said


SENTENCES = {
    "pain": (
        "When a pain point was accepted, give 5 points to who wrote it, at most 10 points per "
        "person a week (counted together as “hearing”)."
    ),
    "lesson": (
        "When a lesson was adopted and it is another department than the author's, give 10 "
        "points to who wrote it down."
    ),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_a_rule_reads_as_a_sentence(name: str) -> None:
    (rule,) = [rule for rule in DEFAULT.rules if rule.id == name]
    assert str(wording.rule(rule)) == SENTENCES[name]


def test_a_pool_is_named_only_where_limits_share_it() -> None:
    shared = wording.shared_pools(DEFAULT)
    said = {rule.id: str(wording.rule(rule, shared)) for rule in DEFAULT.rules}
    assert shared == {"hearing"}
    assert said["pain"] == SENTENCES["pain"]
    assert said["review"].endswith("at most 5 times per person a week.")


def test_whom_another_event_names_is_never_said_raw() -> None:
    rule = replace(DEFAULT.rules[0], when="kudos_given")
    assert "points to who wrote it," in str(wording.rule(rule))


def test_groups_read_as_a_sentence() -> None:
    proven = Condition("gate", Comparison.IS, "G3")
    wide = Condition("departments", Comparison.AT_LEAST, Fraction(3))
    big = Condition("impact", Comparison.IS_NOT, "S")
    group = Group(Joint.ALL, (proven, Group(Joint.ANY, (wide, Group(Joint.NOT, (big,))))))
    rule = EventRule("wide", "Wide", "gate_passed", 10, "team", group, (), 30)
    assert str(wording.rule(rule)) == (
        "When a gate was passed and the gate is G3 and (departments with accepted "
        "contributions: at least 3 departments or (none of this holds: the agreed size is not "
        "S)), give 10 points to the team, and not again for 30 days."
    )


def test_differences_name_numbers_and_words() -> None:
    lesson = DEFAULT.rules[3]
    changed = replace(lesson, give=12, only_if=Group())
    after = replace(
        DEFAULT,
        work={**DEFAULT.work, Work.PREVENTION: Fraction(9, 4)},
        rules=(DEFAULT.rules[0], changed, replace(lesson, id="again", name="Again")),
    )
    found = [(str(d.what), d.how, str(d.before), str(d.after)) for d in _all(after)]
    assert found[0] == ("Kind of work: prevention", How.NUMBER, "2", "9/4")
    assert [how for _what, how, _b, _a in found[1:]] == [
        How.REMOVED,
        How.REMOVED,
        How.NUMBER,
        How.WORDS,
        How.ADDED,
    ]
    number = found[3]
    assert number[2:] == ("10", "12")
    pieces = comparing.words(found[4][2], found[4][3])
    assert "".join(piece.text for piece in pieces if piece.how != "new") == found[4][2]
    assert "".join(piece.text for piece in pieces if piece.how != "old") == found[4][3]
    assert ("old", "10") in [(piece.how, piece.text) for piece in pieces]


def _all(after: Rulebook) -> list[comparing.Difference]:
    return comparing.differences(DEFAULT, after)


def test_every_article_stands_with_its_two_numbers() -> None:
    breaches, _faults = articles.judged(DEFAULT)
    found = {one.name: one for one in articles.of(DEFAULT, breaches)}
    assert list(found) == [f"C{n}" for n in range(1, 12)]
    assert all(one.holds for one in found.values())
    assert (found["C1"].found, found["C1"].limit) == (2, Fraction(3, 2))
    assert (found["C9"].found, found["C9"].limit) == (Fraction(5, 2), 2)
    assert found["C10"].found is None
    assert articles.of(DEFAULT, breaches, notice=9)[9].found == 9


DEEDS = [
    ("remove-rule-1", ["pain", "review", "lesson"]),
    ("up-rule-2", ["pain", "review", "evidence", "lesson"]),
    ("down-rule-2", ["pain", "evidence", "lesson", "review"]),
    ("up-rule-0", ["pain", "evidence", "review", "lesson"]),
    ("down-rule-3", ["pain", "evidence", "review", "lesson"]),
    ("add-rule", ["pain", "evidence", "review", "lesson", "rule-1"]),
    ("remove-rule-9", ["pain", "evidence", "review", "lesson"]),
    ("nonsense", ["pain", "evidence", "review", "lesson"]),
]


@pytest.mark.parametrize(("deed", "ids"), DEEDS)
def test_buttons_move_rows_and_keep_what_was_typed(deed: str, ids: list[str]) -> None:
    rows = editing.rows_of(documents.document_of(DEFAULT))
    rows["rules"][0]["give"] = "no number"
    after = editing.changed(rows, deed)
    assert [rule["id"] for rule in after["rules"]] == ids
    assert after["rules"][0]["give"] == "no number"
    assert len(rows["rules"]) == 4


def test_conditions_and_limits_come_and_go() -> None:
    rows = editing.rows_of(documents.document_of(DEFAULT))
    rows = editing.changed(rows, "add-condition-0")
    rows = editing.changed(rows, "add-limit-0")
    assert rows["rules"][0]["conditions"] == [
        {"field": "pain_class", "comparison": "is", "value": "table_stake"}
    ]
    assert len(rows["rules"][0]["limits"]) == 2
    rows = editing.changed(editing.changed(rows, "remove-limit-0-0"), "remove-condition-0-0")
    assert rows["rules"][0]["conditions"] == []
    assert len(rows["rules"][0]["limits"]) == 1


def test_another_event_chooses_anew_what_it_does_not_offer() -> None:
    rows = editing.rows_of(documents.document_of(DEFAULT))
    asked = {"field": "gate", "comparison": "at_least", "value": "G3"}
    rows["rules"][0] |= {"when": "gate_passed", "conditions": [asked]}
    rule = editing.changed(rows, "refresh")["rules"][0]
    assert rule["to"] == "team"
    assert rule["conditions"] == [{**asked, "comparison": "is"}]
    assert editing.changed(rows, "add-rule", "Neue Regel")["rules"][-1]["name"] == "Neue Regel"


WRONG = [
    ("give", "0", "rules-0-give"),
    ("give", "٣", "rules-0-give"),
    ("name", "", "rules-0-name"),
    ("id", "No slug", "rules-0-id"),
    ("after_days", "400", "rules-0-after_days"),
]


@pytest.mark.parametrize(("field", "text", "name"), WRONG)
def test_what_does_not_fit_is_named_by_its_field(field: str, text: str, name: str) -> None:
    rows = editing.rows_of(documents.document_of(DEFAULT))
    rows["rules"][0][field] = text
    assert [fault[0] for fault in editing.faults(rows)] == [name]


@pytest.mark.parametrize("text", ["-1", "1e5", "abc", "1/0", "nan", "9" * 30, ""])
def test_only_plain_numbers_are_taken(text: str) -> None:
    rows = editing.rows_of(documents.document_of(DEFAULT))
    rows["work"]["prevention"] = text
    assert [fault[0] for fault in editing.faults(rows)] == ["work-prevention"]


@pytest.mark.parametrize(
    "text", ["", "[1]", "{", '{"a": NaN}', '{"a": "\\ud800"}', '{"a": "\\u0000"}', "[" * 100_000]
)
def test_text_that_is_no_document_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        editing.parse(text)


def test_every_fault_of_a_document_is_told_with_its_place() -> None:
    document = documents.document_of(DEFAULT)
    document["rules"][2]["give"] = "8"
    document["formula"]["work"]["prevention"] = "much"
    with pytest.raises(BadInput) as refused:
        documents.read(document)
    places = [place for place, _text in editing.told(refused.value)]
    assert places == ["formula.work.prevention", "rules.2.give"]
    assert [editing.name_of(place) for place in places] == ["work-prevention", "rules-2-give"]


def test_the_clock_says_what_is_in_force() -> None:
    later = BEGUN + timedelta(days=30)
    instants = [BEGUN, later]
    at = BEGUN + timedelta(days=10)
    assert life.stage_of("scheduled", None, instants, BEGUN - timedelta(days=1)) is Stage.IN_FORCE
    assert life.stage_of("scheduled", None, instants, at) is Stage.RETIRED
    assert life.stage_of("scheduled", BEGUN, instants, at) is Stage.IN_FORCE
    assert life.stage_of("scheduled", later, instants, at) is Stage.SCHEDULED
    assert life.stage_of("scheduled", BEGUN, instants, later) is Stage.RETIRED
    assert life.stage_of("scheduled", later, instants, later) is Stage.IN_FORCE
    assert life.stage_of("approved", None, instants, at) is Stage.APPROVED


@pytest.mark.parametrize("number", ["1e400", "1e10000000", "9" * 5000, "1/0", "-1", "1/2.5"])
def test_a_number_that_nobody_can_bear_is_refused_at_once(number: str) -> None:
    document = documents.document_of(DEFAULT)
    document["formula"]["bridge_step"] = number
    with pytest.raises(BadInput):
        documents.read(document)


def test_groups_and_conditions_have_a_bound() -> None:
    document = documents.document_of(DEFAULT)
    nested: dict[str, object] = {"joint": "all", "parts": []}
    for _level in range(5):
        nested = {"joint": "not", "parts": [nested]}
    document["rules"][0]["only_if"] = nested
    with pytest.raises(BadInput, match="deep"):
        documents.read(document)
