"""What cannot be the key metric of a quest: a score of how customers judge. Pure."""

import re

from cxquest.core.errors import marked as _

SCORE = _(
    "A score of how customers judge (%(word)s) cannot be the metric of a quest: no team moves it "
    "by itself, and it can be asked for. Choose what your work does, such as hand-over time or "
    "first-time-right, and declare the score as a measure beside it."
)
COUNT = _(
    "A number of complaints alone (%(word)s) cannot be the metric of a quest: it also falls when "
    "customers give up. Choose what your work does; as a share, such as repeat contacts per 100 "
    "orders, it can be one. The number may be declared as a measure beside it."
)
SCORES = re.compile(
    r"\b(n\.?p\.?s|net[- ]promoter(?:[- ]score)?|c-?sat|(?-i:CES)|"
    r"(?:customer |client |dis|in)?satisfaction|satisfied customers|happy customers|"
    r"customer (?:effort|happiness|sentiment|delight)(?: score)?|likelihood to recommend|"
    r"(?:would |who )recommend(?: us)?|recommend us|recommendation (?:rate|score)|"
    r"star ratings?|(?:average )?stars|"
    r"(?:google|online|app(?: store)?|trustpilot) (?:review |store )?(?:rating|score)s?|trustpilot|"
    r"(?:survey|review|feedback|sentiment) (?:score|rating|grade)s?|"
    r"(?:kunden)?(?:un)?zufriedenheit\w*|zufriedene(?:r|n)? kunden|weiterempfehlung\w*|"
    r"sternebewertung\w*|kundenbewertung\w*|kundenstimmung|"
    r"(?:klant)?(?:on)?tevredenheid\w*|klanttevredenheid\w*|tevreden klanten|aanbeveling\w*|"
    r"rapportcijfer|clients satisfaits|insatisfaction|taux de recommandation|"
    r"note (?:moyenne )?des? clients?)(?!\w)",
    re.IGNORECASE,
)
COUNTS = re.compile(
    r"\b((?:customer |kunden|klanten)?(?:complaints?|beschwerden?|reklamation(?:en)?|klachten|"
    r"klacht|réclamations?|plaintes?))\b",
    re.IGNORECASE,
)
# With one of these a name says what is done about complaints: that is work, and no count of them.
WORK = re.compile(
    r"\b(time|times|days?|hours?|minutes?|speed|duration|age|backlog|handling|handled|answer\w*|"
    r"repl(?:y|ies|ied)|respon\w*|resol\w*|solved|closed|reopened|repeated|escalat\w*|unanswered|"
    r"overdue|zeit|dauer|tage|stunden|bearbeit\w*|beantwort\w*|gelöst\w*|erledigt\w*|offene|"
    r"délais?|durée|temps|jours|heures|traitées?|traitement|répon\w*|résol\w*|"
    r"tijd|duur|dagen|uren|afhandel\w*|afgehandeld\w*|beantwoord\w*|opgelost\w*)\b"
    r"|(?:zeit|dauer|tijd|duur)\b",
    re.IGNORECASE,
)
EVERY = re.compile(
    r"(?:\b(?:per|pro|je|par|each|every|a|in the|in der|im|in de)\b|/)\s*"
    r"(?:calendar |kalender|business |working )?(?:days?|weeks?|months?|quarters?|years?|tag|woche|"
    r"monat|quartal|jahr|jour|semaine|mois|trimestre|an|année|dag|week|maand|kwartaal|jaar)\b",
    re.IGNORECASE,
)
OUT_OF = re.compile(
    r"(\bper\b|\bpro\b|\bje\b|\bpar\b|\bpour (?:cent|mille|[0-9])|\bout of\b|\bdivided by\b|"
    r"\bvan de\b|[%‰/]|\bpercent\w*|\bprozent\w*|\bprocent\w*|\bshare\b|\bproportion\b|\brate\b|"
    r"\w*anteil\b|\w*quote\b|\bpart des\b|\btaux\b|\baandeel\b|\bpercentage\b)",
    re.IGNORECASE,
)


def objection(name: str, definition: str, unit: str) -> tuple[str, str] | None:
    """Return why this is no key metric, as a sentence and the word it is about; None if it is one.

    The name decides what is measured. A count of complaints is one as a share of something;
    of a day, a week or a month it is still a count.
    """
    score = SCORES.search(name) or SCORES.search(unit)
    if score:
        return SCORE, score[0]
    count = COUNTS.search(name)
    said = EVERY.sub(" ", "\n".join((name, definition, unit)))
    if count and not WORK.search(EVERY.sub(" ", name)) and not OUT_OF.search(said):
        return COUNT, count[0]
    return None
