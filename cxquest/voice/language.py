"""Which language a text is in: by its script, or by the small words of it. Pure.

It says nothing where it is not sure: the filter by language must not hide a comment behind a
guess.
"""

import re
from collections import Counter

SURE = 2.5  # points of small words at least
AHEAD = 1.5  # times the points of the next language
PART = 0.12  # of all words

_WORDS = {
    "en": "a an in on do as me if or up out all about just more than only them how am the and "
    "was were is are it to of for with that this not have had my we they you i but so "
    "very from been at would could when what there their our your has by be can she he "
    "did didn't don't wasn't i'm it's no which who after",
    "de": "in an der die das und ist war nicht ich mit ein eine einen auf es wurde wir sie zu "
    "im den dem für auch sehr aber bei von sich habe hat haben wie noch nach bin keine "
    "kein mir mich über werden oder wenn dass nur mehr uns immer",
    "fr": "a on si le la les et est pas je un une des du dans pour que qui sur avec très nous "
    "vous il elle mais ne au aux ce cette été mon ma mes plus j'ai c'est n'est sont était "
    "par à de en tout bien l'on leur d'une d'un",
    "es": "a si el la los las y es no que un una de en por para con muy pero me se lo al del "
    "más mi como su fue está son he ha todo nos cuando sin porque también ya hay estaba "
    "nada yo este esta sus",
    "it": "a in se il la lo gli le e è non che un una di del della per con molto ma mi si ho "
    "sono stato stata anche come più nel alla dei ci ha questo questa mio mia tutto dal "
    "al c'è da i perché quando senza",
    "pt": "o a os as e é não que um uma de do da em por para com muito mas me se foi mais no na "
    "eu são está ao dos das meu minha como também já tem tudo quando sem nos pelo pela "
    "isso este esta fui muita",
    "nl": "in de het een en is niet ik van met dat die op te voor zijn er wij we was maar ook "
    "aan heb heeft zeer bij naar om nog geen werd door hebben mijn als wel zo dit kan zij "
    "hun veel worden uit over",
    "da": "og er ikke jeg det at en et den til med på for var har som de meget af fik blev "
    "efter kunne også være mig min hvad hvis men noget nogen vi havde skulle bliver hos "
    "selv når denne uden hvor hvordan",
    "no": "og er ikke jeg det at en et den til med på for var har som de veldig av fikk ble "
    "etter kunne også være meg min hva hvis men noe noen vi hadde skulle blir hos selv "
    "når denne uten hvor hvordan mye",
    "sv": "och är inte jag det att en ett den till med på för var har som de mycket av fick "
    "blev efter kunde också vara mig min vad om men något någon vi hade skulle blir hos "
    "själv när denna utan hur bra mina",
    "pl": "a i nie się na jest do to w z że jak ale był była było bardzo mi o po tak co już "
    "tylko jestem mam za od przez są dla nas ich mnie przy ze moje gdy oraz czy może być",
    "fi": "ja on ei se että en oli olen mutta kun niin hyvin ole myös minun minulle kuin mitä "
    "joka sitä vain nyt jos tai olisi ollut sen siitä hän me he ovat erittäin ihan "
    "todella",
}
_KNOWN = {code: frozenset(words.split()) for code, words in _WORDS.items()}
SMALL_WORDS = frozenset[str]().union(*_KNOWN.values())
# In which languages each of them is a small word.
_SPOKEN = {word: [c for c in _KNOWN if word in _KNOWN[c]] for word in SMALL_WORDS}
_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
MOST = 4000  # characters; more say nothing new

