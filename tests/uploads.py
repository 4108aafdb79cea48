"""A file on its way through the import pages, and what the tests read off them."""

import csv
import io
import re
from typing import Any

from sqlalchemy import func, select

from tests.browsing import Browser
from tests.conftest import Transaction

FILE = (
    b"id,day,said,rate,shop\r\n"
    b"1,2026/1/31,Nobody called me,1,Oslo\r\n"
    b"2,2026/2/1,=cmd,5,Oslo\r\n"
    b"3,1.2.2026,Late,2,Bergen\r\n"
)
COLUMNS: dict[str, Any] = {
    "role_0": "external_id",
    "role_1": "date",
    "role_2": "comment",
    "role_3": "rating",
    "role_4": "keep",
    "order_1": "ymd",
    "low_3": "1",
    "high_3": "5",
    "best_3": "high",
    "decimal_3": ".",
}


def upload(
    client: Browser, content: bytes = FILE, source: str = "Survey", name: str = "s.csv"
) -> str:
    answer = client.send("/admin/imports", source=source, file=(io.BytesIO(content), name))
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def imported(client: Browser, content: bytes = FILE, **columns: str) -> str:
    """Bring a file in by its pages; return the run's address."""
    run = upload(client, content)
    answer = client.send(f"{run}/mapping", **(columns or COLUMNS))
    assert answer.status_code == 303, answer.text
    assert client.send(f"{run}/finish").status_code == 303
    return run


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def selected(page: str, name: str) -> list[str]:
    """Return the values that are chosen in the control of this name."""
    control = page.partition(f'name="{name}"')[2].partition("</select>")[0]
    return [part.partition('"')[0] for part in control.split('<option selected value="')[1:]]


def ticked(page: str, name: str) -> list[str]:
    """Return the value of the radio button of this name that is chosen."""
    return re.findall(rf'<input checked[^>]*name="{name}"[^>]*value="(\w+)"', page)


def count(transaction: Transaction, model: type) -> int:
    with transaction() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0
