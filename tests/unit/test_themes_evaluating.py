"""How agreement is counted, by hand and on real files."""

import csv
import json
from pathlib import Path

import pytest

from cxquest.themes.evaluating import Agreement, Kept, OfLabel, cross_validated, on_split
from cxquest.themes.learning import TooLittle
from tests.themes import spoken


def labelled(file: Path, text: str, label: str) -> tuple[list[str], list[tuple[str]]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    return [row[text] for row in rows], [(row[label],) for row in rows]


def test_it_agrees_where_texts_say_what_they_are_about() -> None:
    found = cross_validated(*spoken("English", 30))
    assert found.n == 90
    assert found.majority_baseline == pytest.approx(1 / 3)
    assert found.accuracy >= 0.95
    assert found.macro_f1 >= 0.95


def test_it_does_not_agree_with_chance() -> None:
    texts, labels = spoken("English", 60)
    mixed = [{("money", "time")[number % 7 < 3]} for number in range(len(labels))]
    found = cross_validated([f"{number * 7919}" for number in range(len(texts))], mixed)
    assert found.accuracy <= found.majority_baseline + 0.1


def test_abstaining_keeps_the_surest() -> None:
    texts, labels = spoken("English", 40)
    noise = [{("billing", "parking", "waiting")[n % 3]} for n in range(40)]
    found = cross_validated([*texts, *[f"hm {n}" for n in range(40)]], [*labels, *noise])
    assert found.abstained.coverage == pytest.approx(0.8, abs=0.02)
    assert found.abstained.accuracy is not None
    assert found.abstained.accuracy > found.accuracy
    coverages = [step.coverage for step in found.steps]
    assert coverages == sorted(coverages, reverse=True)


def test_a_bound_counts_all_that_it_is_sure_of() -> None:
    texts, labels = spoken("English", 30)
    both = [f"{a} {b}" for a, b in zip(texts[::3], texts[1::3], strict=True)]
    told = [{*a, *b} for a, b in zip(labels[::3], labels[1::3], strict=True)]
    found = cross_validated([*texts, *both], [*labels, *told], bound=0.5)
    assert found.abstained.confidence == 0.5
    billing = next(one for one in found.labels if one.label == "billing")
    assert billing.n == 60
    assert billing.recall is not None
    assert billing.recall > 0.9  # with the surest label alone it could be a half


def test_refusals_teach_and_are_not_tried() -> None:
    texts, labels = spoken("English", 20)
    found = cross_validated(
        [*texts, "the bill of a bird"],
        [*labels, set()],
        [*[set[str]()] * len(texts), {"billing"}],
    )
    assert found.n == len(texts)


def test_what_is_too_rare_to_learn_counts_as_missed() -> None:
    texts, labels = spoken("English", 20)
    found = cross_validated([*texts, "a rare bird"], [*labels, {"birds"}])
    birds = next(one for one in found.labels if one.label == "birds")
    assert (birds.n, birds.proposed, birds.f1) == (1, 0, 0.0)
    assert (birds.precision, birds.recall) == (None, 0.0)
    assert found.left_out == ("birds",)


def test_the_baseline_of_a_split_is_learned() -> None:
    """The commonest label of what was learned, not of what is tried."""
    texts, labels = spoken("English", 20)
    more = [f"the bill was wrong {n}" for n in range(20)]
    tried, truth = spoken("English", 3, seed=4)
    found = on_split([*texts, *more], [*labels, *[{"billing"}] * 20], tried[1:], truth[1:])
    assert found.majority_baseline == pytest.approx(2 / 8)


def test_too_little_is_refused() -> None:
    with pytest.raises(TooLittle):
        cross_validated(*spoken("English", 5))


def test_its_json_has_the_shares_of_each_label() -> None:
    found = Agreement(
        4, 0.5, 0.4, 0.25, (OfLabel("a", 3, 4, 2),), ("b",), Kept(0.5, 0.8, None), ()
    ).as_json()
    assert found["labels"] == [
        {
            "label": "a",
            "n": 3,
            "proposed": 4,
            "both": 2,
            "precision": 0.5,
            "recall": 2 / 3,
            "f1": 4 / 7,
        }
    ]
    assert json.loads(json.dumps(found))["abstained"]["accuracy"] is None


def test_it_agrees_with_people_on_patients_comments(shared_data: Path) -> None:
    """Nine labels of people, five folds. Repeats share a fold, which is the harder trial."""
    texts, labels = labelled(shared_data / "feedback" / "nhs_comments.csv", "feedback", "label")
    found = cross_validated(texts, labels)
    assert found.n == 10_334
    assert found.majority_baseline == pytest.approx(0.3254, abs=1e-4)
    assert found.accuracy >= 0.70
    assert found.macro_f1 >= 0.56
    assert found.abstained.coverage == pytest.approx(0.8, abs=0.005)
    assert found.abstained.accuracy is not None
    assert found.abstained.accuracy >= 0.77


def test_it_agrees_with_people_on_questions_to_a_bank(shared_data: Path) -> None:
    """77 intents, on the files' own split."""
    folder = shared_data / "feedback"
    learned = labelled(folder / "banking77_train.csv", "text", "category")
    tried = labelled(folder / "banking77_test.csv", "text", "category")
    found = on_split(*learned, *tried)
    assert (found.n, len(found.labels)) == (3_080, 77)
    assert found.accuracy >= 0.89
