"""Telling an answer that says nothing ("n/a", "no comment") from a comment. Pure."""

import unicodedata

# Whole answers, in small letters, without what stands around and between their words.
_NOTHING = {
    "en": (
        "na|n a|nil|none|nope|no|nothing|null|nan|blank|empty|not applicable|does not apply|"
        "no comment|no comments|no answer|no response|no reply|no feedback|no remarks|"
        "no opinion|no suggestion|no suggestions|none at all|none really|nothing at all|"
        "nothing to add|nothing really|nothing more|nothing else|nothing to say|"
        "nothing to report|nothing in particular|nothing special|nothing comes to mind|"
        "no nothing|no further comment|no further comments|no additional comments|"
        "no other comments|no thanks|no thank you|not available|not answered|prefer not to say"
    ),
    "de": (
        "nein|nichts|keine|keiner|keines|kein kommentar|keine kommentare|keine angabe|"
        "keine angaben|ka|k a|keine antwort|keine anmerkung|keine anmerkungen|keine bemerkung|"
        "keine bemerkungen|kein feedback|nichts zu sagen|nichts hinzuzufügen|nichts weiter|"
        "nichts besonderes|gar nichts|entfällt|nicht zutreffend|trifft nicht zu|weiter nichts|"
        "sonst nichts"
    ),
    "fr": (
        "non|rien|aucun|aucune|aucun commentaire|aucune remarque|pas de commentaire|"
        "pas de commentaires|pas de remarque|pas de remarques|sans commentaire|sans objet|"
        "sans réponse|sans avis|néant|ras|r a s|s o|so|nsp|rien à dire|rien à signaler|"
        "rien à ajouter|rien de plus|rien de spécial|rien du tout|non applicable|sans opinion"
    ),
    "es": (
        "nada|ninguno|ninguna|ningún comentario|ninguna observación|sin comentario|"
        "sin comentarios|sin respuesta|sin observaciones|no aplica|no procede|nc|n c|ns nc|"
        "nada que decir|nada que añadir|nada que comentar|nada más|nada en especial|"
        "nada en particular"
    ),
    "nl": (
        "nee|niets|geen|geen commentaar|geen opmerking|geen opmerkingen|geen antwoord|"
        "geen mening|nvt|n v t|niet van toepassing|niks|niets toe te voegen|niets te melden|"
        "geen idee"
    ),
    "da no sv": (
        "nej|nei|ingen|ingenting|intet|inget|inga|ingen kommentar|ingen kommentarer|"
        "ingen bemærkninger|ingen merknader|inga kommentarer|ikke relevant|ikke aktuelt|"
        "ej aktuellt|intet at tilføje|ikke noget|ingen svar|intet svar|inget svar"
    ),
    "it": (
        "niente|nulla|nessuno|nessuna|nessun commento|nessuna osservazione|nd|n d|"
        "non applicabile|senza commenti|niente da dire|niente da aggiungere|"
        "niente di particolare"
    ),
    "pt": (
        "não|nao|nenhum|nenhuma|nenhum comentário|sem comentário|sem comentários|sem resposta|"
        "não se aplica|nada a declarar|nada a dizer|nada a acrescentar|nada a comentar"
    ),
    "fi pl ru ja zh": (
        "ei|ei mitään|ei kommentoitavaa|ei kommenttia|ei ole|brak|nic|nie|brak uwag|"
        "brak komentarza|nie dotyczy|нет|ничего|без комментариев|нет комментариев|"
        "なし|無し|特になし|特に無し|特にありません|ありません|无|無|没有|沒有|无意见"
    ),
}
MOST = 60  # characters; the longest of them is far shorter


def _plain(text: str) -> str:
    """Return the words of a text in small letters, with single spaces and no punctuation."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = (" " if _is_mark(letter) else letter for letter in folded)
    return " ".join("".join(kept).split())


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "PZC" or letter in "^`~=+<>|¨´"


_WORDS = frozenset(_plain(one) for said in _NOTHING.values() for one in said.split("|"))


def says_nothing(text: str) -> bool:
    """Return whether an answer is blank, mere punctuation, or a way of saying "nothing".

    Only the whole answer counts, so that "None of the staff helped me" is a comment; so is a
    lone emoji.
    """
    if len(text) > MOST and len(text.strip()) > MOST:
        return not any(map(str.isalnum, text)) and all(map(_is_mark, set(text)))
    plain = _plain(text)
    return not plain or plain in _WORDS
