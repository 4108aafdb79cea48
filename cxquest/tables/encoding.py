"""Which encoding a text is in: a guess, and sample lines by which a person can tell."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO

from charset_normalizer import from_bytes

from cxquest.tables import text

MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
WESTERN = ("cp1252", "mac_roman")
JAPANESE = ("cp932", "euc_jp")
RARE = ("mac_cyrillic", "mac_greek", "mac_latin2", "mac_iceland", "mac_turkish", "cp1252", "kz1048")
OFFERED = ("utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", *WESTERN, "latin-1")
EVIDENCE = 60_000  # bytes of lines that are not ASCII
SAMPLE_LINES = 5
SAMPLE_LETTERS = 160
SURE = 0.4  # of the letters that are not ASCII look as Western texts have them
FEW = 12  # bytes beyond ASCII that prove nothing
NOT_ASCII = re.compile(rb"[\x80-\xff]")
LINE_END = re.compile(rb"[\r\n]")
LONG_LINE = 2_000
BEYOND_ASCII = re.compile("[\x00-\x7f]+")

USUAL = set("àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿßœšžÀÁÂÄÅÆÇÈÉÊÍÎÑÓÔÖØÙÚÜŒŠŽ")
CLOSING = set("’–—…”“®™°\u00a0»")
SIGNS = set("€£§°–—‘’“”„…•«»¿¡·®©™´½¼²³ºª×\u00a0")


@dataclass(frozen=True)
class EncodingSample:
    """How lines of a file look in an encoding, and how many of its places it cannot read."""

    encoding: str
    lines: tuple[str, ...]
    undecodable: int

    def as_json(self) -> dict[str, Any]:
        """Return the fields as JSON can hold them."""
        return {**vars(self), "lines": list(self.lines)}


def guess(file: BinaryIO) -> str:
    """Return the likeliest encoding of a text file."""
    start = next(text.pieces(file), b"")
    for mark, encoding in MARKS:
        if start.startswith(mark):
            return encoding
    wide = _without_mark(start)
    if wide:
        return wide
    wrong, right = _utf8(file)
    return "utf-8" if not wrong or right > 4 * wrong else _eight_bits(_evidence(file))


def _without_mark(start: bytes) -> str:
    """Return UTF-16 of one order where every second byte is often zero, else nothing."""
    start = start[:4096]
    first, second = start[0::2].count(0), start[1::2].count(0)
    least = max(3, len(start) // 40)
    if second > max(least, 20 * first):
        return "utf-16-le"
    return "utf-16-be" if first > max(least, 20 * second) else ""


def _utf8(file: BinaryIO) -> tuple[int, int]:
    """Count the places that are not UTF-8 and the letters beyond ASCII that are."""
    marks = beyond = noughts = 0
    for block in text.blocks(file, "utf-8"):
        if not block.isascii():
            marks += block.count(text.MARK)
            beyond += len(BEYOND_ASCII.sub("", block))
    if marks:  # a NUL is marked too, and says nothing of the encoding
        noughts = sum(piece.count(0) for piece in text.pieces(file))
    return marks - noughts, beyond - marks


def _evidence(file: BinaryIO) -> bytes:
    """Return lines of the whole file that hold something else than ASCII."""
    found: list[bytes] = []
    for piece in text.pieces(file):
        found += islice(_beyond_ascii(piece), 200)
        if sum(map(len, found)) > EVIDENCE:
            break
    return b"\n".join(found)


def _beyond_ascii(piece: bytes) -> Iterator[bytes]:
    """Yield the lines that hold a byte beyond ASCII; of a long one the part around it."""
    end = 0
    while (found := NOT_ASCII.search(piece, end)) is not None:
        at = found.start()
        start = max(piece.rfind(b"\n", end, at), piece.rfind(b"\r", end, at), end - 1) + 1
        ending = LINE_END.search(piece, at, at + LONG_LINE)
        end = ending.start() if ending else min(len(piece), at + LONG_LINE)
        yield piece[max(start, at - LONG_LINE) : end]


def _eight_bits(evidence: bytes) -> str:
    """Return a Western encoding where its letters make words, else what else fits."""
    looks = {encoding: _western(evidence.decode(encoding, text.ERRORS)) for encoding in WESTERN}
    best = max(WESTERN, key=looks.__getitem__)
    if looks[best] >= SURE or sum(byte > 127 for byte in evidence) < FEW:
        return best
    for encoding in JAPANESE:
        if _kana(evidence.decode(encoding, text.ERRORS)) >= SURE / 2:
            return encoding
    return next(iter(_others(evidence)), best)


def _others(evidence: bytes) -> list[str]:
    """Return what else the lines may be in, the likeliest first."""
    lines = evidence[:20_000].rpartition(b"\n")[0] or evidence[:20_000]
    if not lines:
        return []
    found = from_bytes(lines, cp_exclusion=list(RARE))
    return [match.encoding for match in found if not match.encoding.startswith("utf")]


def _kana(letters: str) -> float:
    """Return which share of the letters beyond ASCII are Japanese syllables."""
    beyond = [letter for letter in letters if letter > "\x7f"]
    kana = sum("\u3040" <= letter <= "\u30ff" for letter in beyond)
    return kana / len(beyond) if beyond and text.MARK not in letters else 0.0


def _western(letters: str) -> float:
    """Return from -3 to 1 how much the letters beyond ASCII look like a Western text."""
    points, count = 0.0, 0
    before = " "
    for letter in letters:
        if letter > "\x7f":
            count += 1
            points += _likely(before, letter)
        before = letter
    return points / count if count else 0.0


def _likely(before: str, letter: str) -> float:
    if letter == text.MARK or "\x80" <= letter <= "\x9f":
        return -3.0
    if before > "\x7f" and letter not in CLOSING:
        return -1.0  # Western texts rarely have two such letters in a row
    if letter in SIGNS:
        return 0.5 if letter in CLOSING or not before.isalpha() else -1.0
    return -1.0 if letter not in USUAL or (letter.isupper() and before.islower()) else 1.0


def samples(file: BinaryIO) -> list[EncodingSample]:
    """Return the file's lines with letters beyond ASCII in each encoding; the guess first."""
    own = guess(file)
    evidence = _evidence(file)
    offered = dict.fromkeys([own, *OFFERED, *_others(evidence)[:3]])
    kept = [encoding for encoding in offered if encoding == own or _fits(file, encoding)]
    return [_sample(file, encoding) for encoding in kept]


def _fits(file: BinaryIO, encoding: str) -> bool:
    """Say whether an encoding with a mark or with two bytes a letter is possible here."""
    start = next(text.pieces(file), b"")
    if encoding == "utf-8-sig":
        return start.startswith(b"\xef\xbb\xbf")
    if encoding.startswith(("utf-16", "utf_16", "utf-32", "utf_32")):
        return b"\x00" in start[:4096]
    return True


def _sample(file: BinaryIO, encoding: str) -> EncodingSample:
    lines: list[str] = []
    undecodable = 0
    for block in text.blocks(file, encoding):
        undecodable += block.count(text.MARK)
        if len(lines) < SAMPLE_LINES and not block.isascii():
            lines += islice(_telling(block), SAMPLE_LINES - len(lines))
    return EncodingSample(encoding, tuple(lines), undecodable)


def _telling(block: str) -> Iterator[str]:
    """Yield the parts of a text around its letters beyond ASCII, one a line."""
    for line in block.splitlines():
        at = next((place for place, letter in enumerate(line) if letter > "\x7f"), -1)
        if at >= 0:
            start = max(0, at - SAMPLE_LETTERS // 2)
            yield text.readable(line[start : start + SAMPLE_LETTERS]).strip()
