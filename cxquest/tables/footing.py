"""Summary lines at the end of a table: counted, so that they are shown and not imported."""

import re
from collections.abc import Sequence

from cxquest.tables.heading import TYPED
from cxquest.tables.row import filled, is_blank

MOST = 8
SUMS = (
    r"(?:grand |sub)?totals?|sum|summe|gesamt(?:summe)?|insgesamt|zwischensumme|average|mean|"
    r"mittelwert|durchschnitt|count|anzahl|total général|suma|totale|totaal"
)
ROWS = "rows?|records?|responses?|answers?|zeilen|datensätze|einträge"
SUM = re.compile(rf"(?:{SUMS})\W*", re.IGNORECASE)
REMARK = re.compile(
    rf"(?:{SUMS})\b.{{0,40}}[0-9]\W*(?:{ROWS})?\W*"
    rf"|[0-9.,]+\s+(?:{ROWS})\b.{{0,40}}"
    rf"|(?:{ROWS})\s*:?\s*[0-9.,]+\W*"
    r"|\W*(?:end of (?:the )?(?:report|file|data|export)|ende (?:des|der) \w+)\W*"
    r"|\(?[0-9,]+ rows? affected\)?"
    r"|(?:source|quelle|fuente|notes?|anmerkung|generated|exported|printed|created (?:on|by|at)|"
    r"report generated|stand|erstellt|exportiert|confidential|vertraulich|copyright)\s*[:©(].*"
    r"|(?:generated|exported|report generated|reporting period|erstellt am|exportiert am)"
    r"\s.*[0-9].*",
    re.IGNORECASE | re.DOTALL,
)


def found(last: Sequence[list[str]], width: int) -> int:
    """Return how many of the last records are summaries; blank ones are passed over."""
    count = 0
    for cells in [cells for cells in reversed(last) if not is_blank(cells)][:MOST]:
        if not is_summary(cells, width):
            break
        count += 1
    return count


def is_summary(cells: list[str], width: int) -> bool:
    """Say whether a record sums the table up: a sum with nothing but numbers, or a remark."""
    places = filled(cells)
    if width < 2 or not places:
        return False
    first, *others = (cells[place].strip() for place in places)
    numbers = all(TYPED.fullmatch(cell) for cell in others)
    if SUM.fullmatch(first) and numbers and (places[0] == 0 or len(others) <= 1):
        return True
    return REMARK.fullmatch(first) is not None and len(places) <= max(1, width // 3)
