"""An import beside Python's csv module reading the same file: rows per second, and memory.

One process reads one made file five ways: the csv module alone; our reader, which also finds
lines, damaged bytes and ragged rows; reader and intake together, which is all but the database;
and the whole import into SQLite and into PostgreSQL with their full-text indexes, measured and
written as the worker does it. `python -m bench.imports [ROWS]`
"""

import csv
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from flask import Flask

from bench.company import installed, let_go, postgresql
from cxquest.core import clock
from cxquest.extensions import db
from cxquest.imports import contacts, importing, intake
from cxquest.imports.intake import Terms
from cxquest.imports.mapping import Scale, mapped
from cxquest.tables import reading
from cxquest.tables.dates import DateOrder

ROWS = 100_000
HEADER = ("id", "day", "stage", "rating", "comment", "region", "channel", "agent", "order")
MAPPING = mapped(
    comments=["comment"],
    external_id="id",
    date="day",
    order=DateOrder.YMD,
    ratings=["rating"],
    scale=Scale(Decimal(1), Decimal(5)),
    stage="stage",
)
SENTENCE = (
    "the delivery came late nobody called me back and my order was wrong again but the people in "
    "the shop were kind I waited on the phone for an hour then they sent the same invoice twice"
)
WORDS = SENTENCE.split()


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "feedback.csv"
        write(file, rows)
        sqlite = installed(Path(folder) / "sqlite", lambda _connection: None)
        address = {"CXQUEST_DATABASE_URL": postgresql(Path(folder), ["bench"])["bench"]}
        other = installed(Path(folder) / "postgresql", lambda _connection: None, **address)
        print(f"{rows:,} rows, {file.stat().st_size / 1_000_000:.0f} MB")
        alone = told("the csv module alone", rows, lambda: plain(file))
        for what, deed in (
            ("our reader", lambda: read(file)),
            ("reader and intake", lambda: taken_in(file)),
            ("whole, SQLite", lambda: imported(sqlite, file)),
            ("whole, PostgreSQL", lambda: imported(other, file)),
        ):
            speed = told(what, rows, deed)
            print(f"{'':22}{speed / alone:8.3f} of the csv module")
        for app in (sqlite, other):
            let_go(app)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"peak memory of the process: {peak:.0f} MiB")


def write(file: Path, rows: int) -> None:
    """Write a made file of feedback."""
    dice = random.Random(7)
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(HEADER)
        for n in range(rows):
            words = " ".join(dice.choices(WORDS, k=dice.randint(5, 40)))
            day = date(2026, 1, 1) + timedelta(days=n % 300)
            rest = (f"R{n % 9}", "web", f"A{n % 400}", n)
            writer.writerow((f"id-{n}", day, "Delivery", n % 5 + 1, words, *rest))


def told(what: str, rows: int, deed: Callable[[], None]) -> float:
    """Do something, print and return its rows per second."""
    begun = time.perf_counter()
    deed()
    speed = rows / (time.perf_counter() - begun)
    print(f"{what:22}{speed:12,.0f} rows/s")
    return speed


def plain(file: Path) -> None:
    with file.open(encoding="utf-8", newline="") as opened:
        for _row in csv.reader(opened):
            pass


def read(file: Path) -> None:
    with file.open("rb") as opened:
        for _row in reading.opened(opened, reading.guess(opened, file.name)).rows():
            pass


def taken_in(file: Path) -> None:
    with file.open("rb") as opened:
        table = reading.opened(opened, reading.guess(opened, file.name))
        terms = Terms({}, clock.now().date(), contacts.keyed("key"))
        for _record in intake.records(table.rows(), table.header, MAPPING, terms):
            pass


def imported(app: Flask, file: Path) -> None:
    with app.app_context():
        at = clock.now()
        with file.open("rb") as opened:
            run = importing.start(db.session, "Bench", file.name, opened, by=None, at=at)
        importing.map(db.session, run, MAPPING)
        settle = db.session.commit
        importing.finish(db.session, run, secret="", by=None, at=at, settle=settle)
        db.session.commit()


if __name__ == "__main__":
    main()
