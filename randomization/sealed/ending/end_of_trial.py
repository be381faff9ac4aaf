"""The end of a trial: two people sign, and only then are all envelopes opened at once."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from randomization.sealed.models import OpeningSignature
from randomization.sealed.vault.signing import deed_of_opening, sign_sealed
from randomization.sealed.vault.trail import record_sealed
from trial.audit import record
from trial.models import DataLock, Delegation, Trial
from trial.people.signing import Hand
from trial.permissions import Permission, may
from trial.policies import NotPermitted, require
from trial.refusals import Refusal

PARTS = (Permission.MANAGE_LISTS, Permission.BREAK_CODE)
"""Whose signatures it takes: the unblinded statistician's, and an investigator's."""


class DataNotLocked(Refusal):
    """The data are not locked, so the envelopes are not opened as a whole yet."""

    code = "data_not_locked"


class NotSigned(Refusal):
    """The opening has not been signed by two different people."""

    code = "not_signed"


class SignedAlready(Refusal):
    """This part of the opening has been signed already."""

    code = "signed_already"


def sign_opening(*, trial: Trial, by: Delegation, at: datetime, hand: Hand | None = None) -> OpeningSignature:
    """One of the two signatures under the opening. The caller has asked for the password again.

    Raises NotPermitted, DataNotLocked, SignedAlready or NotSigned (one person for both parts).
    """
    part = _part_of(by)
    require(by, part, trial=trial)
    _refuse_unlocked(trial)
    with transaction.atomic():
        if OpeningSignature.objects.filter(trial=trial, by__user=by.user_id).exclude(part=part).exists():
            raise NotSigned(_("You have signed the other part. Two different people sign."))
        row = _signature(trial, part, by, at)
        deed = deed_of_opening(row, hand)
        body = {"part": part.value} | deed.facts
        entry = record_sealed(action="opening.signed", subject=trial.pk, by=by, at=at, trial=trial, body=body)
        sign_sealed(deed, entry, by=by, at=at, site=None)
    return row


def _part_of(by: Delegation) -> Permission:
    for part in PARTS:
        if may(by.role, part):
            return part
    raise NotPermitted(_("An unblinded statistician and an investigator sign the opening."))


def _signature(trial: Trial, part: Permission, by: Delegation, at: datetime) -> OpeningSignature:
    try:
        with transaction.atomic():
            return OpeningSignature.objects.create(trial=trial, part=part.value, by=by, at=at)
    except IntegrityError as fault:
        raise SignedAlready(_("This part of the opening is signed already.")) from fault


def signatures(trial: Trial) -> list[OpeningSignature]:
    """The signatures that there are, the oldest first."""
    return list(OpeningSignature.objects.filter(trial=trial).select_related("by__user"))


def open_trial(*, trial: Trial, by: Delegation, at: datetime) -> None:
    """Write down that all envelopes are opened, or refuse. What is opened comes from `contents_of`.

    The blinded trail learns it as well: from now on the trial is open.
    Raises NotPermitted, DataNotLocked or NotSigned.
    """
    require(by, Permission.MANAGE_LISTS, trial=trial)
    refuse_unopened(trial)
    with transaction.atomic(durable=True):
        record_sealed(action="trial.opened", subject=trial.pk, by=by, at=at, trial=trial)
        record(action="trial.opened", subject=trial.pk, by=by, at=at, trial=trial)


def refuse_unopened(trial: Trial) -> None:
    """Raises DataNotLocked, or NotSigned while one of the two signatures is missing."""
    _refuse_unlocked(trial)
    signed = {row.part: row.by.user_id for row in signatures(trial)}
    if set(signed) != {part.value for part in PARTS} or len(set(signed.values())) != len(PARTS):
        raise NotSigned(_("An unblinded statistician and an investigator have to sign the opening first."))


def _refuse_unlocked(trial: Trial) -> None:
    if not DataLock.objects.filter(trial=trial).exists():
        raise DataNotLocked(_("The data of this trial are not locked. The trial manager locks them first."))
