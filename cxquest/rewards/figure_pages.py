"""Numbers of a rulebook as pages write them: per cent, multipliers, points; a breach in words."""

import re
from fractions import Fraction

from flask_babel import gettext as _

from cxquest.rewards.law import Breach
from cxquest.web.filters import number
from cxquest.web.labels import LABELS, label

PARTS = frozenset({"share", "weight", "attainment_floor", "individual_part"})
MULTIPLIERS = frozenset({"work", "cause"})
IN_PER_CENT = frozenset({"C3", "C4", "C5"})
OF_GATES = frozenset({"C1", "C2", "C9"})  # what is worked out for cases says which, in keys
SIZES = frozenset({"S", "M", "L", "XL"})


def part(of_one: Fraction | int) -> str:
    """Return a part of 1 as a percentage with at most two places."""
    return str(_("%(n)s %%", n=number(Fraction(of_one) * 100, 2)))


def figure(value: Fraction | int, name: str) -> str:
    """Return a number of the formula by the table or the field that it stands in."""
    if name in PARTS:
        return part(value)
    if name in MULTIPLIERS:
        return str(_("× %(n)s", n=number(Fraction(value), 4)))
    if name == "base":
        return str(_("%(n)s points", n=number(value, 0)))
    return number(Fraction(value), 4)


def row_name(key: str) -> str:
    """Return what a row of the formula's tables is called."""
    words = {
        "S": _("S (small)"),
        "M": _("M (medium)"),
        "L": _("L (large)"),
        "XL": _("XL (very large)"),
    }
    return str(words[key]) if key in SIZES else label(key)


def of_article(value: Fraction | None, article: str) -> str:
    """Return a number that an article compares."""
    if value is None:
        return "–"
    return part(value) if article in IN_PER_CENT else number(value, 4)


def compared(breach: Breach) -> str:
    """Return a breach's two numbers as a sentence."""
    found, limit = (of_article(one, breach.article) for one in (breach.found, breach.limit))
    return str(_asked(breach) % {"found": found, "limit": limit})


def _asked(breach: Breach) -> str:
    """Return how the number had to compare; where both are equal, the rule's words tell."""
    if breach.found < breach.limit:
        return str(_("is %(found)s, must be at least %(limit)s"))
    if breach.found > breach.limit:
        return str(_("is %(found)s, must be at most %(limit)s"))
    if " below " in breach.rule or "never pays less" in breach.rule:
        return str(_("is %(found)s, must be less than %(limit)s"))
    return str(_("is %(found)s, must be more than %(limit)s"))


def case(breach: Breach) -> str:
    """Return where a rulebook breaks an article, in words."""
    if breach.article not in OF_GATES:
        return breach.where
    return re.sub(r"\w+", lambda one: label(one[0]) if one[0] in LABELS else one[0], breach.where)
