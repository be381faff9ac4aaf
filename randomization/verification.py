"""Checking that nothing in the blinded half was changed, and naming the first row that was.

An app offers its checks through `verifiers()` of its AppConfig, so the clinic door never imports what
the pharmacy door adds.
"""

from __future__ import annotations

import json
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
SHORTEST_ANCHOR = 16


@dataclass(frozen=True)
class Report:
    """What was checked, how many rows it has, and the first fault found (empty when there is none)."""

    what: str
    rows: int
    fault: str = ""


Verifier = Callable[[], Iterable[Report]]


def verify(anchors: Sequence[str] = ()) -> Iterator[Report]:
    """Run the checks of every installed app; then look for hashes that somebody kept on paper."""
    for config in apps.get_app_configs():
        for verifier in getattr(config, "verifiers", tuple)():
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
    yield from _trail_faults(list_)
    yield from _fixed_faults(list_, envelopes)
    yield from _order_faults(envelopes)
    yield from _reserve_faults(list_, envelopes)


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
    earlier = Envelope.objects.filter(
        stratum__list__trial=list_.trial_id, stratum__list__sequence__lt=list_.sequence
    )
    seen = set(earlier.values_list("number", flat=True))
    for row in envelopes:
        if row.number in seen:
            yield f"the number {row.number} is there twice"
        seen.add(row.number)
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


def _trail_faults(list_: RandomizationList) -> Iterator[str]:
    """Steps and audit trail tell one story, and the trail has always named this root."""
    said: dict[str, AuditEntry] = {}
    for entry in AuditEntry.objects.filter(chain__trial=list_.trial_id, action__startswith="list."):
        if json.loads(entry.body).get("list") == str(list_.pk):
            said[entry.action] = entry
    for row in list_.steps.select_related("by__user").order_by("sequence"):
        written = said.pop(f"list.{row.step}", None)
        if written is None or (written.at, written.actor) != (row.at, row.by.user.username):
            yield f"the audit trail does not show that it was {row.step} by {row.by.user.username}"
        elif json.loads(written.body)["root"] != list_.root:
            yield f"another root stands in the audit entry of the step {row.step}"
    for entry in said.values():
        yield f"audit entry {entry.sequence} speaks of {entry.action}, which the list does not show"


def _fixed_faults(list_: RandomizationList, envelopes: Sequence[Envelope]) -> Iterator[str]:
    """The list was made, sealed and activated before its first draw."""
    drawn = [row.drawn_at for row in envelopes if row.drawn_at is not None]
    if not drawn:
        return
    steps = dict(list_.steps.values_list("step", "at"))
    before = [list_.made_at, steps.get(Step.SEALED), steps.get(Step.ACTIVATED), min(drawn)]
    known = [at for at in before if at is not None]
    if len(known) < len(before) or known != sorted(known):
        yield "it was not made, sealed and activated before its first draw"


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


def _drawer(envelope: Envelope) -> str:
    return envelope.drawn_by.user.username if envelope.drawn_by else ""


def _reserve_faults(list_: RandomizationList, envelopes: Sequence[Envelope]) -> Iterator[str]:
    """A reserve is drawn from in a stratum only when the list before it has nothing left there."""
    if list_.reserve_of is None:
        return
    free = Envelope.objects.filter(stratum__list=list_.reserve_of, participant=None)
    left = set(free.values_list("stratum__key", flat=True))
    for key in sorted({row.stratum.key for row in envelopes if row.participant_id} & left):
        yield f"it was drawn from in stratum {key} although {list_.reserve_of.name} has free envelopes there"


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
        said |= {"position": row.position, "stratum": row.stratum.key}
        if not said.items() <= json.loads(entry.body).items() or (entry.at, entry.actor) != (
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
