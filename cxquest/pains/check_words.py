"""The words around “You said, we did, please check”, in the languages that surveys have. Pure.

They follow the customer: the language of the survey that they answered, or that they wrote in.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """What stands on a customer's page, and in the mail that leads to it, beside the note."""

    subject: str
    ask: str
    promise: str
    heading: str
    lead: str
    you_said: str
    we_did: str
    question: str
    better: str
    same: str
    worse: str
    more: str
    optional: str
    no_tracking: str
    send: str
    error: str
    correct_first: str
    choose: str
    too_long: str
    thanked: str
    thanked_why: str
    answered: str
    answered_why: str
    not_here: str
    not_here_why: str

    def mail(self, text: str, link: str, who: str) -> str:
        """Return the mail with the note, a customer's own link, and who asks."""
        return "\n\n".join((text, f"{self.ask}\n{link}", self.promise, who)).strip() + "\n"


ENGLISH = Words(
    subject="{who}: you told us something. Is it better now?",
    ask="Is it better now? One click and a word are enough:",
    promise="You get this because you agreed to hear back. The link is yours alone and takes one "
    "answer. We ask once.",
    heading="Is it better now?",
    lead="You told us what got in your way. Here is what we did; please say whether it helped.",
    you_said="You said",
    we_did="We did",
    question="Is it better now?",
    better="It is better",
    same="It is the same",
    worse="It is worse",
    more="Is there more to say?",
    optional="(optional)",
    no_tracking="No cookies, no tracking. Please write no names.",
    send="Send",
    error="Error:",
    correct_first="Please look at this first",
    choose="Choose one of the three.",
    too_long="Use at most 4,000 characters.",
    thanked="Thank you",
    thanked_why="Your answer has arrived. Those who made the change will read it.",
    answered="This was answered already",
    answered_why="The link takes one answer, and it has come. It cannot be changed. Thank you.",
    not_here="There is nothing here",
    not_here_why="Look at the address again; a letter may be missing at its end.",
)
GERMAN = Words(
    subject="{who}: Sie haben uns etwas gesagt. Ist es jetzt besser?",
    ask="Ist es jetzt besser? Ein Klick und ein Wort genügen:",
    promise="Sie bekommen das, weil Sie einer Antwort zugestimmt haben. Der Link gehört nur Ihnen "
    "und gilt für eine Antwort. Wir fragen einmal.",
    heading="Ist es jetzt besser?",
    lead="Sie haben uns gesagt, was Sie behindert hat. Hier steht, was wir getan haben; sagen Sie "
    "bitte, ob es geholfen hat.",
    you_said="Sie haben gesagt",
    we_did="Wir haben getan",
    question="Ist es jetzt besser?",
    better="Es ist besser",
    same="Es ist wie zuvor",
    worse="Es ist schlechter",
    more="Möchten Sie mehr dazu sagen?",
    optional="(freiwillig)",
    no_tracking="Keine Cookies, keine Verfolgung. Bitte schreiben Sie keine Namen.",
    send="Absenden",
    error="Fehler:",
    correct_first="Bitte zuerst ansehen",
    choose="Wählen Sie eines der drei.",
    too_long="Höchstens 4.000 Zeichen, bitte.",
    thanked="Vielen Dank",
    thanked_why="Ihre Antwort ist angekommen. Wer es geändert hat, wird sie lesen.",
    answered="Das wurde schon beantwortet",
    answered_why="Der Link gilt für eine Antwort, und sie ist gekommen. Sie lässt sich nicht "
    "ändern. Vielen Dank.",
    not_here="Hier ist nichts",
    not_here_why="Sehen Sie die Adresse noch einmal an; am Ende fehlt vielleicht ein Zeichen.",
)
FRENCH = Words(
    subject="{who} : vous nous aviez parlé. Est-ce mieux maintenant ?",
    ask="Est-ce mieux maintenant ? Un clic et un mot suffisent :",
    promise="Vous recevez ceci parce que vous avez accepté une réponse. Le lien n’est qu’à vous "
    "et prend une seule réponse. Nous demandons une fois.",
    heading="Est-ce mieux maintenant ?",
    lead="Vous nous avez dit ce qui vous gênait. Voici ce que nous avons fait ; dites-nous si "
    "cela a aidé.",
    you_said="Vous avez dit",
    we_did="Nous avons fait",
    question="Est-ce mieux maintenant ?",
    better="C’est mieux",
    same="C’est pareil",
    worse="C’est pire",
    more="Autre chose à dire ?",
    optional="(facultatif)",
    no_tracking="Pas de cookies, pas de suivi. N’écrivez pas de noms, s’il vous plaît.",
    send="Envoyer",
    error="Erreur :",
    correct_first="Regardez d’abord ceci, s’il vous plaît",
    choose="Choisissez une des trois réponses.",
    too_long="4 000 caractères au plus.",
    thanked="Merci",
    thanked_why="Votre réponse est arrivée. Celles et ceux qui ont fait le changement la liront.",
    answered="La réponse a déjà été donnée",
    answered_why="Le lien prend une seule réponse, et elle est arrivée. Elle ne peut pas être "
    "changée. Merci.",
    not_here="Il n’y a rien ici",
    not_here_why="Vérifiez l’adresse ; il manque peut-être une lettre à la fin.",
)
SPANISH = Words(
    subject="{who}: usted nos contó algo. ¿Está mejor ahora?",
    ask="¿Está mejor ahora? Bastan un clic y una palabra:",
    promise="Recibe esto porque aceptó una respuesta. El enlace es solo suyo y admite una "
    "respuesta. Preguntamos una vez.",
    heading="¿Está mejor ahora?",
    lead="Usted nos contó qué le estorbaba. Esto es lo que hicimos; díganos si ha servido.",
    you_said="Usted dijo",
    we_did="Nosotros hicimos",
    question="¿Está mejor ahora?",
    better="Está mejor",
    same="Está igual",
    worse="Está peor",
    more="¿Quiere decir algo más?",
    optional="(opcional)",
    no_tracking="Sin cookies, sin seguimiento. Por favor, no escriba nombres.",
    send="Enviar",
    error="Error:",
    correct_first="Mire esto primero, por favor",
    choose="Elija una de las tres.",
    too_long="Como máximo 4.000 caracteres.",
    thanked="Gracias",
    thanked_why="Su respuesta ha llegado. La leerá quien hizo el cambio.",
    answered="Ya se ha respondido",
    answered_why="El enlace admite una respuesta, y ya llegó. No se puede cambiar. Gracias.",
    not_here="Aquí no hay nada",
    not_here_why="Mire la dirección otra vez; quizá falte una letra al final.",
)
LANGUAGES = {"en": ENGLISH, "de": GERMAN, "fr": FRENCH, "es": SPANISH}


def known(*languages: str) -> str:
    """Return the first of these languages that the words are there in; English without any."""
    return next((code for code in languages if code in LANGUAGES), "en")
