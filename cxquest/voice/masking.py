"""Hiding contact data inside texts: e-mail addresses, phone numbers, payment cards. Pure.

An e-mail address is what stands around an `@` up to a name with a dot. A card is 13 to 19 digits,
together or in groups with single spaces or dashes, whose check digit fits (Luhn, ISO/IEC 7812-1)
and that does not begin with 0. A phone number has 7 to 15 digits and the form of one:

- it begins with + or 00, or with the 0 of a national number;
- it is grouped as phone numbers are: 212-555-1234, 22 33 44 55, 612 345 678;
- it stands after a word such as "call" or "Tel.";
- it is 10 or 11 digits in one piece.

Years, dates, times and amounts have none of these forms. A number that is called an order, a
ticket or the like, or that stands beside a currency, is not a phone number unless it begins
with +.
"""

import re
from collections.abc import Callable, Iterator
from itertools import accumulate

EMAIL, PHONE, CARD = "[e-mail]", "[phone]", "[card]"

_LETTER = r"A-Za-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u04FF"
_LOCAL = rf"{_LETTER}0-9.!#$%&'*+/=?^_`{{|}}~\-"
# Every repetition is possessive or bounded, so that no text takes more than linear time.
_EMAIL = re.compile(
    rf"(?:(?<![{_LOCAL}])[{_LOCAL}]++|(?<!\w)(?:(?![{_LOCAL}])\w)++)"
    rf"@(?:[{_LETTER}0-9\-]{{1,63}}+\.)+(?:xn--[A-Za-z0-9\-]{{1,59}}+|[{_LETTER}]{{2,63}}+)"
)
_DIGITS = re.compile(r"(?<!\d)\d++(?:[ \u00a0\u202f\-\u2010\u2011]\d++)*+")
_SEP = r"[ \u00a0\u202f()./\-\u2010\u2011]"
_FREE = r"(?<![^\W_])(?<!\d[.,/:\-])"
_DATE = "|".join(
    rf"\d{{1,2}}{sep}\d{{1,2}}{sep}(?:(?:19|20)\d\d(?!\d)|\d\d(?!\d|{sep}\d))"
    for sep in (" ", r"\.", "/", "-")
)
_WORDS = (
    r"tel|telephone|telefon|telefono|teléfono|telefone|téléphone|phone|mobile|mobil|mobiel|"
    r"cell|fax|whatsapp|handy|call|ring|text|reach|dial|anrufen|rufnummer|appelez|llamar|"
    r"móvil|bel|ring|puhelin|numéro|portable|cellulare|telemóvel"
)
_SHAPES = re.compile(
    rf"(?P<plus>(?<![^\W_])\+[ (]{{0,2}}\d(?:{_SEP}{{0,3}}\d){{6,14}}(?!\d))"
    rf"|{_FREE}(?:00{_SEP}?[1-9](?:{_SEP}{{0,3}}\d){{5,13}}(?!\d)"
    rf"|(?!{_DATE})(?:\(0\)[ ]?|\(?0)[1-9](?:{_SEP}{{0,3}}\d){{5,13}}(?!\d|[.,]\d|:\d)"
    r"|(?:1[ .\-])?(?:\([2-9]\d\d\)[ .\-]?|[2-9]\d\d[ .\-])\d{3}[ .\-]\d{4}(?!\d|[.,]\d)"
    r"|\d\d(?:[ \u00a0]\d\d){3,4}(?![ \u00a0]?\d|[.,]\d)"
    r"|[6-9]\d\d[ \u00a0]\d{3}[ \u00a0]\d{3}(?![ \u00a0]?\d|[.,]\d)"
    r"|\d{10,11}(?!\w|[.,]\d))"
    rf"|(?<![^\W_])(?:{_WORDS})\b[.:]?(?:[ \u00a0]+[^\s\d+(]{{1,12}}){{0,3}}+[ \u00a0:.]{{0,3}}+"
    rf"(?P<said>(?!{_DATE})\+?\(?\d(?:{_SEP}{{0,2}}\d){{6,14}}(?!\d|[.,]\d|:\d))",
    re.IGNORECASE,
)
_MONEY = r"€|\$|£|¥|kr|eur|usd|gbp|chf|dkk|nok|sek|euros?|dollars?|pounds?"
_ASIDE = re.compile(
    r"(?:#|№|\b(?:order|ordre|bestellung|bestelling|commande|pedido|ordine|ticket|case|invoice|"
    r"rechnung|factuur|faktura|facture|factura|fattura|ref|reference|booking|reservation|policy|"
    r"account|konto|claim|id|item|article|artikel|serial|tracking|parcel|contract|vertrag|"
    r"customer|kunde|iban|number|nummer|nr|no|n°))[ .:#№°\-]{0,3}"
    r"(?:(?:number|nummer|no|nr|id|is|was)[ .:#]{1,2})?$"
    rf"|(?:{_MONEY})[ \u00a0]?$",
    re.IGNORECASE,
)
_SAID_PHONE = re.compile(
    rf"\b(?:{_WORDS})[ .:\-]?(?:number|nummer|nr|no)[ .:]{{0,2}}$", re.IGNORECASE
)
_THEN_MONEY = re.compile(rf"[ \u00a0]?(?:{_MONEY})(?![^\W\d_])", re.IGNORECASE)
_ANY = re.compile(r"[@\d]")
DIGITS = range(13, 20)  # of a payment card
ZEROS = "0٠۰０"
NEAR = 32  # characters before a number that say what it is


