"""Layouts that are known by their exact header, each with what its columns are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.imports import mapping as mappings

Columns = Sequence[Mapping[str, Any]]
Inspection = Mapping[str, Any]


@dataclass(frozen=True)
class Profile:
    """A known layout: whether some columns are it, and the mapping of a file that is."""

    name: str
    title: str
    fits: Callable[[Columns], bool]
    mapping: Callable[[Columns, Inspection], mappings.Mapping]


PROFILES: tuple[Profile, ...] = ()


def recognised(columns: Columns, inspection: Inspection) -> Profile | None:
    """Return the layout that the columns are, None where they are none."""
    return next((one for one in PROFILES if one.fits(columns)), None)


def named(name: str) -> Profile:
    """Return a layout by name. Raises BadInput for an unknown one."""
    found = next((one for one in PROFILES if one.name == name), None)
    if found is None:
        raise BadInput(
            _("There is no layout “%(name)s”. There are: %(names)s."),
            field="profile",
            name=name,
            names=", ".join(one.name for one in PROFILES),
        )
    return found
