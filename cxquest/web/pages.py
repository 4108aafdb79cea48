"""Paginated lists whose filters live in the URL."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select

from cxquest.extensions import db

PER_PAGE = 25
MOST_PAGES = 40  # of a list without an end; who looks further filters
OWN = frozenset({"endpoint", "page", "values"})


@dataclass(frozen=True)
class Slice:
    """A page of a list that is whole in memory, as the pagination macro asks for it."""

    everything: Sequence[Any]
    page: int

    @property
    def items(self) -> Sequence[Any]:
        """What stands on this page."""
        first = (self.page - 1) * PER_PAGE
        return self.everything[first : first + PER_PAGE]

    @property
    def total(self) -> int:
        """How many there are on all pages."""
        return len(self.everything)

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return -(-self.total // PER_PAGE)

    @property
    def has_prev(self) -> bool:
        """Whether a page stands before this one."""
        return self.page > 1

    @property
    def has_next(self) -> bool:
        """Whether a page stands after this one."""
        return self.page < self.pages


def page_of(rows: Select[Any], per_page: int = PER_PAGE) -> Pagination:
    """Return the page that the URL asks for; one past the end is empty, never an error.

    Only for a select of one entity: Flask-SQLAlchemy would drop further columns.
    """
    return db.paginate(rows, page=number(), per_page=per_page, max_per_page=100, error_out=False)


@dataclass(frozen=True)
class Stretch:
    """A page of a list that nobody counts to its end.

    `known` rows were seen to be there; `more` says whether there are others besides.
    """

    items: Sequence[Any]
    page: int
    known: int
    more: bool

    @property
    def has_prev(self) -> bool:
        """Whether a page stands before this one."""
        return self.page > 1

    @property
    def has_next(self) -> bool:
        """Whether a page stands after this one that may be turned to."""
        return self.more and not self.is_last

    @property
    def is_last(self) -> bool:
        """Whether nobody turns further, however much there is."""
        return self.page >= MOST_PAGES


def stretch(
    ids: Callable[[int], Sequence[int]], load: Callable[[Sequence[int]], Sequence[Any]]
) -> Stretch:
    """Return the page that the URL asks for: `ids` gives so many first ids, `load` their rows."""
    page = min(number(), MOST_PAGES)
    most = page * PER_PAGE
    found = ids(most + 1)
    items = load(found[(page - 1) * PER_PAGE : page * PER_PAGE])
    return Stretch(items, page, min(len(found), most), len(found) > most)


def number() -> int:
    """Return the page number in the URL, 1 where it is none."""
    asked = request.args.get("page", "1")
    return min(max(int(asked), 1), 1_000_000) if asked.isdecimal() and len(asked) < 9 else 1


def words_in(name: str) -> str:
    """Return the words that the URL looks for, no more than a person would type."""
    return request.args.get(name, "").replace("\x00", "").strip()[:200]


def filters() -> dict[str, str]:
    """Return the filters of the URL, without what `url_for` would take for its own."""
    asked = request.args.to_dict()
    return {n: v for n, v in asked.items() if n not in OWN and not n.startswith("_")}


def id_in(name: str) -> int | None:
    """Return the id that the URL gives for `name`; None where it gives none that can be one."""
    asked = request.args.get(name, "")
    return int(asked) if asked.isdecimal() and len(asked) < 10 else None


def here(**changes: Any) -> str:
    """Return this page's address with the same filters and some of them changed."""
    args = {**filters(), **(request.view_args or {}), **changes}
    return url_for(str(request.endpoint), **args)


def turner() -> Callable[[int], str]:
    """Return what the pagination macro asks for: page number to address."""
    return lambda n: here(page=n)
