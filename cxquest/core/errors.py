"""What the product says no with. The web turns these into pages, the commands into messages."""

from collections.abc import Sequence
from dataclasses import dataclass


def marked(text: str) -> str:
    """Return `text` unchanged; marks it for translation where no request is at hand."""
    return text


@dataclass(frozen=True)
class Missing:
    """One thing that a step still needs: what, who can supply it, where on the page it is.

    `detail` names those whom it is missing from.
    """

    text: str
    who: str
    anchor: str
    done: bool = False
    detail: str = ""


class Refusal(Exception):
    """A person asked for something that cannot be done now; says why and what would help.

    `text` is an English sentence with `%(name)s` places, `values` fills them: the web
    translates the sentence before it fills it. `missing` lists what a step still needs.
    """

    status = 409

    def __init__(self, text: str, *, missing: Sequence[Missing] = (), **values: object) -> None:
        super().__init__(text % values if values else text)
        self.text = text
        self.values = values
        self.missing = tuple(missing)


class NotAllowed(Refusal):
    """The person may see the thing, but not do this to it."""

    status = 403


class BadInput(Refusal):
    """What was sent cannot be read; `field` names the input it was found in."""

    status = 422

    def __init__(self, text: str, *, field: str = "", **values: object) -> None:
        super().__init__(text, missing=(), **values)
        self.field = field
