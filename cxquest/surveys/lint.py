"""Looking over a question before customers read it: is it about us, does it lead them? Pure.

It knows English, German, French and Spanish, and the words for "we" in some more languages. It
only warns: the person who writes the survey knows better.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from cxquest.core.errors import marked as _


class Fault(StrEnum):
    """What may be wrong with a question."""

    SELF = "self"
    BRAND = "brand"
    LEADING = "leading"
    ABSOLUTE = "absolute"
    DOUBLE = "double"


SAID = {
    Fault.SELF: _("“%(word)s” makes it a question about us, not about what the customer wanted."),
    Fault.BRAND: _("“%(word)s” is our own name: the question is about us."),
    Fault.LEADING: _("“%(word)s” tells the customer what to answer."),
    Fault.ABSOLUTE: _("“%(word)s” leaves no room for most of the time, or for some of it."),
    Fault.DOUBLE: _("“%(word)s” may join two questions, and the answer fits only one of them."),
}
BETTER = {
    Fault.SELF: _("Ask about their goal: “How well was that goal supported?”"),
    Fault.BRAND: _("Leave the name out, and ask what they were trying to do."),
    Fault.LEADING: _("Ask “how well” or “what”, so that a bad answer is as easy as a good one."),
    Fault.ABSOLUTE: _("Leave the word out, or ask how often."),
    Fault.DOUBLE: _("Ask for one thing; the next question can ask for the other."),
}


@dataclass(frozen=True)
class Caution:
    """A word at fault as it stands in the question, what it does there, and a better way."""

    fault: Fault
    word: str

    @property
    def said(self) -> str:
        """What the word does there, with a place for the word."""
        return SAID[self.fault]

    @property
    def better(self) -> str:
        """How the question can be asked instead."""
        return BETTER[self.fault]


def _any_of(*lists: str) -> re.Pattern[str]:
    """Return what finds whole words and phrases, the longest first, whatever their capitals."""
    words = sorted((word for some in lists for word in some.split("|")), key=len, reverse=True)
    spaced = (re.escape(word).replace(r"\ ", r"\s+") for word in words)
    return re.compile(rf"(?<![\w'])(?:{'|'.join(spaced)})(?!\w)", re.IGNORECASE)


_SELVES = _any_of(
    "we|us|our|ours|ourselves|we're|we've|we'll|we'd",
    "wir|uns|unser|unsere|unserer|unseres|unserem|unseren|unsre|unsrer|unseretwegen",
    "nous|notre|nos|nôtre|nôtres|chez nous",
    "nosotros|nosotras|nuestro|nuestra|nuestros|nuestras|nos",
    "noi|nostro|nostra|nostri|nostre|nosso|nossa|nossos|nossas|nós",
    "wij|ons|onze|vores|våre|vårt|vår|våra",
)
_LEADING = _any_of(
    "how great|how good|how happy|how pleased|how satisfied|how delighted|how easy|how helpful|"
    "how friendly|how fast|how quick|how much did you like|how much did you love|"
    "how much did you enjoy|don't you agree|do you agree|would you agree|wouldn't you|don't you|"
    "didn't you|isn't it|wasn't it|aren't you|won't you|can't you|surely|obviously|"
    "of course|as you know|excellent|great|amazing|awesome|outstanding|wonderful|fantastic|"
    "superb|brilliant|perfect|award-winning|world-class|delightful|love|loved|enjoy|enjoyed",
    "wie toll|wie gut gefällt|wie zufrieden|wie begeistert|wie freundlich|wie einfach|"
    "wie schnell|wie sehr mögen|finden sie nicht auch|nicht wahr|stimmen sie zu|"
    "sind sie nicht auch|sicherlich|bestimmt|natürlich|selbstverständlich|offensichtlich|"
    "hervorragend|hervorragende|hervorragenden|hervorragender|hervorragendes|ausgezeichnet|"
    "ausgezeichnete|ausgezeichneten|ausgezeichneter|ausgezeichnetes|toll|tolle|tollen|toller|"
    "tolles|großartig|großartige|großartigen|großartiger|großartiges|wunderbar|wunderbare|"
    "exzellent|exzellente|exzellenten|perfekt|perfekte|perfekten|erstklassig|erstklassige",
    "à quel point|n'est-ce pas|ne trouvez-vous pas|ne pensez-vous pas|êtes-vous d'accord|"
    "bien sûr|évidemment|certainement|sans doute|excellent|excellente|excellents|excellentes|"
    "formidable|génial|géniale|merveilleux|merveilleuse|fantastique|parfait|parfaite|superbe|"
    "exceptionnel|exceptionnelle|adoré",
    "qué tan bueno|qué tan buena|qué tan satisfecho|qué tan satisfecha|cuánto le gustó|"
    "cuánto le encantó|no le parece|no cree|no está de acuerdo|está de acuerdo|verdad|"
    "por supuesto|desde luego|claro que|obviamente|seguramente|excelente|excelentes|estupendo|"
    "estupenda|maravilloso|maravillosa|fantástico|fantástica|perfecto|perfecta|genial|"
    "magnífico|magnífica",
)
_ABSOLUTE = _any_of(
    "always|never|every|everyone|everybody|everything|nobody|no one|none|completely|totally|"
    "absolutely|entirely|all of",
    "immer|nie|niemals|jeder|jede|jedes|jedem|jeden|alle|allen|alles|niemand|völlig|absolut|"
    "stets|jederzeit",
    "toujours|jamais|tous|toutes|tout le monde|personne ne|totalement|absolument|entièrement",
    "siempre|nunca|jamás|todo|todos|toda|todas|todo el mundo|nadie|ninguno|ninguna|totalmente|"
    "absolutamente",
)
_JOINING = {
    "en": _any_of("and|or|as well as|and/or"),
    "de": _any_of("und|oder|sowie"),
    "fr": _any_of("et|ou|ainsi que"),
    "es": _any_of("y|e|o|u|así como"),
}
_APOSTROPHES = str.maketrans({"’": "'", "ʼ": "'", "‘": "'"})
_LEGAL = frozenset(
    {"inc", "ltd", "llc", "plc", "gmbh", "ag", "kg", "se", "sa", "sas", "sarl", "sl", "bv", "nv"}
    | {"ab", "as", "asa", "aps", "oy", "spa", "srl", "co", "corp", "company", "group", "gruppe"}
    | {"holding", "the", "and", "und", "et", "y", "of", "de", "la", "le", "du", "der", "die"}
)


def warnings(text: str, name: str = "", language: str = "en") -> tuple[Caution, ...]:
    """Return what may be wrong with a question, in the order of the words; `name` is our own.

    Whole words only: "however" and "hour" hold no "we" and no "our". Words that join are those
    of the survey's language: the French "y" joins nothing.
    """
    plain = unicodedata.normalize("NFC", text).translate(_APOSTROPHES)
    places = sorted((start, -end, fault) for fault, start, end in _found(plain, name, language))
    found, last = [], 0
    for start, back, fault in places:
        if start >= last:  # what stands within another is part of it
            found.append(Caution(fault, plain[start:-back]))
            last = -back
    return tuple(dict.fromkeys(found))


def _found(text: str, name: str, language: str) -> Iterator[tuple[Fault, int, int]]:
    """Yield faults and where they stand."""
    for fault, words in (
        (Fault.DOUBLE, _JOINING.get(language, _JOINING["en"])),
        (Fault.ABSOLUTE, _ABSOLUTE),
        (Fault.LEADING, _LEADING),
    ):
        yield from ((fault, *match.span()) for match in words.finditer(text))
    yield from _second_question(text)
    for match in _SELVES.finditer(text):
        if match[0] != "US":  # the country is none of us
            yield Fault.SELF, *match.span()
    for pattern in _names(name):
        yield from ((Fault.BRAND, *match.span()) for match in pattern.finditer(text))


def _second_question(text: str) -> Iterator[tuple[Fault, int, int]]:
    """Yield the second question mark after which, and before which, words stand."""
    marks = [match.span() for match in re.finditer(r"[?؟？]+", text)]
    if len(marks) > 1:
        yield Fault.DOUBLE, *marks[1]


def _names(name: str) -> Iterable[re.Pattern[str]]:
    """Return what finds our name: whole in any capitals, a word of it in its own or all capitals.

    "Home" in "Halden Home" is a brand, "home" is where customers live.
    """
    plain = unicodedata.normalize("NFC", name).translate(_APOSTROPHES)
    parts = [part for part in re.findall(r"[\w'&+-]+", plain) if part.lower() not in _LEGAL]
    if parts:
        whole = r"\W+".join(re.escape(part) for part in parts)
        yield re.compile(rf"(?<!\w){whole}s?(?!\w)", re.IGNORECASE)
    for part in parts:
        if len(part) >= 3 and part != part.lower():
            yield re.compile(rf"(?<!\w)(?:{re.escape(part)}|{re.escape(part.upper())})s?(?!\w)")
