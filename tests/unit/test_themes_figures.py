"""Typical comments, and averages that are refused where scales differ."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from cxquest.themes.ratings import Rated, overall
from cxquest.themes.typical import typical

TEXTS = st.lists(st.text(max_size=40), max_size=12)


@given(TEXTS, st.integers(0, 15))
def test_typical_texts_are_some_of_them_each_once(texts: list[str], most: int) -> None:
    places = typical(texts, most)
    assert len(places) == len(set(places)) <= most
    assert len({texts[place] for place in places}) == len(places)


@given(TEXTS)
def test_fewer_are_the_first_of_more(texts: list[str]) -> None:
    assert typical(texts, 3) == typical(texts, 9)[:3]


def test_what_others_say_too_comes_first() -> None:
    texts = [
        "The weather was nice and my cat is grey and likes to sleep in the sun",
        "The delivery came a week late",
        "Our delivery came late again",
        "My delivery came two weeks late, nobody called",
        "",
    ]
    assert set(typical(texts, 3)) == {1, 2, 3}
    chinese = ["账单金额不对,请退款", "今天天气很好很好很好", "账单金额又不对", "账单金额总是不对"]
    assert 1 not in typical(chinese, 3)


SCALES = st.sampled_from([(1, 5, True), (1, 5, False), (0, 10, True)])


@given(st.lists(st.tuples(SCALES, st.integers(1, 50), st.integers(1, 5)), max_size=6))
def test_only_one_scale_has_an_average(found: list[tuple[tuple[int, int, bool], int, int]]) -> None:
    rated = [
        Rated("S", "Q", Decimal(low), Decimal(high), best, n, Decimal(n * each))
        for (low, high, best), n, each in found
    ]
    mean = overall(rated)
    if len({scale for scale, _n, _each in found}) == 1:
        values = [each for _scale, n, each in found for _ in range(n)]
        assert mean == Decimal(sum(values)) / len(values)
        assert min(one.mean for one in rated) <= mean <= max(one.mean for one in rated)
    else:
        assert mean is None
