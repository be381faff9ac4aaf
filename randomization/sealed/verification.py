"""What the pharmacy door checks in addition: the sealed trail, and every envelope's content."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from randomization.key_files import KeyFault
from randomization.models import RandomizationList, Step
from randomization.sealed.lists.steps import refuse_false_contents
from randomization.sealed.models import (
    CodeBreak,
    CodeBreakEntered,
    ListSecret,
    Means,
    OpenedElsewhere,
    Recipient,
    Seal,
    SealedAuditChain,
    SealedAuditEntry,
    SealedSignature,
    SetAside,
)
from randomization.sealed.opening.revealing import Purpose
from randomization.verifying.chains import trail_reports
from randomization.verifying.reports import Clock, Report, Verifier
from randomization.verifying.signatures import HOLDS, report_of
from trial.audit import LINK
from trial.core.chain import moment
from trial.core.sentences import Sentence, Words
from trial.models import AuditEntry, Trial
from trial.refusals import Refusal

Said = tuple[str, datetime, str]
"""What every account of a code break says: whose, when, by whom."""


def sealed_chains(clock: Clock) -> Iterator[Report]:
    """Every chain of the sealed trail, read once; then the rows of every sealed table beside it."""
    yield from trail_reports(SealedAuditChain, SealedAuditEntry, sealed=True, clock=clock)


def contents() -> Iterator[Report]:
    """Every envelope, opened in memory and compared with its commitment and with the list's seed."""
    for list_ in RandomizationList.objects.select_related("trial"):
        fault = _fault(list_) or next(recovery_faults(list_), "")
        yield Report(Sentence("contents of list %(list)s", list=str(list_)), list_.envelope_count, fault)


def _fault(list_: RandomizationList) -> Words:
    try:
        refuse_false_contents(list_)
    except (Refusal, KeyFault) as fault:
        return fault.sentence
    except (ValueError, ListSecret.DoesNotExist) as fault:
        return str(fault)
    return ""


def recovery_faults(list_: RandomizationList) -> Iterator[Sentence]:
    """Every envelope has a second box, for the recovery key of its list. Only that key can say what it holds
    (`manage.py prove_recovery_key` opens them all)."""
    secret = ListSecret.objects.filter(list=list_, recipient=Recipient.RECOVERY).first()
    if secret is None:
        yield Sentence("its seed is not sealed for the recovery key")
    seals = Seal.objects.filter(envelope__stratum__list=list_, recipient=Recipient.RECOVERY)
    if seals.count() != list_.envelope_count:
        yield Sentence(
            "%(sealed)s of %(all)s envelopes are sealed for the recovery key",
            sealed=seals.count(),
            all=list_.envelope_count,
        )
    strange = seals.exclude(key_id=secret.key_id) if secret else seals.none()
    for seal in strange.select_related("envelope").order_by("envelope__number")[:1]:
        yield Sentence(
            "envelope %(envelope)s is sealed for a strange recovery key", envelope=seal.envelope.number
        )


def sealed_signatures() -> Iterator[Report]:
    """Every trial: the signatures of the sealed side against the entries of their acts."""
    for trial in Trial.objects.order_by("pk"):
        rows = SealedSignature.objects.filter(trial=trial).select_related("by__user")
        entries = SealedAuditEntry.objects.filter(chain__trial=trial, body__contains=HOLDS)
        yield report_of(Sentence("sealed signatures of %(trial)s", trial=trial.pk), rows, entries)


def code_breaks() -> Iterator[Report]:
    """Every trial: each code break stands in both trails, and the blinded one speaks of no other."""
    for trial in Trial.objects.all():
        broken = CodeBreak.objects.filter(participant__trial=trial)
        yield Report(
            Sentence("code breaks of %(trial)s", trial=trial.pk),
            broken.count(),
            next(code_break_faults(trial), ""),
        )


def code_break_faults(trial: Trial) -> Iterator[Sentence]:
    """Where code breaks and the two trails tell different stories: each is compared with its count."""
    links = _links(trial)
    rows, blinded, sealed = (
        _named(found, links) for found in (_rows(trial), _told(trial), _openings(trial, Purpose.CODE_BREAK))
    )
    yield from _waiting(trial)
    for said in sorted(rows | blinded | sealed):
        subject, at, actor = said
        the_break = Sentence(
            "the code break of %(participant)s by %(person)s at %(at)s",
            participant=subject,
            person=actor,
            at=moment(at),
        )
        if sealed[said] < rows[said]:
            yield Sentence("%(the_break)s is not in the sealed trail", the_break=the_break)
        if blinded[said] < rows[said]:
            yield Sentence("%(the_break)s is not in the blinded trail", the_break=the_break)
        if blinded[said] > rows[said]:
            yield Sentence("%(the_break)s is in the blinded trail and has no row", the_break=the_break)
        if sealed[said] > rows[said]:
            yield Sentence("%(the_break)s is in the sealed trail and has no row", the_break=the_break)
    known = {(subject, actor) for subject, _, actor in rows}
    for subject, _, actor in sorted(_openings(trial, Purpose.CODE_BREAK_AGAIN)):
        if (subject, actor) not in known:
            yield Sentence(
                "the sealed trail shows %(person)s the arm of %(participant)s again, and no code was broken",
                person=actor,
                participant=subject,
            )


