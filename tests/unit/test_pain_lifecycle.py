"""The life of a pain point: its steps, the evidence rule, the checklist and the ranking."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.core.errors import BadInput, Refusal
from cxquest.pains import lifecycle
from cxquest.pains.lifecycle import Facts, PainState

EVERY_STATE = tuple(PainState)
COMPLETE = {"stage": True, "expected": True, "experienced": True, "consequence": True}


def facts(comments: int = 5, submissions: int = 3, interviews: int = 0, **words: bool) -> Facts:
    given = {**COMPLETE, "pain_class": True, **words}
    return Facts(**given, comments=comments, submissions=submissions, interviews=interviews)


@pytest.mark.parametrize(
    ("comments", "submissions", "interviews", "enough"),
    [
        (5, 3, 0, True),
        (4, 4, 0, False),
        (9, 2, 0, False),
        (0, 0, 3, True),
        (0, 0, 2, False),
        (4, 3, 2, False),
        (0, 0, 0, False),
    ],
)
def test_evidence_is_five_comments_of_three_submissions_or_three_interviews(
    comments: int, submissions: int, interviews: int, enough: bool
) -> None:
    assert lifecycle.enough_evidence(facts(comments, submissions, interviews)) is enough


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20))
def test_more_evidence_never_makes_it_less_enough(a: int, b: int, c: int) -> None:
    if lifecycle.enough_evidence(facts(a, b, c)):
        assert lifecycle.enough_evidence(facts(a + 1, b, c))
        assert lifecycle.enough_evidence(facts(a, b + 1, c))
        assert lifecycle.enough_evidence(facts(a, b, c + 1))


@pytest.mark.parametrize("word", ["stage", "expected", "experienced", "consequence", "pain_class"])
def test_each_word_is_needed(word: str) -> None:
    open_items = [item for item in lifecycle.checklist(facts(**{word: False})) if not item.done]
    assert len(open_items) == 1
    with pytest.raises(Refusal) as refused:
        lifecycle.check_whole(facts(**{word: False}))
    assert refused.value.missing == tuple(lifecycle.checklist(facts(**{word: False})))
    assert refused.value.status == 409


def test_too_little_evidence_alone_is_said_to_be_a_hunch() -> None:
    with pytest.raises(Refusal, match="hunch"):
        lifecycle.check_whole(facts(comments=4))


def test_what_is_complete_passes() -> None:
    lifecycle.check_whole(facts())


def test_the_checklist_names_who_can_supply_each_item() -> None:
    assert all(item.who and item.anchor for item in lifecycle.checklist(facts()))


@pytest.mark.parametrize(
    ("name", "sources", "target"),
    [
        ("open", {"draft"}, "open"),
        ("accept", {"open"}, "accepted"),
        ("decline", {"open"}, "declined"),
        ("reopen", {"declined"}, "open"),
        ("enter_quest", {"accepted", "reopened"}, "in_quest"),
        ("resolve", {"in_quest", "reopened"}, "resolved"),
        ("give_back", {"in_quest", "reopened"}, "accepted"),
        ("come_back", {"resolved", "in_quest"}, "reopened"),
        ("merge", {"draft", "open", "accepted", "declined"}, "merged"),
        ("unmerge_to_draft", {"merged"}, "draft"),
        ("unmerge_to_open", {"merged"}, "open"),
        ("unmerge_to_accepted", {"merged"}, "accepted"),
        ("unmerge_to_declined", {"merged"}, "declined"),
    ],
)
def test_a_step_starts_only_where_the_table_says(name: str, sources: set[str], target: str) -> None:
    for state in EVERY_STATE:
        if state.value in sources:
            assert lifecycle.take(name, state) == target
        else:
            with pytest.raises(Refusal) as refused:
                lifecycle.take(name, state)
            assert refused.value.status == 409


def test_every_state_can_be_reached_and_left() -> None:
    targets = {step.target for step in lifecycle.STEPS.values()} | {PainState.DRAFT}
    sources = {state for step in lifecycle.STEPS.values() for state in step.sources}
    assert targets == sources == set(PainState)


def test_opportunity_is_worked_out_as_it_is_shown() -> None:
    assert lifecycle.opportunity(46, 5, 4, 5, 3) == 1533
    assert lifecycle.opportunity(46, 5, 1, 5, 3) == 383
    assert lifecycle.opportunity(0, 5, 5, 5, 1) == 0


@given(st.integers(0, 10**7), *[st.integers(1, 5)] * 4)
def test_opportunity_grows_with_every_factor_and_falls_with_effort(
    reach: int, severity: int, value: int, confidence: int, effort: int
) -> None:
    factors = (reach, severity, value, confidence)
    worth = lifecycle.opportunity(*factors, effort)
    assert worth <= lifecycle.opportunity(reach + 1, severity, value, confidence, effort)
    assert worth <= lifecycle.opportunity(reach, severity + 1, value, confidence, effort)
    assert worth <= lifecycle.opportunity(reach, severity, value + 1, confidence, effort)
    assert worth <= lifecycle.opportunity(reach, severity, value, confidence + 1, effort)
    assert worth >= lifecycle.opportunity(*factors, effort + 1)
    assert 0 <= worth < 2**31


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("severity", 0),
        ("value", 0),
        ("value", 6),
        ("importance", -1),
        ("importance", 4),
        ("confidence", 6),
        ("effort", 0),
        ("interviews", -1),
        ("reach_per_month", -1),
    ],
)
def test_a_factor_out_of_its_range_is_refused_by_name(field: str, value: int) -> None:
    with pytest.raises(BadInput) as refused:
        lifecycle.check_numbers({field: value})
    assert refused.value.field == field
