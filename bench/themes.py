"""How far learned themes agree with people, and the time to judge 100,000 comments.

Needs the example files beside the project; `python -m bench.themes [FOLDER]` reads others.
Repeats of a comment share a fold; what happens where they do not is printed beside it.
"""

import csv
import sys
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path

from cxquest.themes.evaluating import Agreement, cross_validated, on_split
from cxquest.themes.learning import train

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "feedback"
COMMENTS = 100_000
PARTS = ("train", "test")

Labelled = tuple[list[str], list[tuple[str]]]


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    if not folder.is_dir():
        print(f"themes: no example files in {folder}")
        return
    patients = labelled(folder / "nhs_comments.csv", "feedback", "label")
    bank = [labelled(folder / f"banking77_{part}.csv", "text", "category") for part in PARTS]
    tell("NHS, 9 labels, 5 folds", lambda: cross_validated(*patients))
    tell("  repeats in any fold", lambda: cross_validated(*patients, repeats_together=False))
    tell("banking77, own split", lambda: on_split(*bank[0], *bank[1]))
    judge(patients)


def labelled(file: Path, text: str, label: str) -> Labelled:
    """Return the texts of a file and what people said each is about."""
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    return [row[text] for row in rows], [(row[label],) for row in rows]


def tell(name: str, measure: Callable[[], Agreement[str]]) -> None:
    """Print one trial beside its baseline, with its time."""
    begun = time.perf_counter()
    found = measure()
    took = time.perf_counter() - begun
    print(
        f"{name:24} accuracy {found.accuracy:.3f} (majority {found.majority_baseline:.3f}), "
        f"macro-F1 {found.macro_f1:.3f}; {spoken(found)}; n {found.n:,}, {took:.1f} s"
    )


def spoken(found: Agreement[str]) -> str:
    """Tell what remains where the least sure fifth is left alone."""
    kept = found.abstained
    return f"{kept.accuracy:.3f} on the surest {kept.coverage:.0%}"


def judge(patients: Labelled) -> None:
    """Print how long it takes to learn from all, and to judge 100,000 comments."""
    begun = time.perf_counter()
    learned = train(*patients)
    taught = time.perf_counter()
    read = sum(1 for _ in learned.judge(islice(cycle(patients[0]), COMMENTS)))
    print(f"learning from {len(patients[0]):,} comments: {taught - begun:6.2f} s")
    print(f"judging {read:,} comments:      {time.perf_counter() - taught:6.2f} s")


if __name__ == "__main__":
    main()
