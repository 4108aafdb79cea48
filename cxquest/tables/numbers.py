"""Numbers as files write them, with the decimal sign that a person chose; never guessed."""

import re
from decimal import Decimal
from functools import lru_cache

LONGEST = 60
SPACE = "[ \u00a0\u2009\u202f]"


def _pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    groups = rf"[0-9]{{1,3}}(?P<sign>{thousands}|'|’|{SPACE})[0-9]{{3}}(?:(?P=sign)[0-9]{{3}})*"
    return re.compile(rf"(?:[0-9]+|{groups})?(?:{decimal}[0-9]*)?(?:[eE][-+]?[0-9]{{1,3}})?")


SIGNS = {".": _pattern(r"\.", ","), ",": _pattern(",", r"\.")}
MINUS = re.compile("^[-−–]" + f"{SPACE}?")


@lru_cache(maxsize=8192)
def number(text: str, decimal: str = ".") -> Decimal | None:
    """Return the number that `text` writes with `decimal` as its sign, None where it is none.

    Takes thousands signs between groups of three digits, a percent sign (passed over: 26 %
    is 26) and a typographic minus. `decimal` is "." or ",".
    """
    text = text.strip()
    if len(text) > LONGEST:
        return None
    text = text.removesuffix("%").rstrip()
    digits = MINUS.sub("", text).removeprefix("+")
    if not digits.lstrip(".,")[:1].isdigit() or SIGNS[decimal].fullmatch(digits) is None:
        return None
    other = "." if decimal == "," else ","
    plain = re.sub(rf"['’{SPACE[1:-1]}{other}]", "", digits).replace(",", ".")
    return -Decimal(plain) if MINUS.match(text) else Decimal(plain)