def masked(text: str) -> str:
    """Return the text with e-mail addresses, card and phone numbers replaced by their kind."""
    if not _ANY.search(text):
        return text
    hidden = _EMAIL.sub(EMAIL, text) if "@" in text else text
    return _without(_without(hidden, _cards(hidden), CARD), None, PHONE)


def id_masked(text: str) -> str:
    """Return a source's own id, masked only where it is an address: most are mere numbers."""
    return masked(text) if "@" in text else text


def holds(text: str) -> bool:
    """Return whether a text holds contact data."""
    return masked(text) != text


def _without(text: str, spans: Iterator[tuple[int, int]] | None, word: str) -> str:
    pieces, last = [], 0
    for start, end in _phones(text) if spans is None else spans:
        pieces += [text[last:start], word]
        last = end
    return "".join([*pieces, text[last:]])


def _phones(text: str) -> Iterator[tuple[int, int]]:
    for found in _SHAPES.finditer(text):
        start, end = found.span("said") if found["said"] else found.span()
        if found["plus"] or text[start] == "+" or _stands_alone(text, start, end):
            yield start, end


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Nothing beside the number says that it is an order, an account or money."""
    before = text[max(0, start - NEAR) : start]
    if _SAID_PHONE.search(before):
        return True
    return not _ASIDE.search(before) and not _THEN_MONEY.match(text, end)


def _cards(text: str) -> Iterator[tuple[int, int]]:
    for run in _DIGITS.finditer(text):
        if run.end() - run.start() >= 13:
            yield from _cards_in(run[0], run.start())


def _cards_in(run: str, offset: int) -> Iterator[tuple[int, int]]:
    """Return the spans of cards in digits with separators: whole groups, the longest first."""
    groups = [found.span() for found in re.finditer(r"\d++", run)]
    fits = _luhn([int(letter) for letter in run if letter.isdecimal()])
    before = [0, *accumulate(end - start for start, end in groups)]
    place = 0
    while place < len(groups):
        last = None if run[groups[place][0]] in ZEROS else _longest(before, place, fits)
        if last is not None:
            yield offset + groups[place][0], offset + groups[last - 1][1]
        place = place + 1 if last is None else last


def _longest(before: list[int], place: int, fits: Callable[[int, int], bool]) -> int | None:
    """Return where the longest card ends that begins with the group at this place.

    `before` counts the digits before each group. A group within a card has at least 3 digits.
    """
    found = None
    for end in range(place + 1, len(before)):
        count = before[end] - before[place]
        if count > DIGITS.stop - 1:
            break
        if count in DIGITS and fits(before[place], before[end]):
            found = end
        if before[end] - before[end - 1] < 3:
            break
    return found


def _luhn(digits: list[int]) -> Callable[[int, int], bool]:
    """Return what says whether the check digit of a part of the digits fits."""
    twice = [2 * digit - 9 * (digit > 4) for digit in digits]
    even, odd = digits[:], digits[:]  # counted once at the even places, at the odd ones
    even[1::2], odd[0::2] = twice[1::2], twice[0::2]
    sums = [0, *accumulate(odd)], [0, *accumulate(even)]
    return lambda start, end: (sums[end % 2][end] - sums[end % 2][start]) % 10 == 0
