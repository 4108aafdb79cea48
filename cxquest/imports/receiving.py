"""What the records of a call come to: the same Record as a row of a file. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date

from cxquest.imports import intake, records
from cxquest.imports.intake import Doubt, Rated, Record, Terms
from cxquest.imports.mapping import Scale
from cxquest.imports.records import DAY, Fault, FeedbackRecord, rounded
from cxquest.tables import dates

ID_AGAIN = "This id stands earlier in this call with other content."
NO_STAGE = "There is no journey stage of this name. The name is kept with the record."


def received(given: Sequence[object], terms: Terms) -> Iterator[Record | list[Fault]]:
    """Yield what each record of a call comes to: a Record, or what is wrong with it.

    One that stood earlier in the call is marked as such; an id that comes again with other
    content is at fault.
    """
    seen: dict[str, str] = {}
    for index, one in enumerate(given):
        part = records.read(index, one)
        if not isinstance(part, FeedbackRecord):
            yield part
            continue
        record = taken(part, index, terms)
        again = record.identity in seen
        if seen.setdefault(record.identity, record.fingerprint) != record.fingerprint:
            yield [Fault(index, "external_id", ID_AGAIN)]
        else:
            yield record._replace(again=again)


def taken(part: FeedbackRecord, index: int, terms: Terms) -> Record:
    """Return what a valid record comes to; its line is its place in the call, counted from 1."""
    external_id, stage = (part.external_id or "").strip(), (part.stage or "").strip()
    on, raw = _day(part.collected_on), part.collected_on or ""
    stage_id = terms.stages.get(stage.lower())
    comments = tuple((one.question, one.text) for one in part.comments)
    ratings = tuple(_rated(one) for one in part.ratings)
    original, language = _original(part), (part.language or "").partition("-")[0].lower()
    contact = _contact(part, terms)
    about = (external_id, raw, str(on), str(stage_id), language, contact)
    fingerprint = intake.fingerprinted(about, comments, ratings, original)
    content = intake.fingerprinted((external_id, raw, contact), comments, ratings, original)
    known = external_id and not intake.EATEN.fullmatch(external_id)
    record = Record(
        line=index + 1,
        identity=f"id:{external_id}" if known else f"said:{content}",
        fingerprint=fingerprint,
        content=intake.content_of(comments, ratings, on),
        external_id=external_id,
        collected_on=on,
        collected_raw=raw,
        stage_id=stage_id,
        comments=comments,
        ratings=ratings,
        original=original,
        language=language,
        contact=contact,
        unknown_stage=stage if stage and stage_id is None else "",
    )
    return record._replace(doubts=tuple(_doubts(record, terms)))


def _contact(part: FeedbackRecord, terms: Terms) -> str:
    """Return the keyed hash of an address whose customer agreed; of no other anything."""
    address = (part.contact or "").strip().lower()
    return terms.keyed(address) if part.consent and address else ""


def _day(text: str | None) -> date | None:
    found = DAY.fullmatch(text or "")
    return date.fromisoformat(found["day"]) if found else None


def _rated(part: records.Rating) -> Rated:
    """Return the rating; 4 and 4.0 are one number in JSON, so they are written alike."""
    scale = Scale(rounded(part.low), rounded(part.high), part.best == "high")
    whole = part.value == int(part.value)
    raw = str(int(part.value) if whole else part.value.normalize())
    return Rated(part.question, part.value.quantize(intake.PLACES), raw, scale)


def _original(part: FeedbackRecord) -> dict[str, str]:
    """Return what has no column of its own, as it was sent; contact data never."""
    consent = {None: "", True: "yes", False: "no"}[part.consent]
    kept = {"stage": part.stage, "language": part.language, "consent": consent}
    return {name: text for name, text in kept.items() if text} | part.extra


def _doubts(record: Record, terms: Terms) -> Iterator[Doubt]:
    if intake.EATEN.fullmatch(record.external_id):
        yield Doubt("external_id", record.external_id, intake.EATEN_ID)
    reason = dates.doubtful(record.collected_on, terms.today) if record.collected_on else ""
    if reason:
        yield Doubt("collected_on", record.collected_raw, reason)
    if record.unknown_stage:
        yield Doubt("stage", record.unknown_stage, NO_STAGE)
