"""Key phrases of themes, found in texts: whole words, in any case and form."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cxquest.themes.folding import normal

# Thai to Myanmar, Khmer, kana, and Chinese characters: written without spaces between words.
UNSPACED = "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
_EDGE = f"[^\\W{UNSPACED}]"  # a letter that has to end where the phrase does


@dataclass(frozen=True)
class Phrases:
    """The key phrases of several themes, by the themes' ids."""

    patterns: Mapping[int, re.Pattern[str]]

    @classmethod
    def of(cls, phrases: Mapping[int, Iterable[str]]) -> "Phrases":
        """Return what finds these phrases; blank ones, and themes without any, are passed over."""
        said = {key: sorted(filter(None, map(normal, some))) for key, some in phrases.items()}
        return cls({key: _pattern(some) for key, some in said.items() if some})

    def themes(self, text: str) -> list[int]:
        """Return the themes of which a phrase is in the text."""
        plain = normal(text)
        return [key for key, pattern in self.patterns.items() if pattern.search(plain)]


def _pattern(phrases: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(_bounded(phrase) for phrase in phrases))


def _bounded(phrase: str) -> str:
    before = f"(?<!{_EDGE})" if re.match(_EDGE, phrase[0]) else ""
    after = f"(?!{_EDGE})" if re.match(_EDGE, phrase[-1]) else ""
    return f"{before}{re.escape(phrase)}{after}"
