"""Learning from tags: what it finds, how sure it is, and what it does not learn."""

import subprocess
import sys
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxquest.themes.folding import dealt, normal
from cxquest.themes.learning import LEAST, Learned, TooLittle, train
from tests.themes import CORPORA, spoken


def best(learned: Learned[str], text: str) -> str:
    return next(learned.judge([text]))[0].label


@pytest.mark.parametrize("language", CORPORA)
def test_it_learns_in_every_script(language: str) -> None:
    """Chinese, Japanese and Thai write no spaces, Arabic and Hebrew from right to left."""
    texts, labels = spoken(language, 30)
    learned = train(texts, labels)
    tried, truth = spoken(language, 20, seed=7)
    right = [best(learned, text) == label for text, (label,) in zip(tried, truth, strict=True)]
    assert sum(right) >= 0.9 * len(right)


def test_the_surest_stands_first_and_is_a_share() -> None:
    learned = train(*spoken("English", 20))
    for found in learned.judge(["the bill was wrong", "parking", "", "🦆"]):
        confidences = [one.confidence for one in found]
        assert confidences == sorted(confidences, reverse=True)
        assert all(0 <= one <= 1 for one in confidences)
        assert {one.label for one in found} == set(learned.labels)


def test_it_says_at_most_what_is_asked_for() -> None:
    learned = train(*spoken("English", 20))
    assert [len(found) for found in learned.judge(["a bill"] * 3, most=1)] == [1, 1, 1]


def test_the_same_texts_teach_the_same() -> None:
    one, other = (train(*spoken("English", 20)) for _ in range(2))
    tried = spoken("English", 10, seed=3)[0]
    assert np.array_equal(one.confidences(tried), other.confidences(tried))


def test_what_it_never_saw_leaves_it_unsure() -> None:
    learned = train(*spoken("English", 30))
    (strange,) = learned.judge(["zzz qqq"])
    (plain,) = learned.judge(["the bill was wrong again"])
    assert strange[0].confidence < 0.6 < plain[0].confidence


def test_sureness_keeps_its_promise() -> None:
    """Where labels are a matter of chance, it is about as sure as the chance is."""
    dice = Random(5)
    chance = {"bill": 0.8, "queue": 0.3}
    texts = [f"{dice.choice(['bill', 'queue'])} {dice.random()}" for _ in range(900)]
    labels = [{"money" if dice.random() < chance[text.split()[0]] else "time"} for text in texts]
    learned = train(texts, labels)
    money = learned.labels.index("money")
    for word, share in chance.items():
        others = [f"{word} {dice.random()}" for _ in range(900)]
        assert learned.confidences(others)[:, money].mean() == pytest.approx(share, abs=0.07)


def test_a_text_can_be_about_several() -> None:
    texts, labels = spoken("English", 30)
    both = [f"{a} {b}" for a, b in zip(texts[::3], texts[1::3], strict=True)]
    told = [{*a, *b} for a, b in zip(labels[::3], labels[1::3], strict=True)]
    learned = train([*texts, *both], [*labels, *told])
    (found,) = learned.judge(["the bill was wrong and parking was far away"])
    assert {one.label for one in found[:2]} == {"billing", "parking"}
    assert found[1].confidence > 0.5 > found[2].confidence


def test_a_refusal_teaches_what_a_text_is_not_about() -> None:
    texts, labels = spoken("English", 15)
    birds = [f"the bill of the bird number {n}" for n in range(20)]
    texts, labels = [*texts, *birds], [*labels, *[set[str]() for _bird in birds]]
    refused = [{"billing"} if text in birds else set[str]() for text in texts]
    untold, told = train(texts, labels), train(texts, labels, refused)
    sure = [one.confidences(["a bill of the bird"])[0] for one in (untold, told)]
    billing, *others = range(len(told.labels))
    assert sure[1][billing] < sure[0][billing] / 2
    assert sure[1][others] == pytest.approx(sure[0][others])  # of those, nothing was said


def test_rare_themes_are_left_out_and_named() -> None:
    texts, labels = spoken("English", 20)
    learned = train([*texts, "a rare bird"], [*labels, {"birds"}])
    assert learned.left_out == ("birds",)
    assert "birds" not in learned.labels


def test_repeats_of_one_text_are_one_example() -> None:
    texts, labels = spoken("English", 20)
    learned = train([*texts, *["A rare bird "] * 50], [*labels, *[{"birds"}] * 50])
    assert learned.left_out == ("birds",)


@pytest.mark.parametrize("n", [0, LEAST - 1])
def test_too_little_is_refused_with_what_to_do(n: int) -> None:
    with pytest.raises(TooLittle, match="at least two themes need 8 different comments"):
        train(*spoken("English", n))


def test_ids_are_labels_too() -> None:
    texts, labels = spoken("English", 12)
    number = {"billing": 4, "parking": 9, "waiting": 11}
    learned = train(texts, [{number[one] for one in some} for some in labels])
    assert next(learned.judge(["the bill was wrong"]))[0].label == 4


@given(st.text())
def test_a_normal_text_stays_as_it_is(text: str) -> None:
    assert normal(normal(text)) == normal(text) == normal(f" {text}\n").strip()


def test_invisible_marks_and_forms_make_no_difference() -> None:
    assert normal("\u200fשלום\u200e  Ｗｏｒｌｄ") == "שלום world"


@settings(max_examples=40)
@given(st.lists(st.sampled_from("abcdefghij"), max_size=60), st.integers(2, 5))
def test_repeats_share_a_fold(texts: list[str], folds: int) -> None:
    fold_of = dealt(texts, texts, folds)
    assert all(len({*fold_of[[t == one for t in texts]]}) == 1 for one in set(texts))
    apart = dealt(texts, ["x"] * len(texts), folds, repeats_together=False)
    sizes = [int((apart == fold).sum()) for fold in range(folds)]
    assert max(sizes) - min(sizes) <= 1


def test_the_app_does_not_load_the_learning() -> None:
    """Importing scikit-learn takes a second and 100 MB, which only a learning is to pay."""
    code = "import sys, cxquest.cli, cxquest.worker; print('sklearn' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
