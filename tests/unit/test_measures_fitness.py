"""What can be the key metric of a quest, and what cannot: scores, and complaints alone."""

import pytest

from cxquest.measures import fitness
from cxquest.measures.fitness import COUNT, SCORE
from cxquest.measures.templates import TEMPLATES

SCORES = """
NPS | nps of branch 4 | N.P.S. | Net Promoter Score | net-promoter score | CSAT | C-SAT by phone
Customer satisfaction | Satisfaction with delivery | Dissatisfaction | CES | Customer effort score
Star rating in the shop | Average stars | Google rating | App store rating | Trustpilot
Survey score | Review ratings | Likelihood to recommend | Recommendation rate
Kundenzufriedenheit | Zufriedenheitswert | Unzufriedenheit | Weiterempfehlungsrate
Anteil zufriedener Kunden | Sternebewertung
Klanttevredenheid | Tevredenheidsscore | Klanttevredenheidsscore | Aanbevelingsscore
Rapportcijfer | Satisfaction client | Taux de recommandation | Note moyenne des clients
Insatisfaction | clients satisfaits
"""
COUNTS = """
Complaints | complaints | Number of complaints | Complaints per week | Complaints/month
Complaints a day | Complaints about late visits | Customer complaints | Beschwerden
Anzahl Beschwerden pro Monat | Kundenbeschwerden je Woche | Reklamationen
Réclamations par mois | Plaintes | Klachten per maand | Aantal klachten
"""
FIT = """
Complaint handling time | Complaints answered within two days | Days until a complaint is closed
Complaint backlog age | Reopened complaints | Complaints per 100 orders
Share of complaints per 100 orders | Complaints in % of visits | Complaint rate
Reklamationen je 100 Aufträge | Reklamationsquote | Bearbeitungszeit von Beschwerden
Beschwerden, Bearbeitungsdauer | Délai de traitement des réclamations
Réclamations pour 100 commandes | Klachten per 100 bestellingen | Afhandeltijd klachten
Doorlooptijd van klachten | On-time delivery | First-time-right | Hand-over time
Satisfactory welds | Repeat contacts | Escalations per 100 contacts | Temps de ces visites
Process steps skipped | Unique visitors | Recommendations read
Order accuracy | Callbacks kept | Snaps per hour
"""


def each(text: str) -> list[str]:
    return [name.strip() for line in text.strip().splitlines() for name in line.split("|")]


@pytest.mark.parametrize("name", each(SCORES))
def test_a_score_of_how_customers_judge_is_none(name: str) -> None:
    found = fitness.objection(name, "", "")
    assert found is not None
    assert found[0] == SCORE
    assert found[1].lower() in name.lower()
    assert "a measure beside it" in found[0] % {"word": found[1]}


@pytest.mark.parametrize("name", each(COUNTS))
def test_a_number_of_complaints_alone_is_none(name: str) -> None:
    found = fitness.objection(name, "", "")
    assert found is not None
    assert found[0] == COUNT
    assert "beside it" in found[0] % {"word": found[1]}


@pytest.mark.parametrize("name", each(FIT))
def test_what_the_work_does_is_one(name: str) -> None:
    assert fitness.objection(name, "", "") is None


def test_the_unit_and_the_definition_are_looked_at() -> None:
    assert fitness.objection("Visits", "", "NPS points") is not None
    assert fitness.objection("Complaints", "For each 100 orders", "per 100 orders") is None
    assert fitness.objection("Complaints", "Complaints out of all orders", "") is None
    assert fitness.objection("Complaints", "All that came in the week", "per week") is not None
    assert fitness.objection("Complaints", "", "%") is None
    # The definition may mention a score without being one.
    assert fitness.objection("Hand-over time", "Asked because NPS fell", "hours") is None


def test_no_template_is_refused() -> None:
    for one in TEMPLATES:
        assert fitness.objection(one.name, one.definition, one.unit) is None, one.key
