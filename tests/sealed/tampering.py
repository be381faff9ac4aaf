"""Ways to tamper with the database of a trial, each by name: what somebody with all rights on it can do.

The scene is a trial at its end: one list, six of its envelopes drawn, one code broken twice, the data
locked. Where a forger could compute hashes anew or sign with the installation's own key, that is done, so
that what is left to find is what a check is for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.apps import apps
from django.db import transaction

from randomization.closing import lock_data
from randomization.core.commitments import envelope_commitment, list_root
from randomization.core.design_file import Plan
from randomization.core.sealed_record import SealedRecord
from randomization.list_checks import envelopes_of
from randomization.models import Envelope, ListStep, RandomizationList, Stratum
from randomization.sealed.ending.end_of_trial import sign_opening
from randomization.sealed.lists.acceptance import check_list
from randomization.sealed.lists.importing import expected_of, import_list
from randomization.sealed.lists.making import design_of, make_list
from randomization.sealed.lists.steps import activate_list, seal_list
from randomization.sealed.models import (
    CodeBreak,
    CodeBreakEntered,
    ListSecret,
    Seal,
    SealedAuditChain,
    SealedAuditEntry,
)
from randomization.sealed.opening.revealing import code_break
from randomization.sealed.vault.boxes import seal
from randomization.sealed.vault.envelope_contents import envelope_context, open_seal
from randomization.sealed.vault.keys import pharmacy_key, recipient_keys, signing_key
from randomization.services import draw_envelope
from randomization.signatures import statement_of
from tests.core.list_files import NAMES, blockrand, written
from tests.keys import recovery_key_is_proved
from tests.randomization.test_verify import tampering
from tests.trial_fixture import TrialFixture, new_trial
from trial.audit import chain_name
from trial.core import chain as links
from trial.models import (
    AuditChain,
    AuditEntry,
    Consent,
    DataLock,
    Delegation,
    EligibilityCheck,
    Participant,
    ParticipantStatus,
)
from trial.models.replay import as_said, key_values, name_of
from trial.permissions import Role

DRAWN = 6


@dataclass
class Scene:
    """A trial at its end, and what people kept on paper."""

    world: TrialFixture
    list: RandomizationList
    anchors: list[str]
    opener: Delegation
    at: datetime

    @property
    def drawn(self) -> list[Envelope]:
        return list(Envelope.objects.exclude(participant=None).order_by("position"))

    @property
    def site(self) -> AuditChain:
        """The chain of the site, with the draws."""
        return AuditChain.objects.get(site=self.world.site)

    @property
    def trial(self) -> AuditChain:
        """The trial's own chain, with the steps of the list and the lock."""
        return AuditChain.objects.get(trial=self.world.trial, site=None)


def set_scene(at: datetime) -> Scene:
    """The trial, lived through."""
    world = new_trial()
    one, two = (world.person(Role.UNBLINDED_STATISTICIAN, f"stat.{name}") for name in ("one", "two"))
    doctor = world.person(Role.INVESTIGATOR, "doctor")
    design = design_of(world.trial, Plan())
    list_ = make_list(trial=world.trial, environment="live", design=design, by=one, at=at, name="main")
    check_list(list_=list_, by=one, at=at)
    seal_list(list_=list_, by=one, at=at)
    recovery_key_is_proved(one, at)
    activate_list(list_=list_, by=two, at=at)
    hours = (at + timedelta(hours=n) for n in range(1, DRAWN + 1))
    drawn = [draw_envelope(participant=world.participant(), by=world.nurse, at=hour) for hour in hours]
    later = at + timedelta(days=1)
    for hour in (later - timedelta(hours=1), later):
        code_break(participant=drawn[0].participant, by=doctor, at=hour, reason="Coma")
    kept = [AuditChain.objects.get(site=world.site).head, list_.root]
    lock_data(trial=world.trial, by=world.person(Role.TRIAL_MANAGER), at=later, statement="Queries answered")
    for by in (one, doctor):
        sign_opening(trial=world.trial, by=by, at=later)
    kept.append(AuditChain.objects.get(trial=world.trial, site=None).head)
    return Scene(world, list_, kept, one, later)


