"""The words of the customers' page, in the language that a survey is written in. Pure.

They follow the survey and not the reader's browser: a German survey has a German button.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """What stands on the customers' page beside the survey's own texts."""

    name: str
    optional: str
    nothing_needed: str
    hear_back: str
    address: str
    address_hint: str
    address_wrong: str
    asked_for_score: str
    asked_hint: str
    send: str
    no_tracking: str
    error: str
    correct_first: str
    say_something: str
    too_long: str
    not_on_scale: str
    waited: str
    reworded: str
    too_many: str
    thanked: str
    closed: str
    closed_why: str
    used: str
    used_why: str
    not_here: str
    not_here_why: str
    own_link: str
    own_link_why: str
    trap: str


ENGLISH = Words(
    name="English",
    optional="(optional)",
    nothing_needed="Answer what you like, and leave the rest.",
    hear_back="You may write to me about what becomes of this",
    address="Your e-mail address",
    address_hint="Only if you ticked the line above. It is kept apart from your answers.",
    address_wrong="Write a whole e-mail address, or take the tick away.",
    asked_for_score="Someone asked me for a certain score",
    asked_hint="For example a “7”, or “a good mark”.",
    send="Send",
    no_tracking="No cookies, no tracking. Please write no names.",
    error="Error:",
    correct_first="Please look at this first",
    say_something="Answer at least one of the questions.",
    too_long="Use at most 4,000 characters.",
    not_on_scale="Choose a number from 1 to 7.",
    waited="This page had been open for long. Your words are still here: send them once more.",
    reworded="The questions were changed while you were writing. Your words are still here: "
    "look at them and send them once more.",
    too_many="There were too many answers from your network. Your words are still here: "
    "try again in an hour.",
    thanked="Thank you",
    closed="This survey is closed",
    closed_why="It takes no more answers. Thank you for coming.",
    used="This link has been used",
    used_why="It works once, and an answer came with it. Thank you.",
    not_here="There is no survey here",
    not_here_why="Look at the address again; a letter may be missing at its end.",
    own_link="This survey needs a link of your own",
    own_link_why="Open the link that was sent to you; it works once.",
    trap="Leave this empty",
)
GERMAN = Words(
    name="Deutsch",
    optional="(freiwillig)",
    nothing_needed="Antworten Sie, worauf Sie möchten, und lassen Sie den Rest frei.",
    hear_back="Sie dürfen mir schreiben, was daraus wird",
    address="Ihre E-Mail-Adresse",
    address_hint="Nur mit dem Häkchen darüber. Sie wird getrennt von Ihren Antworten aufbewahrt.",
    address_wrong="Schreiben Sie eine ganze E-Mail-Adresse, oder nehmen Sie das Häkchen weg.",
    asked_for_score="Jemand hat mich um eine bestimmte Note gebeten",
    asked_hint="Zum Beispiel um eine „7“ oder um „eine gute Note“.",
    send="Absenden",
    no_tracking="Keine Cookies, keine Verfolgung. Bitte schreiben Sie keine Namen.",
    error="Fehler:",
    correct_first="Bitte zuerst ansehen",
    say_something="Beantworten Sie mindestens eine der Fragen.",
    too_long="Höchstens 4.000 Zeichen, bitte.",
    not_on_scale="Wählen Sie eine Zahl von 1 bis 7.",
    waited="Diese Seite war lange offen. Ihre Worte sind noch da: Senden Sie sie noch einmal ab.",
    reworded="Die Fragen haben sich geändert, während Sie schrieben. Ihre Worte sind noch da: "
    "Sehen Sie sie an und senden Sie sie noch einmal ab.",
    too_many="Aus Ihrem Netz kamen zu viele Antworten. Ihre Worte sind noch da: "
    "Versuchen Sie es in einer Stunde noch einmal.",
    thanked="Vielen Dank",
    closed="Diese Umfrage ist geschlossen",
    closed_why="Sie nimmt keine Antworten mehr an. Danke, dass Sie gekommen sind.",
    used="Dieser Link wurde schon benutzt",
    used_why="Er gilt einmal, und eine Antwort ist mit ihm gekommen. Vielen Dank.",
    not_here="Hier ist keine Umfrage",
    not_here_why="Sehen Sie die Adresse noch einmal an; am Ende fehlt vielleicht ein Zeichen.",
    own_link="Diese Umfrage braucht einen eigenen Link",
    own_link_why="Öffnen Sie den Link, den Sie bekommen haben; er gilt einmal.",
    trap="Bitte leer lassen",
)
FRENCH = Words(
    name="Français",
    optional="(facultatif)",
    nothing_needed="Répondez à ce que vous voulez et laissez le reste.",
    hear_back="Vous pouvez m’écrire pour me dire ce qu’il en advient",
    address="Votre adresse e-mail",
    address_hint="Seulement si la case ci-dessus est cochée. Elle est conservée à part.",
    address_wrong="Écrivez une adresse e-mail complète, ou décochez la case.",
    asked_for_score="Quelqu’un m’a demandé de donner une certaine note",
    asked_hint="Par exemple un « 7 » ou « une bonne note ».",
    send="Envoyer",
    no_tracking="Pas de cookies, pas de suivi. N’écrivez pas de noms, s’il vous plaît.",
    error="Erreur :",
    correct_first="Regardez d’abord ceci, s’il vous plaît",
    say_something="Répondez au moins à une question.",
    too_long="4 000 caractères au plus.",
    not_on_scale="Choisissez un nombre de 1 à 7.",
    waited="Cette page était ouverte depuis longtemps. Votre texte est toujours là : "
    "envoyez-le encore une fois.",
    reworded="Les questions ont changé pendant que vous écriviez. Votre texte est toujours là : "
    "relisez-le et envoyez-le encore une fois.",
    too_many="Trop de réponses sont venues de votre réseau. Votre texte est toujours là : "
    "réessayez dans une heure.",
    thanked="Merci",
    closed="Cette enquête est terminée",
    closed_why="Elle ne prend plus de réponses. Merci d’être venu.",
    used="Ce lien a déjà servi",
    used_why="Il ne sert qu’une fois, et une réponse est arrivée. Merci.",
    not_here="Il n’y a pas d’enquête ici",
    not_here_why="Vérifiez l’adresse ; il manque peut-être une lettre à la fin.",
    own_link="Cette enquête demande un lien personnel",
    own_link_why="Ouvrez le lien que vous avez reçu ; il ne sert qu’une fois.",
    trap="Laissez ce champ vide",
)
SPANISH = Words(
    name="Español",
    optional="(opcional)",
    nothing_needed="Responda a lo que quiera y deje el resto.",
    hear_back="Pueden escribirme para contarme en qué queda esto",
    address="Su correo electrónico",
    address_hint="Solo si marcó la casilla de arriba. Se guarda aparte de sus respuestas.",
    address_wrong="Escriba un correo electrónico completo, o quite la marca.",
    asked_for_score="Alguien me pidió una puntuación determinada",
    asked_hint="Por ejemplo un «7» o «una buena nota».",
    send="Enviar",
    no_tracking="Sin cookies, sin seguimiento. Por favor, no escriba nombres.",
    error="Error:",
    correct_first="Mire esto primero, por favor",
    say_something="Responda al menos a una pregunta.",
    too_long="Como máximo 4.000 caracteres.",
    not_on_scale="Elija un número del 1 al 7.",
    waited="Esta página llevaba mucho tiempo abierta. Su texto sigue aquí: envíelo otra vez.",
    reworded="Las preguntas cambiaron mientras escribía. Su texto sigue aquí: "
    "mírelo y envíelo otra vez.",
    too_many="Llegaron demasiadas respuestas desde su red. Su texto sigue aquí: "
    "inténtelo de nuevo dentro de una hora.",
    thanked="Gracias",
    closed="Esta encuesta está cerrada",
    closed_why="Ya no admite respuestas. Gracias por venir.",
    used="Este enlace ya se usó",
    used_why="Sirve una sola vez, y llegó una respuesta con él. Gracias.",
    not_here="Aquí no hay ninguna encuesta",
    not_here_why="Mire la dirección otra vez; quizá falte una letra al final.",
    own_link="Esta encuesta necesita un enlace propio",
    own_link_why="Abra el enlace que recibió; sirve una sola vez.",
    trap="Deje esto vacío",
)
LANGUAGES = {"en": ENGLISH, "de": GERMAN, "fr": FRENCH, "es": SPANISH}

# The texts that a new survey begins with. Nothing in them speaks of the company.
DEFAULTS = {
    "en": {
        "heading": "Five short questions",
        "lead": "They are about what you came for, and take about two minutes.",
        "goal": "What were you trying to get done?",
        "support": "How well was that goal supported?",
        "low": "Not at all",
        "high": "Fully",
        "helped": "What helped you most?",
        "hindered": "What got in your way most?",
        "next": "What will you need next?",
        "thanks": "Your answer has arrived. People who can change something will read it.",
    },
    "de": {
        "heading": "Fünf kurze Fragen",
        "lead": "Es geht darum, weshalb Sie da waren. Das dauert etwa zwei Minuten.",
        "goal": "Was wollten Sie erledigen?",
        "support": "Wie gut wurden Sie dabei unterstützt?",
        "low": "Gar nicht",
        "high": "Ganz und gar",
        "helped": "Was hat Ihnen am meisten geholfen?",
        "hindered": "Was hat Sie am meisten behindert?",
        "next": "Was brauchen Sie als Nächstes?",
        "thanks": "Ihre Antwort ist angekommen. Menschen, die etwas ändern können, lesen sie.",
    },
    "fr": {
        "heading": "Cinq courtes questions",
        "lead": "Elles portent sur ce qui vous a amené. Deux minutes suffisent.",
        "goal": "Que cherchiez-vous à faire ?",
        "support": "Dans quelle mesure avez-vous été aidé à y parvenir ?",
        "low": "Pas du tout",
        "high": "Tout à fait",
        "helped": "Qu’est-ce qui vous a le plus aidé ?",
        "hindered": "Qu’est-ce qui vous a le plus gêné ?",
        "next": "De quoi aurez-vous besoin ensuite ?",
        "thanks": "Votre réponse est arrivée. Des gens qui peuvent agir la liront.",
    },
    "es": {
        "heading": "Cinco preguntas breves",
        "lead": "Tratan de lo que usted buscaba. Bastan unos dos minutos.",
        "goal": "¿Qué intentaba hacer?",
        "support": "¿En qué medida recibió apoyo para lograrlo?",
        "low": "Ninguna",
        "high": "Total",
        "helped": "¿Qué le ayudó más?",
        "hindered": "¿Qué le estorbó más?",
        "next": "¿Qué necesitará después?",
        "thanks": "Su respuesta ha llegado. La leerán personas que pueden cambiar algo.",
    },
}