def _waiting(trial: Trial) -> Iterator[Sentence]:
    """A code break that the outbox still holds: the two trails do differ, and this says why."""
    entered = CodeBreakEntered.objects.values("code_break")
    for row in CodeBreak.objects.filter(participant__trial=trial).exclude(pk__in=entered):
        yield Sentence(
            "the code break of %(participant)s at %(at)s waits for the blinded trail; see that the pharmacy "
            "door's process (pharmacy_tick) runs, and that nothing locks the trail",
            participant=row.participant.number,
            at=moment(row.at),
        )


def _links(trial: Trial) -> set[tuple[str, datetime]]:
    """Whose code was broken by a one-time link, and when."""
    opened = OpenedElsewhere.objects.filter(means=Means.LINK, code_break__participant__trial=trial)
    return set(opened.values_list("code_break__participant__number", "code_break__at"))


def _named(found: Counter[Said], links: set[tuple[str, datetime]]) -> Counter[Said]:
    """The same, a link called a link: earlier releases entered whoever had asked for it."""
    named: Counter[Said] = Counter()
    for (subject, at, actor), count in found.items():
        named[subject, at, LINK.name if (subject, at) in links else actor] += count
    return named


def _rows(trial: Trial) -> Counter[Said]:
    rows = CodeBreak.objects.filter(participant__trial=trial)
    return Counter(rows.values_list("participant__number", "at", "by__user__username"))


def _told(trial: Trial) -> Counter[Said]:
    """What the blinded trail says; an entry from the outbox says itself when the code was really broken."""
    entries = AuditEntry.objects.filter(chain__trial=trial, action="code.broken")
    told = entries.values_list("subject", "at", "actor", "body")
    return Counter((subject, _true_time(body) or at, actor) for subject, at, actor, body in told)


def _true_time(body: str) -> datetime | None:
    said = json.loads(body).get("happened_at")
    return datetime.fromisoformat(said) if said else None


def _openings(trial: Trial, purpose: Purpose) -> Counter[Said]:
    """What the sealed trail says of envelopes that were opened for this purpose."""
    entries = SealedAuditEntry.objects.filter(chain__trial=trial, action="envelope.opened")
    opened = entries.values_list("body", "subject", "at", "actor")
    return Counter(
        (subject, at, actor)
        for body, subject, at, actor in opened
        if json.loads(body).get("purpose") == purpose
    )


def set_asides() -> Iterator[Report]:
    """Every trial: each list that was set aside stands in the sealed trail, and was never sealed."""
    for trial in Trial.objects.all():
        rows = SetAside.objects.filter(list__trial=trial)
        yield Report(
            Sentence("lists set aside in %(trial)s", trial=trial.pk),
            rows.count(),
            next(set_aside_faults(trial), ""),
        )


def set_aside_faults(trial: Trial) -> Iterator[Sentence]:
    """Where the rows and the sealed trail tell different stories, or a list went on after all."""
    rows = SetAside.objects.filter(list__trial=trial).select_related("list", "by__user")
    entries = SealedAuditEntry.objects.filter(chain__trial=trial, action="list.set_aside")
    told = {
        (body["list"], body["reason"], at, actor)
        for body, at, actor in (
            (json.loads(text), *who) for text, *who in entries.values_list("body", "at", "actor")
        )
    }
    for row in rows:
        said = (str(row.list_id), row.reason, row.at, row.by.user.username)
        if said not in told:
            yield Sentence("that %(list)s was set aside is not in the sealed trail", list=row.list.name)
        told.discard(said)
    sealed = rows.filter(list__steps__step=Step.SEALED).first()
    if sealed:
        yield Sentence("%(list)s was set aside and sealed", list=sealed.list.name)
    if told:
        yield Sentence("the sealed trail sets a list aside that has no row")


VERIFIERS: Sequence[Verifier] = (contents, code_breaks, sealed_signatures, set_asides)
