"""Checking that nothing in the blinded half was changed, and naming the first row that was.

An app offers its checks through `verifiers()` of its AppConfig, so the clinic door never imports what
the pharmacy door adds.
"""

from __future__ import annotations

import json
import zoneinfo
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from randomization.anchoring import moved, read_anchor
from randomization.dumps import reads_rows_only
from randomization.hooks import OffersVerifiers
from randomization.key_files import KeyFault, read_signers
from randomization.list_checks import envelopes_of, list_faults
from randomization.models import Envelope, RandomizationList
from randomization.verifying.chains import trail_reports
from randomization.verifying.endings import endings
from randomization.verifying.reports import Clock, Report, Verifier
from randomization.verifying.signatures import signatures
from trial.core.sentences import Sentence, Words
from trial.core.zones import rules
from trial.hooks import ask_apps
from trial.models import AuditChain, AuditEntry, AuditEntryBase, ProtocolVersion, Site, Trial
from trial.walls.database import is_guarded
from trial.walls.trigger_registry import faults, listed

DRAWN = "envelope.drawn"
SHORTEST_ANCHOR = 16


def verify(anchors: Sequence[str] = (), *, nights: Sequence[str] = (), clock: Clock) -> Iterator[Report]:
    """Run the checks of every installed app; then look for hashes that somebody kept on paper, and for the
    heads in the anchors of `nights`.

    A check that cannot go on says so, and the others follow. The clock comes from the edge.
    """
    for app in ask_apps(OffersVerifiers):
        for verifier in app.verifiers(clock):
            yield from _finished(verifier)
    if anchors:
        yield from _finished(partial(anchors_kept, anchors))
    for text in nights:
        yield from _finished(partial(anchor_of_a_night, text))


def _finished(verifier: Verifier) -> Iterator[Report]:
    """The reports of a check; where it breaks off, one that says so, instead of all that would follow."""
    try:
        with transaction.atomic():  # PostgreSQL answers nothing after an error but to a savepoint
            yield from verifier()
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, DatabaseError) as fault:
        name = getattr(verifier, "func", verifier).__name__.replace("_", " ")
        yield Report(
            Sentence("check of %(what)s", what=name),
            0,
            Sentence("it met what it cannot read (%(fault)s) and broke off", fault=_first_line(fault)),
        )


def _first_line(fault: Exception) -> str:
    said = str(fault).strip().splitlines() or [""]
    return f"{type(fault).__name__}: {said[0]}"[:200]


def entry_models() -> list[type[AuditEntryBase]]:
    """The entries of every trail that this door has."""
    return [model for model in apps.get_models() if issubclass(model, AuditEntryBase)]


def anchor_of_a_night(text: str) -> Iterator[Report]:
    """An anchor that was made at night: each head in it is still the entry of that number."""
    kept = list(read_anchor(text))
    for head in [*moved(kept, entry_models())][:1]:
        fault = Sentence(
            "%(chain)s has no entry %(entry)s with the hash %(hash)s: history was cut or written anew",
            chain=head.chain,
            entry=head.sequence,
            hash=head.hash,
        )
        yield Report(Sentence("anchor of a night"), len(kept), fault)
        return
    yield Report(Sentence("anchor of a night"), len(kept))


def anchors_kept(anchors: Sequence[str]) -> Iterator[Report]:
    """The hashes that somebody kept on paper."""
    yield Report(Sentence("anchors"), len(anchors), next(anchor_faults(anchors), ""))


def anchor_faults(anchors: Sequence[str]) -> Iterator[Sentence]:
    """Anchors that are neither an audit entry's hash nor a list's root: only they show a history that was
    cut or written anew as a whole. The first 16 digits, as in a page's foot, are enough."""
    for anchor in anchors:
        wanted = anchor.lower().rstrip(".…")
        roots = RandomizationList.objects.filter(root__startswith=wanted)
        entries = (kind._default_manager.filter(hash__startswith=wanted) for kind in entry_models())
        if len(wanted) < SHORTEST_ANCHOR or not (roots.exists() or any(rows.exists() for rows in entries)):
            yield Sentence(
                "no audit entry and no list has the hash %(anchor)s: history was cut or written anew",
                anchor=anchor,
            )


def audit_chains(clock: Clock) -> Iterator[Report]:
    """Every chain of the blinded trail, read once; then the rows of every table beside it."""
    yield from trail_reports(AuditChain, AuditEntry, sealed=False, clock=clock)


def protocols() -> Iterator[Report]:
    """Every protocol version; then each thing in it that would stop a new file today."""
    for version in ProtocolVersion.objects.order_by("trial", "id"):
        what = Sentence(
            "protocol of %(trial)s, version %(version)s", trial=version.trial_id, version=version.version
        )
        if not version.is_intact:
            yield Report(what, 1, Sentence("its text is not the one that was installed: the digest differs"))
            continue
        yield Report(what, 1)
        for fault in version.faults:
            yield Report(what, 1, to_amend=fault.text)