# --- What a forger has at hand -----------------------------------------------------------------------


def retold(entries: list[Any]) -> list[Any]:
    """The entries, keeping the rows that there are now as they are now: what a forger can always do."""
    tables = {model._meta.db_table: model for model in apps.get_models()}
    for row in entries:
        kept = json.loads(row.rows or "{}")
        for table, rows in kept.items():
            model = tables[table]
            present = {name_of(model, key_values(each)): each for each in model._default_manager.all()}
            kept[table] = {name: as_said(present[name]) for name in rows if name in present}
        row.rows = links.canonical(kept) if row.rows else None
    return entries


def rechain(chain: Any, entries: list[Any]) -> None:
    """Number, link and hash these entries anew, move the head, and let envelopes follow."""
    name, previous = chain_name(chain), links.GENESIS
    model = SealedAuditEntry if isinstance(chain, SealedAuditChain) else AuditEntry
    moved = {}
    for number, row in enumerate(entries, 1):
        words = (row.actor, row.role, row.action, row.subject, row.body, links.rows_digest(row.rows))
        said = links.Entry(name, number, row.at, *words)
        new = links.link(said, previous)
        moved[row.hash] = new
        row.chain, row.sequence, row.previous, row.hash = chain, number, previous, new
        previous = new
    model.objects.filter(chain=chain).delete()
    for row in entries:
        row.pk = None
    model.objects.bulk_create(entries)
    type(chain).objects.filter(pk=chain.pk).update(sequence=len(entries), head=previous)
    for envelope in Envelope.objects.filter(audit_hash__in=moved):
        Envelope.objects.filter(pk=envelope.pk).update(audit_hash=moved[envelope.audit_hash])


def entries_of(chain: Any) -> list[Any]:
    return list(chain.entries.order_by("sequence"))


def forge(
    scene: Scene, key: Ed25519PrivateKey | None = None, made: RandomizationList | None = None, **values: Any
) -> None:
    """Change the list's row and make all agree: root over the commitments, signature, root in the trail."""
    list_ = RandomizationList.objects.get(pk=(made or scene.list).pk)
    before, key = list_.root, key or signing_key()
    for name, value in values.items():
        setattr(list_, name, value)
    if "root" not in values:
        list_.root = list_root(bytes.fromhex(row.commitment) for row in envelopes_of(list_)).hex()
    list_.signer_public_key = key.public_key().public_bytes_raw().hex()
    list_.signature = key.sign(statement_of(list_).to_bytes()).hex()
    list_.save()
    entries = entries_of(scene.trial)
    for row in entries:
        row.body = row.body.replace(before, list_.root)
    rechain(scene.trial, entries)


def change(row: Any, **values: Any) -> None:
    type(row).objects.filter(pk=row.pk).update(**values)


def fresh_box(envelope: Envelope, recipient: str, *, arm: str = "") -> tuple[bytes, str]:
    """A box for another arm, with a salt of its own, made with the public key alone; and its commitment."""
    row = Seal.objects.select_related("envelope__stratum__list").get(envelope=envelope, recipient="pharmacy")
    held = open_seal(row.envelope, row, pharmacy_key())
    others = [each.arm for each in ARMS(envelope) if each.arm != held.arm] or [arm]
    record = type(held)(**vars(held) | {"arm": others[0], "salt": bytes(32)})
    context = envelope_context(row.envelope, recipient)
    return seal(record.to_bytes(), recipient_keys()[recipient], *context), envelope_commitment(record).hex()


def ARMS(envelope: Envelope) -> list[Any]:
    """What the first envelopes of the list hold."""
    rows = Seal.objects.filter(envelope__stratum=envelope.stratum_id, recipient="pharmacy")
    first = rows.select_related("envelope__stratum__list").order_by("envelope__position")[:9]
    return [open_seal(row.envelope, row, pharmacy_key()) for row in first]


