"""Before a live list is used: the pharmacy's key at hand, recovery proved and off line, the signer known."""

from __future__ import annotations

import secrets
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from randomization.key_files import RECOVERY, SIGNING, read_signers
from randomization.models import RandomizationList
from randomization.sealed.models import BoxKind, KeyProof, ListSecret, Recipient, Seal
from randomization.sealed.vault.boxes import CannotOpen, key_id, seal, unseal
from randomization.sealed.vault.envelope_contents import SealDamaged, open_seal, open_secret
from randomization.sealed.vault.keys import pharmacy_key, recipient_keys
from randomization.sealed.vault.rekeying import box_kinds
from randomization.sealed.vault.trail import record_sealed
from trial.core.sentences import Sentence
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

    The test seal is made with the public key of this installation, as every second box is. Then every second
    box of the installation is opened, in memory; what the trial's lists hold is compared with what was
    committed. Whatever is sealed for the pharmacy must have its second box.
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
        _open_list(list_, key)
    for kind in box_kinds():
        _open_all(kind, key)
    body = {"key": key_id(public)}
    proof = KeyProof.objects.create(key_id=key_id(public), by=by, at=at)
    record_sealed(action="recovery_key.proved", subject=trial.pk, by=by, at=at, trial=trial, body=body)
    return proof


def _open_list(list_: RandomizationList, key: X25519PrivateKey) -> None:
    """Compare what the second boxes of a list hold with what was committed."""
    try:
        open_secret(list_, key, Recipient.RECOVERY)
    except ListSecret.DoesNotExist as fault:
        raise SealDamaged(
            Sentence("The seed of %(name)s is not sealed for the recovery key.", name=list_.name)
        ) from fault
    seals = Seal.objects.filter(envelope__stratum__list=list_, recipient=Recipient.RECOVERY)
    for row in seals.select_related("envelope__stratum__list").order_by("envelope__number").iterator(1000):
        open_seal(row.envelope, row, key)


def _open_all(kind: BoxKind, key: X25519PrivateKey) -> None:
    """Open every second box of one kind, and miss none. Raises SealDamaged."""
    boxes = kind.model._default_manager.all()
    first, second = (boxes.filter(recipient=recipient) for recipient in Recipient.values)
    if missing := first.exclude(**{f"{kind.owner}__in": second.values(kind.owner)}).count():
        name = kind.model._meta.verbose_name_plural
        raise SealDamaged(
            Sentence(
                "%(missing)s %(name)s are not sealed for the recovery key.", missing=missing, name=str(name)
            )
        )
    for box in second.select_related(*kind.related).order_by("pk").iterator(1000):
        try:
            unseal(box.box, key, *kind.place(box, Recipient.RECOVERY))
        except CannotOpen as fault:
            raise SealDamaged(
                Sentence(
                    "%(fault)s Tell whoever keeps the backups before anything else is done.",
                    fault=str(fault),
                )
            ) from fault


def refuse_unproved_keys(list_: RandomizationList) -> None:
    """Refuse a live list unless all of its keys are as they should be. Raises KeyNotProved or KeyFault."""
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
    if list_.signer_public_key not in read_signers(Path(settings.VELUM_KEYS)):
        sentence = _(
            "Whoever signed %(list)s is not known here. Put the signer's public key into %(file)s, "
            "as you received it from the statistician and not from the list."
        )
        raise KeyNotProved(sentence % {"list": list_.name, "file": f"{SIGNING}.pub"})