_SCRIPTS = (
    ("latin", r"A-Za-z\u00AA\u00BA\u00C0-\u024F\u1E00-\u1EFF"),
    ("kana", r"\u3041-\u30FA\u30FC-\u30FF\u31F0-\u31FF\uFF66-\uFF9D"),
    ("han", r"\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF"),
    ("hangul", r"\uAC00-\uD7A3\u1100-\u11FF\u3131-\u318E"),
    ("arabic", r"\u0620-\u064A\u066E-\u06D3\u06FA-\u06FF"),
    ("hebrew", r"\u05D0-\u05EA"),
    ("cyrillic", r"\u0400-\u04FF"),
    ("greek", r"\u0370-\u03FF\u1F00-\u1FFF"),
    ("thai", r"\u0E01-\u0E2E\u0E30\u0E32\u0E40-\u0E46"),
    ("devanagari", r"\u0904-\u0939\u0958-\u0961"),
)
CODES = (*_WORDS, "ja", "zh", "ko", "ar", "he", "ru", "uk", "el", "th", "hi")
_LETTERS = {name: re.compile(f"[{letters}]") for name, letters in _SCRIPTS}
# Letters and words that only one of the languages of a script has.
_CHINESE = re.compile(r"[的了是们們很没沒这這呢她他你吗嗎]")
_NOT_ARABIC = re.compile(r"[پچژگکیےٹڈڑں]")
_UKRAINIAN = re.compile(r"[іїєґІЇЄҐ]")
_RUSSIAN = re.compile(
    r"[ыэёЫЭЁ]|\b(?:что|как|не|это|был|была|очень|мне|они|меня|когда|если)\b", re.I
)
_NOT_RUSSIAN = re.compile(r"[ђјљњћџўЂЈЉЊЋЏЎѓќѕ]")
_NOT_HINDI = re.compile(r"[ळ]|\b(?:आहे|छ|छन्|नाही)\b")
_HINDI = re.compile(r"(?<!\S)(?:है|हैं|का|की|के|में|और|से|नहीं|था|थी|को|मैं|यह|बहुत)(?!\S)")


def language(text: str) -> str:
    """Return the ISO 639-1 code of a text's language; "" where it is too short or unsure."""
    text = text[:MOST]
    if text.isascii():
        return _latin(text)
    found = {name: len(letters.findall(text)) for name, letters in _LETTERS.items()}
    script = max(found, key=lambda name: found[name])
    letters = sum(found.values())
    japanese = found["kana"] + found["han"]
    if found["kana"] >= 2 and 2 * japanese > letters and 10 * found["kana"] >= japanese:
        return "ja"
    if found[script] < 2 or 2 * found[script] <= letters:
        return ""
    return _latin(text) if script == "latin" else _by_script(script, text, found[script])


def _by_script(script: str, text: str, letters: int) -> str:
    if script in ("hangul", "greek", "thai", "hebrew"):
        return {"hangul": "ko", "greek": "el", "thai": "th", "hebrew": "he"}[script]
    if script == "han":
        return "zh" if letters >= 4 and _CHINESE.search(text) else ""
    if script == "arabic":
        return "ar" if letters >= 4 and not _NOT_ARABIC.search(text) else ""
    if script == "devanagari":
        return "hi" if _HINDI.search(text) and not _NOT_HINDI.search(text) else ""
    return _cyrillic(text) if script == "cyrillic" else ""


def _cyrillic(text: str) -> str:
    ukrainian, russian = bool(_UKRAINIAN.search(text)), bool(_RUSSIAN.search(text))
    if _NOT_RUSSIAN.search(text) or not (ukrainian or russian):
        return ""
    if ukrainian:
        return "" if re.search("[ыэёЫЭЁ]", text) else "uk"
    return "ru"


def _latin(text: str) -> str:
    """Return the language whose small words lead; a word of several languages counts less.

    The next language is measured by the words that the two do not share, so that neighbours
    (Danish and Norwegian) are told apart by what differs.
    """
    words = [word.replace("’", "'") for word in _TOKEN.findall(text.casefold())]
    often = Counter(words)
    points = dict.fromkeys(_KNOWN, 0.0)
    for word in often.keys() & _SPOKEN.keys():
        for code in _SPOKEN[word]:
            points[code] += often[word] / len(_SPOKEN[word])
    best, second = sorted(points, key=lambda code: -points[code])[:2]
    if points[best] < SURE or points[best] < PART * len(words):
        return ""
    own, other = (
        sum(often[word] for word in often.keys() & _KNOWN[one] if word not in _KNOWN[two])
        for one, two in ((best, second), (second, best))
    )
    return best if own >= 1 and own >= AHEAD * other else ""