@contextmanager
def undone(scene: Scene) -> Iterator[None]:
    """All that is done in the block is taken back, in the database and in the scene."""
    point, people, serial = transaction.savepoint(), dict(scene.world.people), scene.world.serial
    try:
        with tampering():
            yield
    finally:
        transaction.savepoint_rollback(point)
        scene.world.people, scene.world.serial = people, serial


Tamper = Callable[[Scene], object]
KINDS: dict[str, Tamper] = {}
BY_ANCHOR = {
    "the whole history computed anew",
    "the tail of a chain cut off, its head moved back",
    "yesterday's dump put back",
}
"""What agrees in itself: only a hash that somebody kept outside the database shows it."""


def kind(name: str) -> Callable[[Tamper], Tamper]:
    def enter(function: Tamper) -> Tamper:
        KINDS[name] = function
        return function

    return enter


# --- The trail ---------------------------------------------------------------------------------------


def _edited(field: str, value: Any) -> Tamper:
    return lambda scene: change(entries_of(scene.trial)[-1], **{field: value})


for _field, _value in {
    "body": '{"statement":"Other"}',
    "at": datetime.fromisoformat("2015-10-07T07:30:00+00:00"),
    "actor": "somebody.else",
    "previous": "1" * 64,
    "hash": "2" * 64,
}.items():
    kind(f"{_field} of an audit entry edited")(_edited(_field, _value))


@kind("first audit entry deleted")
def _(scene: Scene) -> None:
    scene.site.entries.order_by("sequence")[0].delete()


@kind("middle audit entry deleted")
def _(scene: Scene) -> None:
    scene.site.entries.order_by("sequence")[3].delete()


@kind("last audit entry deleted")
def _(scene: Scene) -> None:
    scene.trial.entries.order_by("-sequence")[0].delete()


@kind("last ten audit entries deleted")
def _(scene: Scene) -> None:
    last = scene.trial.entries.order_by("-sequence").values_list("pk", flat=True)[:10]
    AuditEntry.objects.filter(pk__in=list(last)).delete()


@kind("audit trail truncated")
def _(scene: Scene) -> None:
    AuditEntry.objects.all().delete()


@kind("two audit entries swapped")
def _(scene: Scene) -> None:
    first, second = scene.site.entries.order_by("sequence")[2:4]
    change(first, sequence=999)
    change(second, sequence=first.sequence)
    change(first, sequence=second.sequence)


@kind("audit entries numbered with a gap")
def _(scene: Scene) -> None:
    last = entries_of(scene.trial)[-1]
    said = [last.at, last.actor, last.role, last.action, last.subject, last.body]
    said.append(links.rows_digest(last.rows))
    new = links.link(links.Entry(chain_name(scene.trial), 999, *said), last.previous)
    change(last, sequence=999, hash=new)
    change(scene.trial, head=new)


@kind("audit entry inserted, chain computed anew")
def _(scene: Scene) -> None:
    entries = entries_of(scene.site)
    said = ("at", "actor", "role", "action", "subject", "body")
    extra = AuditEntry(**{name: getattr(entries[0], name) for name in said})
    extra.hash = "3" * 64
    rechain(scene.site, [*entries[:2], extra, *entries[2:]])


@kind("head of a chain changed")
def _(scene: Scene) -> None:
    change(scene.trial, head="4" * 64)


@kind("the whole history computed anew")
def _(scene: Scene) -> None:
    """Another nurse drew: envelopes, entries, hashes and heads agree."""
    other = scene.world.person(Role.STUDY_NURSE, "forger")
    entries = entries_of(scene.site)
    for row in entries:
        row.actor = "forger" if row.action == "envelope.drawn" else row.actor
    Envelope.objects.exclude(participant=None).update(drawn_by=other)
    rechain(scene.site, retold(entries))
    rechain(scene.trial, retold(sorted(entries_of(scene.trial), key=lambda row: row.at)))


@kind("the tail of a chain cut off, its head moved back")
def _(scene: Scene) -> None:
    last = entries_of(scene.trial)[-1]
    DataLock.objects.all().delete()
    assert last.action == "data.locked"
    rechain(scene.trial, entries_of(scene.trial)[:-1])


