"""Answers that are files."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response

from cxquest.core.table import lines


def csv_file(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """Answer with a CSV file called `name`, every cell guarded against formulas.

    Of the name only what every system takes is kept: it may hold words that people chose.
    """
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name)
    return Response(
        "".join(lines(header, rows)),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{plain}"'},
    )
