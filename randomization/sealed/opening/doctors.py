"""Addresses of treating doctors, entered beforehand by the pharmacy and never by who asks for a link."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from randomization.sealed.models import DoctorAddress
from randomization.sealed.vault.trail import record_sealed
from trial.models import Delegation, User
from trial.permissions import Permission
from trial.policies import require
from trial.queries import NotFound
from trial.refusals import InvalidInput


def addresses_for(by: Delegation) -> QuerySet[DoctorAddress]:
    """The addresses of this trial that count now, but for those that this very person entered."""
    rows = DoctorAddress.objects.filter(trial=by.trial_id, ended_at=None)
    return rows.exclude(entered_by__user=by.user).exclude(email__iexact=by.user.email or "-")


def known_addresses(by: Delegation) -> QuerySet[DoctorAddress]:
    """All of them, for whoever enters them."""
    return DoctorAddress.objects.filter(trial=by.trial_id, ended_at=None).select_related("entered_by__user")


def enter_address(*, doctor: str, email: str, by: Delegation, at: datetime) -> DoctorAddress:
    """Enter where a doctor is reached. Raises NotPermitted or InvalidInput."""
    require(by, Permission.PREPARE, trial=by.trial_id)
    refuse_own_people(email)
    with transaction.atomic():
        row = DoctorAddress.objects.create(
            trial=by.trial, doctor=doctor.strip(), email=email, entered_by=by, entered_at=at
        )
        body = {"email": row.email}
        record_sealed(
            action="doctor_address.entered", subject=row.doctor, by=by, at=at, trial=by.trial, body=body
        )
    return row


def end_address(*, address: UUID, by: Delegation, at: datetime) -> DoctorAddress:
    """End an address that is wrong or not needed. Raises NotPermitted or NotFound."""
    require(by, Permission.PREPARE, trial=by.trial_id)
    with transaction.atomic():
        row = (
            DoctorAddress.objects.select_for_update()
            .filter(pk=address, trial=by.trial_id, ended_at=None)
            .first()
        )
        if row is None:
            raise NotFound(_("There is no such address any more."))
        row.ended_at = at
        row.save(update_fields=["ended_at"])
        body = {"email": row.email}
        record_sealed(
            action="doctor_address.ended", subject=row.doctor, by=by, at=at, trial=by.trial, body=body
        )
    return row


def refuse_own_people(email: str) -> None:
    """Whoever works with Velum gets no arm by mail. Raises InvalidInput."""
    if User.objects.filter(email__iexact=email.strip()).exists():
        sentence = _(
            "Somebody who works with Velum has this address. A link goes to the treating doctor only."
        )
        raise InvalidInput(sentence, {"email": sentence})