@kind("yesterday's dump put back")
def _(scene: Scene) -> None:
    """The last draw undone, with everything that spoke of it."""
    last = scene.drawn[-1]
    entries = [row for row in entries_of(scene.site) if row.hash != last.audit_hash]
    change(last, participant=None, drawn_by=None, drawn_at=None, audit_hash="")
    for model in (ParticipantStatus, Consent, EligibilityCheck):
        model.objects.filter(participant=last.participant).delete()
    Participant.objects.filter(pk=last.participant_id).delete()
    rechain(scene.site, entries)


# --- Draws -------------------------------------------------------------------------------------------


@kind("envelope drawn without an audit entry")
def _(scene: Scene) -> None:
    last = scene.drawn[-1]
    free = Envelope.objects.get(position=DRAWN + 1)
    who = {"drawn_by": last.drawn_by, "drawn_at": last.drawn_at, "audit_hash": "5" * 64}
    change(free, participant=scene.world.participant(), **who)


@kind("audit entry of a draw without the envelope")
def _(scene: Scene) -> None:
    change(scene.drawn[-1], participant=None, drawn_by=None, drawn_at=None, audit_hash="")


@kind("a draw in the middle undone, with its entry")
def _(scene: Scene) -> None:
    undo = scene.drawn[2]
    entries = [row for row in entries_of(scene.site) if row.hash != undo.audit_hash]
    change(undo, participant=None, drawn_by=None, drawn_at=None, audit_hash="")
    rechain(scene.site, entries)


@kind("participants of two envelopes swapped")
def _(scene: Scene) -> None:
    first, second = scene.drawn[1:3]
    change(first, participant=scene.world.participant())
    change(second, participant=first.participant)
    change(first, participant=second.participant)


@kind("time of a draw changed")
def _(scene: Scene) -> None:
    change(scene.drawn[1], drawn_at=scene.drawn[1].drawn_at + timedelta(minutes=1))


@kind("two draws in the other order, trail included")
def _(scene: Scene) -> None:
    """Envelopes 2 and 3 were drawn the other way round, and every row says so."""
    entries, (second, third) = entries_of(scene.site), scene.drawn[1:3]
    a, b = (next(row for row in entries if row.hash == each.audit_hash) for each in (second, third))
    a.body, b.body = b.body, a.body
    values = [
        {name: getattr(each, name) for name in ("participant", "drawn_at", "audit_hash")}
        for each in (second, third)
    ]
    change(second, participant=scene.world.participant())
    change(third, **values[0])
    change(second, **values[1])
    rechain(scene.site, entries)


# --- Envelopes ---------------------------------------------------------------------------------------


@kind("number of a drawn envelope changed")
def _(scene: Scene) -> None:
    change(scene.drawn[1], number="R-00000")


@kind("number of a free envelope changed")
def _(scene: Scene) -> None:
    change(Envelope.objects.get(position=20), number="R-00000")


@kind("number without its check digit")
def _(scene: Scene) -> None:
    change(Envelope.objects.get(position=20), number="R-12345")


@kind("one number on two lists")
def _(scene: Scene) -> None:
    """A second list, a draft, whose first number is one of the first list."""
    trial, used = scene.world.trial, Envelope.objects.get(position=30)
    design = design_of(trial, Plan())
    made = make_list(trial=trial, environment="live", design=design, by=scene.opener, at=scene.at)
    change(Envelope.objects.get(stratum__list=made, position=1), number=used.number)


@kind("commitment of an envelope changed")
def _(scene: Scene) -> None:
    change(scene.drawn[1], commitment="0" * 64)


@kind("envelope added")
def _(scene: Scene) -> None:
    Envelope.objects.create(stratum=Stratum.objects.get(), position=37, number="R-00000", commitment="0" * 64)


@kind("envelope added, signed anew with our key")
def _(scene: Scene) -> None:
    Envelope.objects.create(stratum=Stratum.objects.get(), position=37, number="R-00000", commitment="0" * 64)
    forge(scene)