def lists() -> Iterator[Report]:
    """Every list: what was signed, the envelopes and their order."""
    for list_ in RandomizationList.objects.select_related("trial"):
        yield Report(
            Sentence("list %(list)s", list=str(list_)),
            envelopes_of(list_).count(),
            next(list_faults(list_), ""),
        )


def signers() -> Iterator[Report]:
    """Every trial with lists: whether this installation has a key to know their signer by."""
    fault, unchecked = _signer_keys()
    for trial in Trial.objects.all():
        if count := RandomizationList.objects.filter(trial=trial).count():
            yield Report(
                Sentence("signers of the lists of %(trial)s", trial=trial.pk), count, fault, unchecked
            )


def _signer_keys() -> tuple[Words, Words]:
    folder = Path(settings.VELUM_KEYS)
    try:
        known = read_signers(folder)
    except KeyFault as fault:
        return fault.sentence, ""
    missing = Sentence(
        "no list-signing.pub in %(folder)s: each list's signature holds for the key that the "
        "list itself names",
        folder=str(folder),
    )
    return "", "" if known else missing


def draws() -> Iterator[Report]:
    """Every trial: one audit entry for each drawn envelope, and no more."""
    for trial in Trial.objects.all():
        drawn = Envelope.objects.filter(stratum__list__trial=trial).exclude(participant=None)
        yield Report(
            Sentence("draws of %(trial)s", trial=trial.pk), drawn.count(), next(draw_faults(trial), "")
        )


def zones() -> Iterator[Report]:
    """By which rules this process reads time zones, and whether the machine's own come first."""
    paths = ", ".join(zoneinfo.TZPATH)
    fault = Sentence("the machine’s own files are read first: %(paths)s", paths=paths) if paths else ""
    count = Site.objects.values("zone").distinct().count()
    yield Report(Sentence("time zones by %(rules)s", rules=rules()), count, fault)


def triggers() -> Iterator[Report]:
    """Every trigger that an application lists; then each that is missing or altered, or in no list."""
    lists = len(listed(connection.vendor))
    if unchecked := _triggers_unread():
        yield Report(Sentence("triggers"), lists, unchecked=unchecked)
        return
    yield Report(Sentence("triggers"), lists)
    for fault in faults(connection):
        yield Report(
            Sentence("trigger %(name)s on %(table)s", **fault.place._asdict()), 1, TRIGGER_FAULTS[fault.what]
        )


def _triggers_unread() -> Words:
    """Why nobody can read the triggers here, or nothing."""
    if reads_rows_only():
        return Sentence("a dump of PostgreSQL is read without its triggers")
    if is_guarded(connection):
        return Sentence("a server of the clinic may not read them; it looked when it started")
    return ""


TRIGGER_FAULTS = {
    "missing": Sentence("it is missing"),
    "altered": Sentence("it was altered or switched off"),
    "strange": Sentence("no application lists it"),
}
VERIFIERS: Sequence[Verifier] = (
    endings,
    protocols,
    lists,
    signers,
    draws,
    signatures,
    triggers,
    zones,
)


def _drawer(envelope: Envelope) -> str:
    return envelope.drawn_by.user.username if envelope.drawn_by else ""


def draw_faults(trial: Trial) -> Iterator[Sentence]:
    """Where drawn envelopes and the audit trail tell different stories."""
    entries = {row.hash: row for row in AuditEntry.objects.filter(chain__trial=trial, action=DRAWN)}
    last: dict[tuple[int, int], int] = {}
    drawn = Envelope.objects.filter(stratum__list__trial=trial).exclude(participant=None)
    for row in drawn.select_related("participant", "stratum", "drawn_by__user").order_by(
        "stratum", "position"
    ):
        entry = entries.pop(row.audit_hash, None)
        if entry is None or row.participant is None or entry.subject != row.participant.number:
            yield Sentence(
                "envelope %(envelope)s was drawn without an audit entry that says so", envelope=row.number
            )
            continue
        said: dict[str, object] = {"list": str(row.stratum.list_id), "number": row.number}
        told = json.loads(entry.body)
        said |= {"stratum": row.stratum.key} | ({"position": row.position} if "position" in told else {})
        if not said.items() <= told.items() or (entry.at, entry.actor) != (
            row.drawn_at,
            _drawer(row),
        ):
            yield Sentence(
                "envelope %(envelope)s and audit entry %(entry)s contradict each other",
                envelope=row.number,
                entry=entry.sequence,
            )
        place = (row.stratum_id, entry.chain_id)
        if entry.sequence < last.get(place, 0):
            yield Sentence(
                "envelope %(envelope)s was drawn before one that stands above it in the list",
                envelope=row.number,
            )
        last[place] = entry.sequence
    for entry in entries.values():
        yield Sentence(
            "audit entry %(entry)s speaks of a draw for %(participant)s that no envelope shows",
            entry=entry.sequence,
            participant=entry.subject,
        )
