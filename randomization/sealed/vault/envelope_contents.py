"""Putting contents into boxes and taking them out again, checked against what was committed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from randomization.core.commitments import design_commitment, envelope_commitment
from randomization.core.design import IMPORTED, Design
from randomization.core.imported import make_outlines, outline_of
from randomization.core.making import design_salt, make_records
from randomization.core.sealed_record import RecordFault, SealedRecord
from randomization.models import Envelope, RandomizationList
from randomization.sealed.models import BoxKind, ListSecret, Recipient, Seal
from randomization.sealed.vault.boxes import CannotOpen, key_id, pad, seal, unpad, unseal
from randomization.sealed.vault.keys import pharmacy_key
from trial.core.sentences import Sentence
from trial.refusals import Refusal

BATCH = 1000
"""Envelopes read at once."""

SECRET_BLOCK = 8192
"""A list's secret is padded to a multiple of this, so that its length says nothing about the design."""


class SealDamaged(Refusal):
    """What a box holds is not what was committed when the list was made, or the box does not open."""

    code = "seal_damaged"


@dataclass(frozen=True, repr=False)
class Secret:
    """From these the whole list can be made again. Never printed."""

    seed: bytes
    design: Design

    def records(self, list_: RandomizationList) -> Iterator[SealedRecord]:
        """What every envelope of the list must hold, in list order; of an imported one `known` of it."""
        make = make_outlines if self.imported else make_records
        return make(
            self.design,
            list_id=list_.pk,
            environment=list_.environment,
            seed=self.seed,
            taken=EarlierNumbers(list_),
        )

    @property
    def imported(self) -> bool:
        """Whether the order came in a file, so that no seed gives it."""
        return self.design.method == IMPORTED

    def known(self, record: SealedRecord) -> SealedRecord:
        """What of an envelope's content seed and design give: all of it, unless the list was imported."""
        return outline_of(record, self.design) if self.imported else record


class EarlierNumbers:
    """The numbers of the trial's earlier lists, read as they are asked for."""

    def __init__(self, list_: RandomizationList) -> None:
        earlier = Envelope.objects.filter(
            stratum__list__trial=list_.trial_id, stratum__list__sequence__lt=list_.sequence
        )
        self._numbers = earlier.order_by().values_list("number", flat=True)

    def __len__(self) -> int:
        return self._numbers.count()

    def __iter__(self) -> Iterator[str]:
        return self._numbers.iterator(chunk_size=2000)


def secrets_of(
    list_: RandomizationList, secret: Secret, keys: dict[str, X25519PublicKey]
) -> Iterator[ListSecret]:
    """The unsaved boxes around a list's seed and design, one for each recipient."""
    plaintext = pad(secret.seed + secret.design.as_json().encode(), SECRET_BLOCK)
    for recipient, key in keys.items():
        box = seal(plaintext, key, *list_context(list_.pk, recipient))
        yield ListSecret(list=list_, recipient=recipient, key_id=key_id(key), box=box)


def open_secret(
    list_: RandomizationList, key: X25519PrivateKey, recipient: str = Recipient.PHARMACY
) -> Secret:
    """The list's seed and design, checked against the design's commitment. Raises SealDamaged."""
    row = ListSecret.objects.get(list=list_, recipient=recipient)
    row.list = list_
    return secret_in(row, key)


def secret_in(row: ListSecret, key: X25519PrivateKey) -> Secret:
    """The seed and design that this box holds, checked in the same way. Raises SealDamaged."""
    list_ = row.list
    try:
        plaintext = unpad(unseal(row.box, key, *list_context(list_.pk, row.recipient)))
    except CannotOpen as fault:
        raise SealDamaged(Sentence("This key does not open list %(list)s.", list=str(list_))) from fault
    secret = Secret(plaintext[:32], Design.from_json(plaintext[32:].decode()))
    if design_commitment(secret.design, design_salt(secret.seed)).hex() != list_.design_commitment:
        raise SealDamaged(
            Sentence("The design of list %(list)s is not the one that was signed.", list=str(list_))
        )
    return secret


def open_seal(envelope: Envelope, seal_row: Seal, key: X25519PrivateKey) -> SealedRecord:
    """What the envelope holds, checked against its commitment, number and place. Raises SealDamaged."""
    try:
        content = unseal(seal_row.box, key, *envelope_context(envelope, seal_row.recipient))
        record = SealedRecord.from_bytes(content)
    except (CannotOpen, RecordFault) as fault:
        raise SealDamaged(
            Sentence(
                "Envelope %(number)s cannot be opened. Use the printed sheet, and tell the statistician.",
                number=envelope.number,
            )
        ) from fault
    if envelope_commitment(record).hex() != envelope.commitment or not _belongs(record, envelope):
        raise SealDamaged(
            Sentence(
                "The content of envelope %(number)s is not what was sealed. Tell the statistician.",
                number=envelope.number,
            )
        )
    return record


def _belongs(record: SealedRecord, envelope: Envelope) -> bool:
    list_ = envelope.stratum.list
    return (record.list_id, record.environment, record.stratum, record.position, record.number) == (
        list_.pk,
        list_.environment,
        envelope.stratum.key,
        envelope.position,
        envelope.number,
    )


def envelope_context(envelope: Envelope, recipient: str) -> tuple[str, ...]:
    """What the box of an envelope is bound to."""
    stratum = envelope.stratum
    return (*stratum_context(stratum.list_id, stratum.key, recipient), str(envelope.position))


def stratum_context(list_id: UUID, stratum: str, recipient: str) -> tuple[str, ...]:
    """All of it but the position."""
    return ("envelope", recipient, str(list_id), stratum)


def list_context(list_id: UUID, recipient: str) -> tuple[str, ...]:
    """What the box of a list's secret is bound to."""
    return ("list", recipient, str(list_id))


def _seal_place(seal_row: Seal, recipient: str) -> tuple[str, ...]:
    return envelope_context(seal_row.envelope, recipient)


def _secret_place(secret: ListSecret, recipient: str) -> tuple[str, ...]:
    return list_context(secret.list_id, recipient)


BOXES = (
    BoxKind(Seal, "envelope", ("envelope__stratum",), _seal_place),
    BoxKind(ListSecret, "list", (), _secret_place),
)
"""What a re-keying seals anew here."""


def secret_of(list_: RandomizationList) -> Secret:
    """Seed and design of a list of an opened trial. Raises SealDamaged or KeyFault."""
    return open_secret(list_, pharmacy_key())


def contents_of(list_: RandomizationList) -> Iterator[tuple[Envelope, SealedRecord]]:
    """Every envelope of a list with what it holds, in list order. Raises SealDamaged or KeyFault."""
    key = pharmacy_key()
    seals = Seal.objects.filter(envelope__stratum__list=list_, recipient=Recipient.PHARMACY)
    if seals.count() != Envelope.objects.filter(stratum__list=list_).count():
        raise SealDamaged(
            Sentence("Some envelopes of %(list)s have no seal for the pharmacy. Run verify.", list=str(list_))
        )
    related = ("envelope__stratum__list", "envelope__participant", "envelope__drawn_by__user")
    ordered = seals.order_by("envelope__stratum__place", "envelope__position").select_related(*related)
    for row in ordered.iterator(BATCH):
        yield row.envelope, open_seal(row.envelope, row, key)
