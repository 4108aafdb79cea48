"""A list of people as a CSV file: what its columns mean and what is wrong with a row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.people.models import Role

COLUMNS = ("name", "email", "department", "role", "coach", "title", "active")
ALIASES = {
    "e-mail": "email",
    "mail": "email",
    "full name": "name",
    "first name": "given_name",
    "last name": "family_name",
    "job": "title",
    "job title": "title",
    "is_coach": "coach",
}
LONGEST = {"name": 200, "given_name": 90, "family_name": 90, "title": 120, "department": 120}
YES = frozenset({"yes", "y", "true", "1", "x"})
NO = frozenset({"", "no", "n", "false", "0"})


@dataclass(frozen=True)
class Line:
    """One row of the file, read."""

    email: str
    name: str
    title: str | None
    department: str | None
    role: Role | None
    is_coach: bool | None


def columns(header: Sequence[str]) -> dict[str, int]:
    """Return where each known column stands. Raises BadInput without e-mail or a name."""
    found: dict[str, int] = {}
    for place, cell in enumerate(header):
        name = cell.strip().lower()
        found.setdefault(ALIASES.get(name, name), place)
    if "email" not in found:
        raise BadInput(
            _("The file has no column “email”. Its columns are: %(header)s."),
            header=", ".join(header),
        )
    if "name" not in found and not {"given_name", "family_name"} & found.keys():
        raise BadInput(_("The file has no column “name”, “given_name” or “family_name”."))
    return found


def line(cells: Sequence[str], places: Mapping[str, int]) -> Line:
    """Read one row; an absent column is None. Raises BadInput naming the column at fault."""

    def cell(name: str) -> str | None:
        place = places.get(name)
        if place is None:
            return None
        return cells[place].strip() if place < len(cells) else ""

    parts = [cell("given_name") or "", cell("family_name") or ""]
    name = cell("name") or " ".join(part for part in parts if part)
    if not name:
        raise BadInput(_("The name is empty."), field="name")
    for field, most in LONGEST.items():
        if len(cell(field) or "") > most:
            raise BadInput(_("Use %(most)s characters at the most."), field=field, most=most)
    if not cell("email"):
        raise BadInput(_("The e-mail address is empty."), field="email")
    return Line(
        email=cell("email") or "",
        name=name,
        title=cell("title"),
        department=cell("department"),
        role=_role(cell("role")),
        is_coach=_yes(cell("coach")),
    )


def _role(said: str | None) -> Role | None:
    if not said:
        return None
    try:
        return Role(said.lower())
    except ValueError:
        raise BadInput(_("A role is employee, executive or administrator."), field="role") from None


def _yes(said: str | None) -> bool | None:
    if said is None:
        return None
    if said.lower() not in YES | NO:
        raise BadInput(_("Write yes or no."), field="coach")
    return said.lower() in YES