@kind("envelope removed, with its boxes")
def _(scene: Scene) -> None:
    last = Envelope.objects.get(position=36)
    Seal.objects.filter(envelope=last).delete()
    last.delete()


@kind("envelope removed, signed anew with our key")
def _(scene: Scene) -> None:
    last = Envelope.objects.get(position=36)
    Seal.objects.filter(envelope=last).delete()
    last.delete()
    forge(scene)


@kind("stratum made shorter, signed anew with our key")
def _(scene: Scene) -> None:
    last = Envelope.objects.get(position=36)
    Seal.objects.filter(envelope=last).delete()
    last.delete()
    change(Stratum.objects.get(), size=35)
    forge(scene)


# --- Boxes -------------------------------------------------------------------------------------------


@kind("two boxes swapped")
def _(scene: Scene) -> None:
    first, second = Seal.objects.filter(recipient="pharmacy").order_by("envelope__position")[:2]
    change(first, box=second.box)
    change(second, box=first.box)


@kind("a box replaced by a fresh one with another arm")
def _(scene: Scene) -> None:
    envelope = scene.drawn[1]
    box, _commitment = fresh_box(envelope, "pharmacy")
    Seal.objects.filter(envelope=envelope, recipient="pharmacy").update(box=box)


@kind("a box replaced by a fresh one, committed and signed anew with our key")
def _(scene: Scene) -> None:
    envelope = scene.drawn[1]
    box, commitment = fresh_box(envelope, "pharmacy")
    Seal.objects.filter(envelope=envelope, recipient="pharmacy").update(box=box)
    change(envelope, commitment=commitment)
    forge(scene)


@kind("a bit of a box flipped")
def _(scene: Scene) -> None:
    row = Seal.objects.filter(recipient="pharmacy").order_by("envelope__position")[3]
    box = bytearray(row.box)
    box[200] ^= 1
    change(row, box=bytes(box))


@kind("a box removed")
def _(scene: Scene) -> None:
    Seal.objects.filter(recipient="pharmacy").order_by("envelope__position")[3].delete()


@kind("a recovery box removed")
def _(scene: Scene) -> None:
    Seal.objects.filter(recipient="recovery").order_by("envelope__position")[3].delete()


@kind("a recovery box for a strange key")
def _(scene: Scene) -> None:
    change(Seal.objects.filter(recipient="recovery").order_by("envelope__position")[3], key_id="0" * 16)


@kind("the seed's recovery box removed, with those of the envelopes")
def _(scene: Scene) -> None:
    ListSecret.objects.filter(recipient="recovery").delete()


@kind("seed and design replaced")
def _(scene: Scene) -> None:
    row, key = ListSecret.objects.get(recipient="pharmacy"), recipient_keys()["pharmacy"]
    from randomization.sealed.vault.boxes import pad
    from randomization.sealed.vault.envelope_contents import SECRET_BLOCK, list_context

    design = design_of(scene.world.trial, Plan(block_sizes=(6,)))
    plain = pad(bytes(32) + design.as_json().encode(), SECRET_BLOCK)
    change(row, box=seal(plain, key, *list_context(scene.list.pk, "pharmacy")))


# --- The list's row, its steps -----------------------------------------------------------------------


@kind("signature replaced")
def _(scene: Scene) -> None:
    change(scene.list, signature="0" * 128)


@kind("root replaced")
def _(scene: Scene) -> None:
    change(scene.list, root="6" * 64)


@kind("root replaced, signed anew with our key")
def _(scene: Scene) -> None:
    forge(scene, root="6" * 64)


@kind("signed anew with a strange key")
def _(scene: Scene) -> None:
    forge(scene, Ed25519PrivateKey.generate())


@kind("environment of the list changed")
def _(scene: Scene) -> None:
    change(scene.list, environment="training")


@kind("environment of the trial changed")
def _(scene: Scene) -> None:
    change(scene.world.trial, environment="training")


