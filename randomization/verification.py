"""Checking that nothing in the blinded half was changed, and naming the first row that was.

An app offers its checks through `verifiers()` of its AppConfig, so the clinic door never imports what
the pharmacy door adds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import F

from randomization.hooks import OffersVerifiers
from randomization.key_files import KeyFault, read_signers
from randomization.list_checks import envelopes_of, list_faults
from randomization.models import Envelope, RandomizationList
from trial.audit import chain_name, first_break
from trial.hooks import ask_apps
from trial.models import AuditChain, AuditEntry, Trial

DRAWN = "envelope.drawn"
SHORTEST_ANCHOR = 16


@dataclass(frozen=True)
class Report:
    """What was checked, how many rows it has, and the first fault found (empty when there is none).

    `unchecked` says why something could not be checked here: nothing is known to be wrong, nothing to hold.
    """

    what: str
    rows: int
    fault: str = ""
    unchecked: str = ""


Verifier = Callable[[], Iterable[Report]]


def verify(anchors: Sequence[str] = ()) -> Iterator[Report]:
    """Run the checks of every installed app; then look for hashes that somebody kept on paper."""
    for app in ask_apps(OffersVerifiers):
        for verifier in app.verifiers():
            yield from verifier()
    if anchors:
        yield Report("anchors", len(anchors), next(anchor_faults(anchors), ""))


def anchor_faults(anchors: Sequence[str]) -> Iterator[str]:
    """Anchors that are neither an audit entry's hash nor a list's root: only they show a history that was
    cut or written anew as a whole. The first 16 digits, as in a page's foot, are enough."""
    for anchor in anchors:
        wanted = anchor.lower().rstrip(".…")
        roots = RandomizationList.objects.filter(root__startswith=wanted)
        entries = AuditEntry.objects.filter(hash__startswith=wanted)
        if len(wanted) < SHORTEST_ANCHOR or not (roots.exists() or entries.exists()):
            yield f"no audit entry and no list has the hash {anchor}: history was cut or written anew"


def audit_chains() -> Iterator[Report]:
    """Every chain of the blinded trail."""
    for chain in AuditChain.objects.select_related("trial", "site").order_by("trial", F("site__number")):
        fault = first_break(chain, AuditEntry)
        found = f"entry {fault.sequence}: {fault.reason}" if fault else ""
        yield Report(f"audit chain {chain_name(chain)}", chain.sequence, found)


def lists() -> Iterator[Report]:
    """Every list: what was signed, the envelopes and their order."""
    for list_ in RandomizationList.objects.select_related("trial"):
        yield Report(f"list {list_}", envelopes_of(list_).count(), next(list_faults(list_), ""))


def signers() -> Iterator[Report]:
    """Every trial with lists: whether this installation has a key to know their signer by."""
    fault, unchecked = _signer_keys()
    for trial in Trial.objects.all():
        if count := RandomizationList.objects.filter(trial=trial).count():
            yield Report(f"signers of the lists of {trial.pk}", count, fault, unchecked)


def _signer_keys() -> tuple[str, str]:
    folder = Path(settings.VELUM_KEYS)
    try:
        known = read_signers(folder)
    except KeyFault as fault:
        return str(fault), ""
    missing = (
        f"no list-signing.pub in {folder}: each list's signature holds for the key that the list itself names"
    )
    return "", "" if known else missing


def draws() -> Iterator[Report]:
    """Every trial: one audit entry for each drawn envelope, and no more."""
    for trial in Trial.objects.all():
        drawn = Envelope.objects.filter(stratum__list__trial=trial).exclude(participant=None)
        yield Report(f"draws of {trial.pk}", drawn.count(), next(draw_faults(trial), ""))


VERIFIERS: Sequence[Verifier] = (audit_chains, lists, signers, draws)


def _drawer(envelope: Envelope) -> str:
    return envelope.drawn_by.user.username if envelope.drawn_by else ""


def draw_faults(trial: Trial) -> Iterator[str]:
    """Where drawn envelopes and the audit trail tell different stories."""
    entries = {row.hash: row for row in AuditEntry.objects.filter(chain__trial=trial, action=DRAWN)}
    last: dict[tuple[int, int], int] = {}
    drawn = Envelope.objects.filter(stratum__list__trial=trial).exclude(participant=None)
    for row in drawn.select_related("participant", "stratum", "drawn_by__user").order_by(
        "stratum", "position"
    ):
        entry = entries.pop(row.audit_hash, None)
        if entry is None or row.participant is None or entry.subject != row.participant.number:
            yield f"envelope {row.number} was drawn without an audit entry that says so"
            continue
        said: dict[str, object] = {"list": str(row.stratum.list_id), "number": row.number}
        told = json.loads(entry.body)
        said |= {"stratum": row.stratum.key} | ({"position": row.position} if "position" in told else {})
        if not said.items() <= told.items() or (entry.at, entry.actor) != (
            row.drawn_at,
            _drawer(row),
        ):
            yield f"envelope {row.number} and audit entry {entry.sequence} contradict each other"
        place = (row.stratum_id, entry.chain_id)
        if entry.sequence < last.get(place, 0):
            yield f"envelope {row.number} was drawn before one that stands above it in the list"
        last[place] = entry.sequence
    for entry in entries.values():
        yield f"audit entry {entry.sequence} speaks of a draw for {entry.subject} that no envelope shows"
