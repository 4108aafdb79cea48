"""Which of several comments are the most typical of them. Pure."""

from collections import Counter
from collections.abc import Sequence

from cxquest.voice.asking import words_of

GRAM = 4  # letters; parts of words serve every language, those without spaces too
SHORT = 40  # letters, below which a comment says too little to stand for others


def typical(texts: Sequence[str], most: int) -> list[int]:
    """Return the places of the texts that share most with the others, the best first.

    A text counts what its parts have in common with the others, for its own length, so that
    neither a long nor a very short one leads; of equal texts only the first is taken.
    """
    parts = [_parts(text) for text in texts]
    often = Counter(part for own in parts for part in own)
    first = {text: place for place, text in reversed(list(enumerate(texts)))}
    places = [place for place in first.values() if parts[place]]
    return sorted(places, key=lambda place: (-_shared(parts[place], often), place))[:most]


def _shared(own: frozenset[str], often: Counter[str]) -> float:
    return sum(often[part] - 1 for part in own) / max(len(own), SHORT)


def _parts(text: str) -> frozenset[str]:
    joined = " ".join(word.folded for word in words_of(text))
    return frozenset(joined[at : at + GRAM] for at in range(max(1, len(joined) - GRAM + 1))) - {""}
