"""One arm from a dump and a key file, where no server runs. Nothing can be written down there."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from randomization.models import Envelope
from randomization.sealed.models import Seal
from randomization.sealed.vault.boxes import key_id
from randomization.sealed.vault.envelope_contents import open_seal
from randomization.sealed.vault.keys import OpeningKey
from trial.core.numbers import BadNumber, read_number
from trial.core.protocol import Arm, Protocol
from trial.core.sentences import Sentence
from trial.queries import NotFound
from trial.refusals import Refusal, in_page_language


class WrongKey(Refusal):
    """The key in hand opens nothing of this dump."""

    code = "wrong_key"


@dataclass(frozen=True, repr=False)
class Opened:
    """One envelope of a dump, opened."""

    envelope: Envelope
    arm: Arm
    protocol: Protocol


def open_offline(*, number: str, trial: str, key: OpeningKey) -> Opened:
    """The arm of one participant, by participant number or randomisation number.

    Works with the pharmacy's key and with the recovery key: each envelope is sealed for both.
    Raises NotFound, WrongKey or SealDamaged.
    """
    envelope = _envelope(number, trial)
    seal = Seal.objects.filter(envelope=envelope, key_id=key_id(key.public_key())).first()
    if seal is None:
        raise WrongKey(
            Sentence("This key opens nothing here. Take pharmacy.key or recovery.key of this installation.")
        )
    protocol = envelope.stratum.list.trial.protocol_version.protocol
    return Opened(envelope, protocol.arm(open_seal(envelope, seal, key).arm), protocol)


def _envelope(number: str, trial: str) -> Envelope:
    drawn = Envelope.objects.exclude(participant=None).select_related("participant", "stratum__list__trial")
    if trial:
        drawn = drawn.filter(stratum__list__trial=trial)
    try:
        read = read_number(number)
    except BadNumber as fault:
        said = f"No drawn envelopes belong to {number.strip()}. {in_page_language(fault.sentence)}"
        raise NotFound(said) from fault
    found = list(drawn.filter(Q(number=read.randomization) | Q(participant__number=read.participant))[:2])
    if len(found) != 1:
        raise NotFound(
            f"{len(found) or 'No'} drawn envelopes belong to {number.strip()}. Check the number"
            + ("; name the trial with --trial." if found else ", and that the dump is not too old.")
        )
    return found[0]
