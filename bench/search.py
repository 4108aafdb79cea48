"""The first page of a search in ten thousand comments and in a million, on both databases.

Five searches are asked in turns: a word that stands in three of ten comments, a word that
thirty comments hold whatever the size, the frequent word with filters by source, rating and
day, a phrase of two frequent words, and the beginning of a word. `python -m bench.search
[REQUESTS]`
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Connection

from bench.boards_scale import signed_in
from bench.company import found, installed, let_go, postgresql, put
from cxquest.core import clock

SMALL, LARGE = 10_000, 1_000_000
REQUESTS = 30
WARM = 5
SOURCES = 4
RARE_HITS = 30
BATCH = 50_000
NOW = "2026-06-01 00:00:00+00:00"
SEARCHES = {
    "a frequent word": "/voice?q=delivery",
    "a rare word": "/voice?q=zeppelin",
    "a word with filters": "/voice?q=delivery&source=2&rating=low&from=2025-01-01",
    "a phrase": "/voice?q=%22delivery+bal%22",
    "a beginning": "/voice?q=del*",
}
INSERTS = {
    "submission": "id, source_id, identity, fingerprint, external_id, collected_on, collected_raw, "
    "content, contact, asked_for_score, original, created_at, updated_at",
    "comment": "id, submission_id, position, question, text, says_nothing, language",
    "rating": "id, submission_id, position, question, value, low, high, best_is_high, raw",
}


def main() -> None:
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS
    with tempfile.TemporaryDirectory() as folder:
        for engine, addresses in (("SQLite", {}), ("PostgreSQL", _two(Path(folder)))):
            apps = {}
            for n in (SMALL, LARGE):
                begun = time.perf_counter()
                more = {"CXQUEST_DATABASE_URL": addresses[n]} if addresses else {}
                apps[n] = installed(Path(folder) / f"{engine}{n}", filling(n), **more)
                print(f"{engine}: {n:,} comments written in {time.perf_counter() - begun:.1f} s")
            report(engine, {n: signed_in(app, 1) for n, app in apps.items()}, requests)
            for app in apps.values():
                let_go(app)


def report(engine: str, clients: dict[int, FlaskClient], requests: int) -> None:
    """Ask in turns and print the medians."""
    for name, url in SEARCHES.items():
        times: dict[int, list[float]] = {n: [] for n in clients}
        for turn in range(WARM + requests):
            for n, client in clients.items():
                begun = time.perf_counter()
                answer = client.get(url)
                took = time.perf_counter() - begun
                assert answer.text.count('name="comment"') == 25, answer.status
                if turn >= WARM:
                    times[n].append(took)
        small, large = (1000 * statistics.median(times[n]) for n in (SMALL, LARGE))
        print(
            f"  {name:20} {small:7.1f} ms in {SMALL:,}, {large:7.1f} ms in {LARGE:,}; "
            f"ratio {large / small:5.2f}   (goal: 1.5 at most)"
        )


def filling(comments: int) -> Callable[[Connection], None]:
    """Return what writes so many comments."""
    return lambda connection: fill(connection, comments)


def fill(connection: Connection, comments: int) -> None:
    """Write the comments in bulk; the full-text index is built once at the end."""
    found(connection, range(1, 2), "UTC", clock.now())
    sources = [{"id": n, "name": f"Source {n}", "created_at": clock.now()} for n in _sources()]
    put(connection, "source", sources)
    build = _without_index(connection)
    write = _copy if connection.dialect.name == "postgresql" else _insert
    rows = made(comments)
    for batch in _batches(rows):
        for table, part in zip(INSERTS, zip(*batch, strict=True), strict=True):
            write(connection, table, part)
    build()


def made(comments: int) -> Iterator[tuple[tuple[Any, ...], ...]]:
    """Return each submission with its comment and its rating, the oldest first."""
    dice = random.Random(comments)
    words = [f"{a}{b}{c}" for a in "bdfgklmnprst" for b in ("a", "e", "io", "u") for c in "lnrstx"]
    weights = [1 / (1 + n) for n in range(len(words))]
    filler = dice.choices(words, weights, k=200_000)
    rare = set(dice.sample(range(comments), RARE_HITS))
    first = date(2026, 5, 31) - timedelta(days=1000)
    for n in range(comments):
        place = dice.randrange(len(filler) - 12)
        said = filler[place : place + 12]
        said[3] = "delivery" if dice.random() < 0.3 else said[3]
        said[5] = "zeppelin" if n in rare else said[5]
        day = (first + timedelta(days=1000 * n // comments)).isoformat()
        key, source = n + 1, 1 + dice.randrange(SOURCES)
        mark = f"{key:032x}"
        yield (
            (key, source, mark, mark, "", day, day, mark, "", False, "{}", NOW, NOW),
            (key, key, 0, "How was it?", " ".join(said), False, ""),
            (key, key, 0, "Overall", 1 + dice.randrange(5), 1, 5, True, ""),
        )


def _sources() -> range:
    return range(1, SOURCES + 1)


def _batches(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _insert(connection: Connection, table: str, rows: Any) -> None:
    marks = ", ".join("?" * len(rows[0]))
    connection.connection.cursor().executemany(
        f"INSERT INTO {table} ({INSERTS[table]}) VALUES ({marks})",
        rows,
    )


def _copy(connection: Connection, table: str, rows: Any) -> None:
    cursor: Any = connection.connection.cursor()
    with cursor.copy(f"COPY {table} ({INSERTS[table]}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _two(folder: Path) -> dict[int, str]:
    """Return the address of a new database on PostgreSQL for each size."""
    addresses = postgresql(folder, [f"bench_{n}" for n in (SMALL, LARGE)])
    return dict(zip((SMALL, LARGE), addresses.values(), strict=True))


def _without_index(connection: Connection) -> Callable[[], None]:
    """Take the full-text index away; return what builds it again as it was."""
    run = connection.exec_driver_sql
    if connection.dialect.name == "postgresql":
        where = "FROM pg_indexes WHERE indexname = 'ix_comment_words'"
        again = [run(f"SELECT indexdef {where}").scalar_one(), "ANALYZE"]
        run("DROP INDEX ix_comment_words")
    else:
        where = "FROM sqlite_master WHERE name = 'comment_search_add'"
        again = [
            "INSERT INTO comment_search (comment_search) VALUES ('rebuild')",
            run(f"SELECT sql {where}").scalar_one(),
        ]
        run("DROP TRIGGER comment_search_add")

    def build() -> None:
        for sql in again:
            run(sql)

    return build


if __name__ == "__main__":
    main()
