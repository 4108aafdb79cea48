"""Where the header of a table begins, how many rows it has, and what its columns are called."""

import re
from collections.abc import Sequence

from cxquest.tables.how import MAX_HEADER_ROWS
from cxquest.tables.row import Column, filled, is_blank

SEARCHED = 40  # records from the top among which the header is looked for
BODY = 25  # records below it by which the kind of a column is told
FULL = 0.5  # of a full record: a header has at least as many cells
TYPED = re.compile(r"[-+−(]?[$€£]?[0-9][0-9\s.,:/%\-+TZ'’]*\)?(?:[AaPp][Mm])?")
MOSTLY = 0.8
IMPORT_ID = re.compile(r"\s*\{\s*['\"]ImportId['\"]")
NO_CHOICE = {"response", "open-ended response", "antwort", "réponse"}
NAUGHT = {"na", "n/a", "null", "none", "nan", "nil", "k.a.", "k. a.", "unknown", "missing"}
YEARS = range(1900, 2101)


def found(records: Sequence[list[str]]) -> tuple[int, int]:
    """Return how many records stand above the header and how many it is.

    `records` is the beginning of the table, blank ones included.
    """
    counts = [len(filled(cells)) for cells in records[:SEARCHED]]
    fullest = _usual([count for count in counts if count > 1] or counts)
    top = next((n for n, count in enumerate(counts) if count >= max(1, FULL * fullest)), 0)
    top = _past_gap(records, _past_titles(records, top, fullest))
    while top + 1 < len(records) and _is_fuller(records[top], records[top + 1]):
        top += 1
    first = top
    while first and top - first < MAX_HEADER_ROWS - 1 and _groups(records[first - 1]):
        first -= 1
    below = [cells for cells in records[top + 1 :] if not is_blank(cells)][: BODY + 2]
    if first == top and not _is_header(records[top], below):
        return top, 0
    return first, min(MAX_HEADER_ROWS, top - first + 1 + _more(records[top], below))


