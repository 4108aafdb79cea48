"""Ranks and the fair mean."""

import json
from fractions import Fraction
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from cxquest.rewards.ranking import ranks, shrunken_mean


def test_equal_scores_share_a_rank() -> None:
    assert ranks([40, 30, 30, 10]) == [1, 2, 2, 4]
    assert ranks([]) == []


@given(st.lists(st.integers(-50, 50)))
def test_p6_a_rank_is_one_more_than_the_number_of_better_ones(scores: list[int]) -> None:
    assert ranks(scores) == [1 + sum(other > score for other in scores) for score in scores]


def test_published_answers_agree(shared_data: Path) -> None:
    cases = json.loads((shared_data / "vectors" / "ranking_vectors.json").read_text())["cases"]
    for case in cases:
        scores = [Fraction(str(score)) for score in case["scores_best_is_highest"]]
        assert ranks(scores) == case["standard_competition_1224"], case["case"]
    assert len(cases) >= 19


def test_case_j_three_people_against_forty() -> None:
    few, many = shrunken_mean(900, 3, Fraction(150)), shrunken_mean(8000, 40, Fraction(150))
    assert round(float(few), 1) == 184.6
    assert many == 190


@given(st.integers(0, 10**6), st.integers(1, 500), st.fractions(min_value=0, max_value=1000))
def test_a_fair_mean_lies_between_the_own_and_everyones(
    total: int, people: int, mean: Fraction
) -> None:
    fair = shrunken_mean(total, people, mean)
    own = Fraction(total, people)
    assert min(own, mean) <= fair <= max(own, mean)
