"""Both keys, before a live list is used: the pharmacy's at hand, the recovery key proved and off line."""

from __future__ import annotations

import secrets
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from randomization.key_files import RECOVERY
from randomization.models import RandomizationList
from randomization.sealed.boxes import CannotOpen, key_id, seal, unseal
from randomization.sealed.contents import open_seal
from randomization.sealed.keys import pharmacy_key, recipient_keys
from randomization.sealed.models import KeyProof, ListSecret, Recipient, Seal
from randomization.sealed.trail import note
from trial.models import Delegation, Environment, Trial
from trial.permissions import Permission
from trial.policies import require
from trial.refusals import Refusal


class KeyNotProved(Refusal):
    """A key that the list depends on is not there, not proved, or not where it belongs."""

    code = "key_not_proved"


@transaction.atomic
def prove_recovery_key(*, key: X25519PrivateKey, trial: Trial, by: Delegation, at: datetime) -> KeyProof:
    """Open a test seal with the recovery key, and write down that it opened. The key is not kept.

    The test seal is made with the public key of this installation, as every second box is. Then the second
    boxes of the trial's lists are opened, in memory, and compared with what was committed.
    Raises NotPermitted, KeyFault, KeyNotProved or SealDamaged.
    """
    require(by, Permission.MANAGE_LISTS, trial=trial)
    public, test = recipient_keys()[RECOVERY], secrets.token_bytes(32)
    box = seal(test, public, "test", RECOVERY, trial.pk)
    try:
        opened = unseal(box, key, "test", RECOVERY, trial.pk)
    except CannotOpen as fault:
        raise KeyNotProved(_("This key does not open what is sealed for recovery here.")) from fault
    if opened != test:
        sentence = _("The test seal held something else. Make new keys before anything is sealed.")
        raise KeyNotProved(sentence)
    for list_ in RandomizationList.objects.filter(trial=trial):
        _open_all(list_, key)
    body = {"key": key_id(public)}
    note(action="recovery_key.proved", subject=trial.pk, by=by, at=at, trial=trial, body=body)
    return KeyProof.objects.create(key_id=key_id(public), by=by, at=at)


def _open_all(list_: RandomizationList, key: X25519PrivateKey) -> None:
    seals = Seal.objects.filter(envelope__stratum__list=list_, recipient=Recipient.RECOVERY)
    for row in seals.select_related("envelope__stratum__list").order_by("envelope__number").iterator(1000):
        open_seal(row.envelope, row, key)


def refuse_unproved_keys(list_: RandomizationList) -> None:
    """Refuse a live list unless both of its keys are as they should be. Raises KeyNotProved or KeyFault."""
    if list_.environment != Environment.LIVE:
        return
    used = dict(ListSecret.objects.filter(list=list_).values_list("recipient", "key_id"))
    if used.get(Recipient.PHARMACY) != key_id(pharmacy_key().public_key()):
        sentence = _("%(list)s is sealed for another pharmacy key than the one at this door.")
        raise KeyNotProved(sentence % {"list": list_.name})
    if not KeyProof.objects.filter(key_id=used.get(Recipient.RECOVERY, "")).exists():
        sentence = _("Nobody has proved the recovery key. Run `manage.py prove_recovery_key` first.")
        raise KeyNotProved(sentence)
    if (Path(settings.VELUM_KEYS) / f"{RECOVERY}.key").exists():
        sentence = _("The recovery key lies on this machine. Move recovery.key to the safe first.")
        raise KeyNotProved(sentence)
