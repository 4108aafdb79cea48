"""`flask themes …`"""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from cxquest.core import clock
from cxquest.core.errors import BadInput, Refusal
from cxquest.core.errors import marked as _
from cxquest.extensions import db
from cxquest.tables import reading
from cxquest.themes import job, training
from cxquest.themes.models import LearningState, ThemeLearning
from cxquest.themes.phrasing import Phrases
from cxquest.themes.proposing import Judge
from cxquest.web.command import Commands, speaking

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
CONFIDENCE = click.option(
    "--confidence",
    type=click.FloatRange(training.LOWEST, training.HIGHEST),
    help="Propose nothing that it is less sure of; otherwise as a coach chose last.",
)

Labelled = tuple[list[str], list[tuple[str]]]

themes = Commands("themes", help="Learn themes from people's tags, and propose them.")


@themes.command("learn")
@CONFIDENCE
@speaking
def learn(confidence: float | None) -> dict[str, Any]:
    """Learn from people's tags, and say how far it agrees with them. Nothing is proposed."""
    given, bound = training.taught(db.session), _bound(confidence)
    db.session.rollback()  # nobody waits for the pen while it learns
    found = training.agreement(given, bound)
    learning = _begun(bound)
    learning.agreement = found
    learning.state, learning.finished_at = LearningState.DONE, clock.now()
    return {
        "learning": learning.id,
        "labels": found.pop("labels"),
        "agreement": {k: v for k, v in found.items() if k not in ("abstained", "left_out")},
        "abstained": found["abstained"],
        "left_out": found["left_out"],
    }


@themes.command("apply")
@CONFIDENCE
@speaking
def apply(confidence: float | None) -> dict[str, Any]:
    """Propose themes for every comment that no person has spoken of."""
    bound = _bound(confidence)
    learning, given = _begun(bound), training.taught(db.session)
    phrases = Phrases.of(training.phrases(db.session))
    db.session.commit()
    learned, problem = None, ""
    try:
        learned = training.learned(given)
    except Refusal as refusal:  # key phrases propose without it
        problem = str(refusal)
    learning.problem = problem
    job.propose(db.session, learning, Judge(learned, phrases, bound), lambda: None, clock.now)
    training.finish(db.session, learning, clock.now())
    return {
        "learning": learning.id,
        "confidence": bound,
        "comments": learning.of,
        "proposed": learning.proposed,
        "abstained": learning.abstained,
        "problem": problem,
    }


@themes.command("evaluate")
@click.argument("file", type=FILE)
@click.option("--text", required=True, help="The column with the texts.")
@click.option("--label", required=True, help="The column with what people said each is about.")
@click.option("--folds", type=click.IntRange(2, 20), default=5, help="Parts to try in turn.")
@click.option("--test", type=FILE, help="Learn from FILE and try these instead of folds.")
@click.option(
    "--abstain",
    type=click.FloatRange(0, 0.95),
    default=0.2,
    help="The share of which it is least sure, to leave alone.",
)
@speaking
def evaluate(
    file: Path, text: str, label: str, folds: int, test: Path | None, abstain: float
) -> dict[str, Any]:
    """Say how far it would agree with people on a labelled FILE. Nothing is kept."""
    from cxquest.themes import evaluating  # scikit-learn is loaded where something is learned

    texts, labels = _labelled(file, text, label)
    if test:
        tried = _labelled(test, text, label)
        found = evaluating.on_split(texts, labels, *tried, abstain=abstain)
    else:
        found = evaluating.cross_validated(texts, labels, folds=folds, abstain=abstain)
    return {"file": file.name, "learned_from": len(texts), **found.as_json()}


def _bound(confidence: float | None) -> float:
    return training.confidence(db.session) if confidence is None else confidence


def _begun(bound: float) -> ThemeLearning:
    """Return a new learning that nobody else takes up."""
    at = clock.now()
    made = training.add(db.session, bound, by=None, at=at)
    made.state, made.begun_at, made.alive_at = LearningState.RUNNING, at, at
    return made


def _labelled(file: Path, text: str, label: str) -> Labelled:
    """Return the texts of a table and their labels; rows without one of them are passed over."""
    with ExitStack() as stack:
        try:
            opened = stack.enter_context(file.open("rb"))
        except OSError as error:
            raise BadInput(_("The file cannot be read: %(why)s."), why=error.strerror) from error
        table = reading.opened(opened, reading.guess(opened, file.name))
        places = [_place(table, name, file) for name in (text, label)]
        cells = ([row.cells[place].strip() for place in places] for row in table.rows())
        rows = [(said, about) for said, about in cells if said and about]
    if not rows:
        raise BadInput(_("No row of %(file)s has both a text and a label."), file=file.name)
    return [said for said, _about in rows], [(about,) for _said, about in rows]


def _place(table: reading.Table, name: str, file: Path) -> int:
    found = table.place(name)
    if found is None or found >= len(table.columns):
        raise BadInput(
            _("%(file)s has no column “%(name)s”. Its columns are: %(header)s."),
            file=file.name,
            name=name,
            header=", ".join(table.header),
        )
    return found
