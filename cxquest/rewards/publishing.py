"""Publishing rules: drafted, changed, approved by a second administrator, scheduled, withdrawn."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from cxquest.core import audit, outbox
from cxquest.core.errors import BadInput, Missing, NotAllowed, Refusal
from cxquest.core.errors import marked as _
from cxquest.core.models import AuditLine
from cxquest.people import queries as people
from cxquest.people.models import Person
from cxquest.rewards import articles, documents, life, policy, rulebook_queries, versions
from cxquest.rewards.law import Breach
from cxquest.rewards.life import Facts
from cxquest.rewards.models import RulebookVersion, VersionState
from cxquest.rewards.rulebook import Rulebook

WROTE = frozenset({"rulebook_drafted", "rulebook_changed"})
ADMINISTRATORS = _("Administrators keep the rulebook.")
FIXED = _("This version was approved, so nothing changes it. Start a new one from it.")
RACE = _("Someone else just changed this draft. Nothing of yours was saved; look at theirs first.")
WITHDRAWN = _("This version was withdrawn. Start a new one from it.")


def draft(
    session: Session,
    document: Mapping[str, Any] | None,
    why: str,
    *,
    by: Person,
    at: datetime,
) -> RulebookVersion:
    """Start a version from a document; without one, from the rulebook in force.

    Raises NotAllowed but for administrators, BadInput for a document that cannot be read.
    """
    _check_writer(by)
    if document is None:
        document = documents.document_of(versions.rulebook_at(session, at))
    made = RulebookVersion(
        number=rulebook_queries.next_number(session),
        document=_canonical(document),
        why=why,
        written_by=by,
        written_at=at,
    )
    session.add(made)
    session.flush()
    audit.record(session, "rulebook_drafted", made, by=by, at=at, summary=why)
    session.flush()
    return made


def change(
    session: Session,
    version: RulebookVersion,
    document: Mapping[str, Any],
    why: str,
    *,
    seen: int,
    by: Person,
    at: datetime,
) -> None:
    """Put another document into a draft; one that was simulated becomes a draft again.

    `seen` is the row's version that the writer started from. Raises Refusal once it was
    approved, and when somebody else has changed it meanwhile.
    """
    _check_writer(by)
    if version.state not in policy.OPEN:
        raise Refusal(WITHDRAWN if version.state is VersionState.WITHDRAWN else FIXED)
    if seen != version.version:
        raise Refusal(RACE)
    kept = _canonical(document)
    changed = documents.fingerprint(kept) != documents.fingerprint(version.document)
    if not changed and version.why == why:
        return
    version.why = why
    if changed:
        version.document, version.state = kept, VersionState.DRAFT
    audit.record(
        session,
        "rulebook_changed" if changed else "rulebook_reason_changed",
        version,
        by=by,
        at=at,
        summary=why,
        fingerprint=documents.fingerprint(kept),
    )
    session.flush()


def approve(
    session: Session, version: RulebookVersion, *, seen: int | None = None, by: Person, at: datetime
) -> None:
    """Approve a simulated version; from now on nothing changes its document.

    `seen` is the row's version that the approver looked at. Raises NotAllowed for whoever wrote
    on it, Refusal with what is missing, or where it was changed since it was looked at.
    """
    _check_writer(by)
    if not policy.may_approve(by, writers(session, version)):
        raise NotAllowed(
            _("Article C10: whoever writes a version does not approve it. Ask %(who)s."),
            who=_("an administrator who has not written on it"),
        )
    if seen is not None and seen != version.version:
        raise Refusal(_("This draft was changed since you opened it. Look at it again first."))
    check_lawful(versions.of(version))
    facts = facts_of(session, version)
    if version.state is not VersionState.SIMULATED or not facts.simulated:
        raise Refusal(
            _("Article C10: a version is approved with the simulation of exactly this document."),
            missing=life.before_approval(facts),
        )
    version.state, version.approved_by, version.approved_at = VersionState.APPROVED, by, at
    audit.record(session, "rulebook_approved", version, by=by, at=at)
    session.flush()


def schedule(
    session: Session,
    version: RulebookVersion,
    effective_from: datetime,
    *,
    by: Person,
    at: datetime,
    base_url: str,
) -> None:
    """Say from when on an approved version counts, and tell everyone.

    Raises BadInput for less than 7 days' notice or an instant that is taken.
    """
    _check_writer(by)
    if version.state is not VersionState.APPROVED:
        raise Refusal(
            _("Only an approved version can be scheduled."),
            missing=life.steps(facts_of(session, version)),
        )
    check_lawful(versions.of(version))
    _check_notice(session, effective_from, at)
    version.state, version.scheduled_at = VersionState.SCHEDULED, at
    version.effective_from = effective_from
    audit.record(
        session,
        "rulebook_scheduled",
        version,
        by=by,
        at=at,
        effective_from=effective_from.isoformat(),
    )
    session.flush()
    _tell(session, version, "scheduled", at=at, base_url=base_url)


def withdraw(
    session: Session,
    version: RulebookVersion,
    reason: str,
    *,
    by: Person,
    at: datetime,
    base_url: str,
) -> None:
    """Withdraw a version that does not count yet; it stays to be read.

    Raises BadInput without a reason, Refusal once it counts.
    """
    _check_writer(by)
    if not reason:
        raise BadInput(_("Say why, in a sentence."), field="reason")
    if not policy.may_withdraw(by, version, at):
        raise Refusal(
            WITHDRAWN
            if version.state is VersionState.WITHDRAWN
            else _("This version counts already, and stays on record. Another one replaces it.")
        )
    told = version.state is VersionState.SCHEDULED
    was = version.effective_from.isoformat() if version.effective_from else ""
    if told:
        _tell(session, version, "withdrawn", at=at, base_url=base_url)
    version.state, version.effective_from = VersionState.WITHDRAWN, None
    audit.record(
        session,
        "rulebook_withdrawn",
        version,
        by=by,
        at=at,
        summary=reason,
        effective_from=was,
    )
    session.flush()


def writers(session: Session, version: RulebookVersion) -> Collection[int]:
    """Return the ids of everyone who wrote on a version's document."""
    return writers_of(version, rulebook_queries.lines_of(session, version))