def _usual(counts: Sequence[int]) -> int:
    """Return how many cells a full record holds; a single one that is fuller is no measure."""
    return sorted(counts)[len(counts) * 3 // 4] if counts else 0


def _past_titles(records: Sequence[list[str]], top: int, fullest: int) -> int:
    """Pass over lines of one cell in a table of two columns."""
    if fullest != 2:
        return top
    while (
        top + 1 < len(records)
        and len(records[top]) <= 1
        and any(len(filled(cells)) == 2 for cells in records[top + 1 : top + 3])
    ):
        top += 1
    return top


def _past_gap(records: Sequence[list[str]], top: int) -> int:
    """Pass over a full record that a blank one parts from another, which is a header."""
    at = top + 1
    while at < len(records) and is_blank(records[at]):
        at += 1
    below = [cells for cells in records[at + 1 :] if not is_blank(cells)][:BODY]
    if at == top + 1 or at > SEARCHED or len(below) < 2 or not _typed(below):
        return top
    return at if _is_header(records[at], below) else top


def _is_fuller(upper: list[str], lower: list[str]) -> bool:
    """Say whether a record names the columns of which the one above names groups."""
    names, groups = filled(lower), filled(upper)
    typed = any(TYPED.fullmatch(lower[place].strip()) for place in names)
    return len(groups) > 1 and len(names) >= 2 * len(groups) and not typed


def _groups(cells: list[str]) -> bool:
    """Say whether a record names groups of columns: several cells, with gaps between them."""
    places = filled(cells)
    return len(places) >= 3 or (len(places) == 2 and places[1] - places[0] > 1)


def _is_header(top: list[str], below: Sequence[list[str]]) -> bool:
    """Say whether the record differs from the columns of numbers and dates below it."""
    typed = _typed(below)
    if not typed or len(below) < 2:
        return True
    alike = [place for place in typed if place < len(top) and TYPED.fullmatch(top[place].strip())]
    return len(alike) * 2 < len(typed) or _are_years([top[place] for place in alike])


def _are_years(cells: Sequence[str]) -> bool:
    years = [int(cell) for cell in cells if cell.strip().isdecimal()]
    return (
        len(years) == len(cells) > 1
        and len(set(years)) == len(years)
        and all(year in YEARS for year in years)
    )


def _typed(records: Sequence[list[str]]) -> list[int]:
    """Return the places of columns that hold numbers or dates."""
    width = max(map(len, records), default=0)
    kinds = []
    for place in range(width):
        cells = [cells[place].strip() for cells in records if place < len(cells)]
        held = [cell for cell in cells if cell]
        matches = sum(TYPED.fullmatch(cell) is not None for cell in held)
        if len(held) >= 2 and matches >= MOSTLY * len(held):
            kinds.append(place)
    return kinds


def _more(top: list[str], below: Sequence[list[str]]) -> int:
    """Return how many records below the first header row belong to the header."""
    for number, cells in enumerate(below[:2]):
        if _import_ids(cells):
            return number + 1
    if not below:
        return 0
    second, rest = below[0], below[1:]
    if _repeats(top, second, rest) or _fills(top, second):
        return 1
    return _names_of_numbers(below)


def _names_of_numbers(below: Sequence[list[str]]) -> int:
    """Return how many records name columns that hold nothing but numbers and dates below."""
    count = 0
    while count < MAX_HEADER_ROWS - 1 and len(below) > count + 2:
        cells = below[count]
        typed = [place for place in _typed(below[count + 1 :]) if place < len(cells)]
        held = [cells[place] for place in typed if cells[place].strip()]
        if len(held) < 2 or len(held) * 2 < len(typed) or not all(map(_names, held)):
            break
        count += 1
    return count


def _names(cell: str) -> bool:
    cell = cell.strip()
    return any(map(str.isalpha, cell)) and not TYPED.fullmatch(cell) and cell.lower() not in NAUGHT


def _import_ids(cells: list[str]) -> bool:
    return any(IMPORT_ID.match(cell) for cell in cells)


def _repeats(top: list[str], second: list[str], rest: Sequence[list[str]]) -> bool:
    """Say whether the second record says names of the first again, as Qualtrics does."""
    first = {cell.strip() for cell in top if len(cell.strip()) > 2}
    again = sum(cell.strip() in first for cell in second)
    later = max((sum(cell.strip() in first for cell in cells) for cells in rest), default=0)
    legacy = (top[0], second[0]) == ("V1", "ResponseID")
    return legacy or (again >= 3 and again > 2 * later)


def _fills(top: list[str], second: list[str]) -> bool:
    """Say whether the second record fills the gaps of the first: questions over choices."""
    last = max(filled(top), default=0)
    gaps = [place for place in range(last) if not top[place].strip()]
    held = [place for place in gaps if place < len(second) and second[place].strip()]
    choices = sum(cell.strip().lower() in NO_CHOICE for cell in second)
    names = all(_names(second[place]) for place in held)
    empty = not (second and second[0].strip())
    return len(held) >= 2 and names and (choices > 0 or empty) and len(held) * 2 > len(gaps)


def columns(rows: Sequence[list[str]], width: int) -> list[Column]:
    """Return the columns that the header rows name; what has no name is “Column N”."""
    rows = [[*cells, *[""] * (width - len(cells))] for cells in rows]
    spoken = [cells for cells in rows if not _import_ids(cells)] or rows
    full = _filled_forward(spoken)
    taken: set[str] = set()
    parts = ([cells[place] for cells in full] for place in range(width))
    return [_column(place, texts, spoken, taken) for place, texts in enumerate(parts)]


def _filled_forward(rows: Sequence[list[str]]) -> list[list[str]]:
    """Carry each text of an upper row over the gap on its right that a lower row divides."""
    full: list[list[str]] = []
    for number, cells in enumerate(rows):
        below = rows[number + 1 :]
        carried, out = "", []
        for place, cell in enumerate(cells):
            begins = any(upper[place].strip() for upper in rows[:number])
            divided = any(lower[place].strip() for lower in below)
            carried = cell if cell.strip() or begins or not divided else carried
            out.append(carried if below else cell)
        full.append(out)
    return full


def _column(place: int, parts: Sequence[str], rows: Sequence[list[str]], taken: set[str]) -> Column:
    texts = list(dict.fromkeys(" ".join(part.split()) for part in parts if part.strip()))
    if len(texts) > 1:
        texts = [part for part in texts if part.lower() not in NO_CHOICE] or texts[:1]
    keyed = len(rows) > 1 and _is_keyed(rows)
    name = " ".join(parts[0].split()) if keyed and parts[0].strip() else " – ".join(texts)
    title = " – ".join(texts[1:] or texts) if keyed else " – ".join(texts)
    name = unique(name, taken) if name else unnamed(place, taken)
    return Column(name, title or name, place)


def _is_keyed(rows: Sequence[list[str]]) -> bool:
    """Say whether the first row is a name for each column, and not questions over choices."""
    places = {place for cells in rows for place in filled(cells)}
    return all(rows[0][place].strip() for place in places)


def unique(name: str, taken: set[str]) -> str:
    """Return the name, numbered where it was given before, and note it as given."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    taken.add(free)
    return free


def unnamed(place: int, taken: set[str]) -> str:
    """Return the name of a column without one: “Column N”, and note it as given."""
    name = f"Column {place + 1}"
    while name in taken:
        name += "′"
    taken.add(name)
    return name