@kind("a step removed")
def _(scene: Scene) -> None:
    ListStep.objects.get(step="checked").delete()


@kind("a step removed with its audit entry, chain computed anew")
def _(scene: Scene) -> None:
    ListStep.objects.get(step="checked").delete()
    rechain(scene.trial, [row for row in entries_of(scene.trial) if row.action != "list.checked"])


@kind("all steps of a list removed with their audit entries, chain computed anew")
def _(scene: Scene) -> None:
    """Of a second list, a draft."""
    made = another_list(scene)
    made.steps.all().delete()
    rechain(scene.trial, entries_of(scene.trial)[:-1])


@kind("two steps in the other order")
def _(scene: Scene) -> None:
    first, second = ListStep.objects.filter(step__in=("checked", "sealed")).order_by("sequence")
    change(first, sequence=99)
    change(second, sequence=first.sequence)
    change(first, sequence=second.sequence)


@kind("person of a step changed")
def _(scene: Scene) -> None:
    somebody = scene.world.person(Role.UNBLINDED_STATISTICIAN, "stat.three")
    change(ListStep.objects.get(step="draft"), by=somebody)


@kind("sealed and activated by one person, trail included")
def _(scene: Scene) -> None:
    entries = entries_of(scene.trial)
    for row in entries:
        row.actor = "stat.one" if row.action == "list.activated" else row.actor
    change(ListStep.objects.get(step="activated"), by=scene.opener)
    rechain(scene.trial, entries)


@kind("made and activated by one person, trail included")
def _(scene: Scene) -> None:
    entries, activator = entries_of(scene.trial), ListStep.objects.get(step="activated").by
    for row in entries:
        row.actor = activator.user.username if row.action == "list.draft" else row.actor
    change(ListStep.objects.get(step="draft"), by=activator)
    rechain(scene.trial, entries)


@kind("root in the audit entry of a step replaced, chain computed anew")
def _(scene: Scene) -> None:
    entries = entries_of(scene.trial)
    for row in entries:
        if row.action == "list.activated":
            row.body = row.body.replace(scene.list.root, "7" * 64)
    rechain(scene.trial, entries)


@kind("last step removed, its audit entry left")
def _(scene: Scene) -> None:
    ListStep.objects.get(step="closed").delete()


@kind("activated after the first draw, trail included")
def _(scene: Scene) -> None:
    late, entries = scene.drawn[2].drawn_at, entries_of(scene.trial)
    for row in entries:
        row.at = late if row.action == "list.activated" else row.at
    change(ListStep.objects.get(step="activated"), at=late)
    rechain(scene.trial, entries)


# --- A reserve ---------------------------------------------------------------------------------------


def another_list(scene: Scene, **more: Any) -> RandomizationList:
    """A second list, a draft."""
    trial = scene.world.trial
    design = design_of(trial, Plan())
    first = {"trial": trial, "environment": "live", "design": design, "by": scene.opener}
    return make_list(**first, at=scene.list.made_at, **more)  # type: ignore[arg-type]


@kind("a reserve said to be none")
def _(scene: Scene) -> None:
    change(another_list(scene, reserve_of=scene.list), reserve_of=None)


@kind("an envelope of the reserve drawn while the list before it has free ones, trail included")
def _(scene: Scene) -> None:
    """All that says which envelope the last participant has speaks of the reserve's first."""
    reserve, at, last = another_list(scene, reserve_of=scene.list), scene.list.made_at, scene.drawn[-1]
    check_list(list_=reserve, by=scene.opener, at=at)
    seal_list(list_=reserve, by=scene.opener, at=at)
    recovery_key_is_proved(scene.opener, at)
    activate_list(list_=reserve, by=scene.world.people["stat.two"], at=at)
    other, entries = envelopes_of(reserve)[0], entries_of(scene.site)
    for row in entries:
        row.body = (
            row.body.replace(last.number, other.number).replace(str(scene.list.pk), str(reserve.pk))
            if row.hash == last.audit_hash
            else row.body
        )
    said = {name: getattr(last, name) for name in ("participant", "drawn_by", "drawn_at", "audit_hash")}
    change(last, participant=None, drawn_by=None, drawn_at=None, audit_hash="")
    change(other, **said)
    rechain(scene.site, entries)