def writers_of(version: RulebookVersion, lines: Iterable[AuditLine]) -> Collection[int]:
    """Return the ids of everyone who wrote on a version, by the lines about it."""
    changed = {line.actor_id for line in lines if line.action in WROTE and line.actor_id}
    return changed | {version.written_by_id}


def facts_of(session: Session, version: RulebookVersion) -> Facts:
    """Return what is known of a version's way to counting."""
    breaches, faults = articles.judged(versions.of(version))
    mark = documents.fingerprint(version.document)
    return Facts(
        breaches=len(breaches),
        faults=len(faults),
        simulated=rulebook_queries.simulation_of(session, version, mark) is not None,
        approved=version.approved_at is not None,
        scheduled=version.scheduled_at is not None,
    )


def check_lawful(rules: Rulebook) -> None:
    """Raise Refusal for rules that break an article or make no sense: each with its numbers."""
    found, senseless = articles.judged(rules)
    missing = [_broken(breach) for breach in found] + [
        Missing(fault.text, life.WRITER, "faults", detail=fault.place) for fault in senseless
    ]
    if found:
        first = found[0]
        raise Refusal(
            _(
                "Article %(article)s of the constitution refuses this version: %(rule)s. "
                "It is %(found)s, the limit is %(limit)s."
            ),
            missing=missing,
            article=first.article,
            rule=first.rule,
            found=documents.written(first.found),
            limit=documents.written(first.limit),
        )
    if senseless:
        first_fault = senseless[0]
        raise Refusal(
            _("%(place)s: %(said)s"),
            missing=missing,
            place=first_fault.place,
            said=first_fault.text,
        )


def _broken(breach: Breach) -> Missing:
    numbers = f"{documents.written(breach.found)} ↔ {documents.written(breach.limit)}"
    detail = " · ".join(part for part in (breach.article, breach.where, numbers) if part)
    return Missing(breach.rule, life.WRITER, "constitution", detail=detail)


def _check_writer(by: Person) -> None:
    if not policy.may_write(by):
        raise NotAllowed(ADMINISTRATORS)


def _canonical(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document as this program writes it. Raises BadInput naming the place at fault."""
    return documents.document_of(documents.read(document))


def _check_notice(session: Session, effective_from: datetime, at: datetime) -> None:
    if effective_from < at + life.NOTICE:
        raise BadInput(
            _(
                "Article C10: never retroactive, and at least %(least)s days' notice. "
                "This gives %(days)s."
            ),
            field="effective_from",
            least=life.NOTICE.days,
            days=life.days_of_notice(effective_from, at),
        )
    taken = rulebook_queries.counts_from(session, effective_from)
    if taken is not None:
        raise BadInput(
            _("Version %(number)s counts from that very instant. Choose another."),
            field="effective_from",
            number=taken,
        )


MAIL = {
    "scheduled": (
        "New reward rules from {day}",
        "Hello {name},\n\nFrom {day} on, version {number} of the reward rules counts. What was "
        "paid before stays as it is. The reason: {why}\n\nWhat changes, and what changes for "
        "you:\n\n{base_url}/rules\n",
    ),
    "withdrawn": (
        "The reward rules stay as they are",
        "Hello {name},\n\nVersion {number} of the reward rules, which was to count from {day} "
        "on, was withdrawn. The rules in force:\n\n{base_url}/rules\n",
    ),
}


def _tell(
    session: Session, version: RulebookVersion, news: str, *, at: datetime, base_url: str
) -> None:
    """Queue one mail to everyone who is here; each news of a version is told once to each."""
    subject, body = MAIL[news]
    assert version.effective_from is not None
    day = version.effective_from.astimezone(people.zone(session)).date().isoformat()
    for person in people.active_people(session):
        outbox.post(
            session,
            key=f"rulebook:{version.number}:{news}:{person.id}",
            recipient=person.email,
            subject=subject.format(day=day),
            body=body.format(
                name=person.name, day=day, number=version.number, why=version.why, base_url=base_url
            ),
            at=at,
        )
