"""Checking that nothing in the blinded half was changed, and naming the first row that was.

An app offers its checks through `verifiers()` of its AppConfig, so the clinic door never imports what
the pharmacy door adds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.apps import apps
from django.conf import settings
from django.db.models import F

from randomization.core.commitments import list_root
from randomization.core.numbers import PREFIXES
from randomization.key_files import SIGNING, read_public
from randomization.models import Envelope, RandomizationList, Step
from randomization.signatures import signature_holds
from trial.audit import chain_name, first_break
from trial.core.numbers import check_digit
from trial.models import AuditChain, AuditEntry, Trial

DRAWN = "envelope.drawn"


@dataclass(frozen=True)
class Report:
    """What was checked, how many rows it has, and the first fault found (empty when there is none)."""

    what: str
    rows: int
    fault: str = ""


Verifier = Callable[[], Iterable[Report]]


def verify() -> Iterator[Report]:
    """Run the checks of every installed app."""
    for config in apps.get_app_configs():
        for verifier in getattr(config, "verifiers", tuple)():
            yield from verifier()


def audit_chains() -> Iterator[Report]:
    """Every chain of the blinded trail."""
    for chain in AuditChain.objects.select_related("trial", "site").order_by("trial", F("site__number")):
        fault = first_break(chain, AuditEntry)
        found = f"entry {fault.sequence}: {fault.reason}" if fault else ""
        yield Report(f"audit chain {chain_name(chain)}", chain.sequence, found)


def lists() -> Iterator[Report]:
    """Every list: what was signed, the envelopes and their order."""
    for list_ in RandomizationList.objects.select_related("trial"):
        envelopes = envelopes_of(list_)
        yield Report(f"list {list_}", len(envelopes), next(list_faults(list_, envelopes), ""))


def draws() -> Iterator[Report]:
    """Every trial: one audit entry for each drawn envelope, and no more."""
    for trial in Trial.objects.all():
        drawn = Envelope.objects.filter(stratum__list__trial=trial).exclude(participant=None)
        yield Report(f"draws of {trial.pk}", drawn.count(), next(draw_faults(trial), ""))


VERIFIERS: Sequence[Verifier] = (audit_chains, lists, draws)


def envelopes_of(list_: RandomizationList) -> list[Envelope]:
    """The list's envelopes in list order: strata in order, then positions."""
    envelopes = Envelope.objects.filter(stratum__list=list_).select_related("stratum")
    return list(envelopes.order_by("stratum__place", "position"))


def list_faults(list_: RandomizationList, envelopes: Sequence[Envelope]) -> Iterator[str]:
    """What is wrong with a list, in words; nothing when all is well."""
    yield from _place_faults(list_, envelopes)
    yield from _number_faults(list_, envelopes)
    if list_root(bytes.fromhex(row.commitment) for row in envelopes).hex() != list_.root:
        yield "the commitments do not lead to the signed root: an envelope was changed, added or removed"
    if not signature_holds(list_):
        yield "its signature does not hold: the row was changed after it was signed"
    if list_.signer_public_key not in _known_signers(list_):
        yield "it was signed with a key that is not among this installation's list-signing keys"
    yield from _step_faults(list_)
    yield from _order_faults(envelopes)


def _place_faults(list_: RandomizationList, envelopes: Sequence[Envelope]) -> Iterator[str]:
    places = [(stratum.key, n + 1) for stratum in list_.strata.all() for n in range(stratum.size)]
    if len(places) != list_.envelope_count:
        yield f"its strata add up to {len(places)} envelopes, {list_.envelope_count} were signed"
    found = {(row.stratum.key, row.position) for row in envelopes}
    for stratum, position in places:
        if (stratum, position) not in found:
            yield f"envelope {position} of stratum {stratum} is missing"
    for row in envelopes:
        if (row.stratum.key, row.position) not in set(places):
            yield f"envelope {row.position} of stratum {row.stratum.key} was added"


def _number_faults(list_: RandomizationList, envelopes: Sequence[Envelope]) -> Iterator[str]:
    for row in envelopes:
        prefix, _, digits = row.number.partition("-")
        if prefix != PREFIXES[list_.environment] or not digits.isdecimal() or check_digit(digits) != "0":
            yield f"envelope {row.position} of stratum {row.stratum.key} has no valid number"


def _known_signers(list_: RandomizationList) -> set[str]:
    """The signing keys of this installation; the list's own word where there is none to compare with.

    An older key stays known as `list-signing-2025.pub`, say, beside the present `list-signing.pub`.
    """
    folder = Path(settings.VELUM_KEYS)
    keys = [read_public(folder, path.stem) for path in sorted(folder.glob(f"{SIGNING}*.pub"))]
    known = {key.public_bytes_raw().hex() for key in keys if isinstance(key, Ed25519PublicKey)}
    return known or {list_.signer_public_key}


def _step_faults(list_: RandomizationList) -> Iterator[str]:
    steps = list(list_.steps.select_related("by__user").order_by("sequence"))
    if [row.step for row in steps] != list(Step.values)[: len(steps)] and not _closed_early(steps):
        yield f"its steps are out of order: {', '.join(row.step for row in steps)}"
    people = {row.step: row.by.user_id for row in steps}
    if Step.ACTIVATED not in people:
        return
    if people[Step.ACTIVATED] == people.get(Step.SEALED):
        yield "one person both sealed and activated it"
    if list_.environment != list_.trial.environment:
        yield f"it is a {list_.environment} list and serves a {list_.trial.environment} trial"


def _closed_early(steps: Sequence[object]) -> bool:
    names = [getattr(row, "step", "") for row in steps]
    return names[-1:] == [Step.CLOSED] and names[:-1] == list(Step.values)[: len(names) - 1]


def _order_faults(envelopes: Sequence[Envelope]) -> Iterator[str]:
    free: dict[int, int] = {}
    for row in envelopes:
        if row.participant_id is None:
            free.setdefault(row.stratum_id, row.position)
        elif row.stratum_id in free:
            yield (
                f"envelope {row.position} of stratum {row.stratum.key} was drawn "
                f"although envelope {free[row.stratum_id]} is free"
            )


def draw_faults(trial: Trial) -> Iterator[str]:
    """Where drawn envelopes and the audit trail tell different stories."""
    entries = {row.hash: row for row in AuditEntry.objects.filter(chain__trial=trial, action=DRAWN)}
    last: dict[tuple[int, int], int] = {}
    drawn = Envelope.objects.filter(stratum__list__trial=trial).exclude(participant=None)
    for row in drawn.select_related("participant", "stratum").order_by("stratum", "position"):
        entry = entries.pop(row.audit_hash, None)
        if entry is None or row.participant is None or entry.subject != row.participant.number:
            yield f"envelope {row.number} was drawn without an audit entry that says so"
            continue
        if f'"number":"{row.number}"' not in entry.body or entry.at != row.drawn_at:
            yield f"envelope {row.number} and audit entry {entry.sequence} contradict each other"
        place = (row.stratum_id, entry.chain_id)
        if entry.sequence < last.get(place, 0):
            yield f"envelope {row.number} was drawn before one that stands above it in the list"
        last[place] = entry.sequence
    for entry in entries.values():
        yield f"audit entry {entry.sequence} speaks of a draw for {entry.subject} that no envelope shows"
