"""What a survey asks, in its fixed order with the customer's goal first. Pure.

The five questions and a few words around them can be changed for each survey; the rest of the
customers' page is in `words`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.surveys.words import DEFAULTS, LANGUAGES, Words

LOW, HIGH = 1, 7  # how well the goal was supported; the highest is best
MOST_SAID = 4000  # characters of one answer


@dataclass(frozen=True)
class Text:
    """A text of a survey that can be changed: its name, what it is for, its most characters."""

    name: str
    purpose: str
    most: int
    asks: bool = False


GOAL = Text("goal", _("First question: the customer's goal"), 300, asks=True)
SUPPORT = Text(
    "support", _("Second question, from 1 to 7: how well it was supported"), 300, asks=True
)
HELPED = Text("helped", _("Third question: what helped"), 300, asks=True)
HINDERED = Text("hindered", _("Fourth question: what hindered"), 300, asks=True)
NEXT = Text("next", _("Fifth question: what comes next"), 300, asks=True)
QUESTIONS = (GOAL, SUPPORT, HELPED, HINDERED, NEXT)
TEXTS = (
    Text("heading", _("Heading of the page"), 120),
    Text("lead", _("What stands under the heading"), 400),
    GOAL,
    SUPPORT,
    Text("low", _("Words at the 1"), 60),
    Text("high", _("Words at the 7"), 60),
    HELPED,
    HINDERED,
    NEXT,
    Text("thanks", _("What customers read when they have answered"), 400),
)
SAID = tuple(question.name for question in QUESTIONS if question is not SUPPORT)


def defaults(language: str) -> dict[str, str]:
    """Return the texts that a new survey begins with, and its language."""
    known = language if language in LANGUAGES else "en"
    return {"language": known, **{text.name: DEFAULTS[known][text.name] for text in TEXTS}}


def worded(texts: Mapping[str, str]) -> dict[str, str]:
    """Return a survey's texts, those that are not there as a new survey has them."""
    begun = defaults(texts.get("language", "en"))
    given = {text.name: texts.get(text.name) or begun[text.name] for text in TEXTS}
    return {**begun, **given}


def checked(texts: Mapping[str, str]) -> dict[str, str]:
    """Return the texts trimmed. Raises BadInput for an empty one and for one that is too long."""
    found = {text.name: " ".join(texts.get(text.name, "").split()) for text in TEXTS}
    for text in TEXTS:
        if not found[text.name]:
            raise BadInput(_("Write this text; a customer reads it."), field=text.name)
        if len(found[text.name]) > text.most:
            raise BadInput(_("Use at most %(most)s characters."), field=text.name, most=text.most)
    return found


def words(texts: Mapping[str, str]) -> Words:
    """Return the words of the customers' page that are the same for all surveys of a language."""
    return LANGUAGES[worded(texts)["language"]]