# --- A list that came in a file ----------------------------------------------------------------------


@kind("arms of two envelopes of an imported list swapped, committed and signed anew with our key")
def _(scene: Scene) -> None:
    trial = scene.world.trial
    names = dict(zip(NAMES, (arm.code for arm in trial.protocol_version.protocol.arms), strict=True))
    expected, data = expected_of(trial, "live", arm_names=names), written(blockrand()).encode()
    made = import_list(trial=trial, data=data, expected=expected, by=scene.opener, at=scene.at)
    first = envelopes_of(made)[0]
    other = next(each for each in envelopes_of(made)[1:] if held_in(each).arm != held_in(first).arm)
    arms = held_in(first).arm, held_in(other).arm
    for envelope, arm in ((first, arms[1]), (other, arms[0])):
        record = replace(held_in(envelope), arm=arm)
        box = seal(record.to_bytes(), recipient_keys()["pharmacy"], *envelope_context(envelope, "pharmacy"))
        Seal.objects.filter(envelope=envelope, recipient="pharmacy").update(box=box)
        change(envelope, commitment=envelope_commitment(record).hex())
    forge(scene, made=made)


def held_in(envelope: Envelope) -> SealedRecord:
    """What an envelope holds."""
    row = Seal.objects.select_related("envelope__stratum__list").get(envelope=envelope, recipient="pharmacy")
    return open_seal(row.envelope, row, pharmacy_key())


# --- Code breaks -------------------------------------------------------------------------------------


@kind("a code break removed")
def _(scene: Scene) -> None:
    unbroken(scene, 2)


@kind("a code break removed from the sealed trail, chain computed anew")
def _(scene: Scene) -> None:
    chain = SealedAuditChain.objects.get()
    rechain(chain, [row for row in entries_of(chain) if row.action != "envelope.opened"])


@kind("a code break removed from the blinded trail, chain computed anew")
def _(scene: Scene) -> None:
    rechain(scene.site, [row for row in entries_of(scene.site) if row.action != "code.broken"])


def unbroken(scene: Scene, count: int, *, blinded: bool = False, sealed: bool = False) -> None:
    """The last code breaks removed, and what the trails say of them."""
    gone = [row.at for row in CodeBreak.objects.order_by("-at")[:count]]
    CodeBreakEntered.objects.filter(code_break__at__in=gone).delete()
    CodeBreak.objects.filter(at__in=gone).delete()
    if blinded:
        kept = [row for row in entries_of(scene.site) if row.action != "code.broken" or row.at not in gone]
        rechain(scene.site, kept)
    if sealed:
        chain = SealedAuditChain.objects.get()
        kept = [row for row in entries_of(chain) if row.action != "envelope.opened" or row.at not in gone]
        rechain(chain, kept)


@kind("one of two code breaks removed with its entry in the blinded trail, chain computed anew")
def _(scene: Scene) -> None:
    unbroken(scene, 1, blinded=True)


@kind("one of two code breaks removed with its entry in the sealed trail, chain computed anew")
def _(scene: Scene) -> None:
    unbroken(scene, 1, sealed=True)


@kind("all code breaks removed with their entries in the blinded trail, chain computed anew")
def _(scene: Scene) -> None:
    unbroken(scene, 2, blinded=True)


@kind("all code breaks removed but for an opening said to repeat one, chains computed anew")
def _(scene: Scene) -> None:
    unbroken(scene, 2, blinded=True)
    chain = SealedAuditChain.objects.get()
    entries = entries_of(chain)
    for row in entries:
        row.body = row.body.replace('"code_break"', '"code_break_again"')
    rechain(chain, entries)


@kind("an entry of the sealed trail edited")
def _(scene: Scene) -> None:
    change(SealedAuditEntry.objects.order_by("sequence")[0], actor="somebody.else")
