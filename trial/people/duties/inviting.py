"""Invitations: a duty offered to one named person, who sets a password that nobody else has typed.

The secret of an invitation is shown or mailed once; only its digest is kept. It works once, for LIFETIME.
Where the role belongs to the clinic door alone, account and duty are there at once. Any role that may use the
pharmacy door waits until a second person confirms it there (decision 37).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from trial.audit import note_rows, record
from trial.models import (
    AccountShut,
    Delegation,
    Invitation,
    InvitationCancelled,
    InvitationUse,
    Site,
    Trial,
    User,
)
from trial.people.delegating import need_reason, require_delegating
from trial.people.tries.addresses import UNKNOWN
from trial.people.tries.folding import count_failure
from trial.permissions import DOORS, Role
from trial.policies import refuse_clash
from trial.refusals import InvalidInput, Refusal

LIFETIME = timedelta(days=7)
SECRET_BYTES = 32
LOG_IN_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,149}")
NOT_INVITED = frozenset({Role.SITE_SYSTEM})
"""Systems come by token, which the owner's command makes."""


class InvitationUseless(Refusal):
    """There is no such invitation, or it was used or taken back, or its time is over."""

    code = "invitation_useless"
    status = 410


class DutyHeld(Refusal):
    """The person has this duty, or is invited to it, already."""

    code = "duty_held"


@dataclass(frozen=True)
class Invited:
    """Whom an invitation names. Where an account of that log-in name exists, a duty is added to it."""

    username: str
    first_name: str
    last_name: str
    email: str = ""
    language: str = "en-gb"


@dataclass(frozen=True, repr=False)
class NewInvitation:
    """An invitation with its secret, which nobody can ask for again. An existing account needs none."""

    invitation: Invitation
    secret: str


def digest_of(secret: str) -> str:
    """All that is kept of a secret."""
    return sha256(secret.encode()).hexdigest()


@transaction.atomic
def invite(
    *, who: Invited, trial: Trial, role: Role, site: Site | None, by: Delegation, at: datetime, reason: str
) -> NewInvitation:
    """Offer a duty. Raises NotPermitted, InvalidInput, RolesClash or DutyHeld.

    Whoever has an account needs no link: the duty is there at once, or when the pharmacy door confirms it.
    """
    require_delegating(by, trial.pk, site)
    reason = need_reason(reason)
    _refuse_answers(who, role, site, trial)
    user = User.objects.filter(username=who.username).first()
    if user is not None:
        _refuse_for_account(user, trial, role, site)
    _refuse_second_invitation(who, trial, role, site, at)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    row = Invitation.objects.create(
        trial=trial,
        site=site,
        role=role,
        user=user,
        username=who.username,
        first_name=user.first_name if user else who.first_name.strip(),
        last_name=user.last_name if user else who.last_name.strip(),
        email=user.email if user else who.email.strip(),
        language=who.language,
        digest=digest_of(secret),
        by=by,
        at=at,
        expires_at=at + LIFETIME,
        reason=reason,
    )
    _enter("person.invited", row, by, at, {"reason": reason})
    if user is None:
        return NewInvitation(row, secret)
    _admit(row, "", at)
    return NewInvitation(row, "")


def find_invitation(secret: str, at: datetime, *, address: str = UNKNOWN) -> Invitation:
    """The invitation, if it can still be accepted. Raises InvitationUseless.

    A refusal is counted by network address, and entered among the tries the 1st, 10th, 100th time within an
    hour: whoever has an old link fills and holds no chain of acts by it. Never ask inside a transaction.
    """
    rows = Invitation.objects.select_related("trial", "site", "by__user", "by__trial", "by__site")
    row = rows.filter(digest=digest_of(secret), user=None).first()
    if row is None:
        count_failure("invitation", address=address, at=at)
        raise _useless()
    if why := _why_useless(row, at):
        _count_refused(row, why, address, at)
        raise _useless()
    return row


def accept(*, secret: str, password: str, at: datetime, address: str = UNKNOWN) -> Invitation:
    """Set the password that the person typed, and take the duty. Raises like `find_invitation`.

    `address` is the network's, from which they came.
    """
    row = find_invitation(secret, at, address=address)
    _check_password(row, password)
    with transaction.atomic():
        if InvitationUse.objects.filter(invitation=row).exists() or User.objects.filter(
            username=row.username
        ):
            raise _useless()
        _admit(row, make_password(password), at, {"address": address})
    return row


@transaction.atomic
def cancel_invitation(*, invitation: Invitation, by: Delegation, at: datetime) -> None:
    """Take an invitation back. Raises NotPermitted, or InvitationUseless if it is of no use any more."""
    require_delegating(by, invitation.trial_id, invitation.site)
    if _why_useless(invitation, at):
        raise InvitationUseless(_("This invitation was used or taken back already, or its time is over."))
    InvitationCancelled.objects.create(invitation=invitation, by=by, at=at)
    _enter("invitation.cancelled", invitation, by, at, {})


def _admit(
    row: Invitation, password: str, at: datetime, where_from: Mapping[str, object] | None = None
) -> None:
    """Add the use; for a role of the clinic door the database makes account and duty of it."""
    use = InvitationUse.objects.create(invitation=row, at=at, password=password)
    _enter("invitation.accepted", row, row.by, at, {"waits": row.waits_for_pharmacy, **(where_from or {})})
    if not row.waits_for_pharmacy:
        duty = Delegation.objects.filter(pk=use.duty).first()
        if duty is None:  # the database refused it: the person was unblinded meanwhile
            raise _useless()
        note_rows([duty])
        body = {"role": row.role, "site": row.site.number if row.site else None}
        record(
            action="delegation.granted", subject=row.username, by=row.by, at=at, trial=row.trial, body=body
        )


def _count_refused(row: Invitation, why: str, address: str, at: datetime) -> None:
    count_failure(
        "invitation",
        address=address,
        at=at,
        subject=row.username,
        places=[(row.trial, row.site)],
        action="invitation.refused",
        body=_about(row) | {"why": why},
    )


def _why_useless(row: Invitation, at: datetime) -> str:
    if InvitationUse.objects.filter(invitation=row).exists():
        return "used"
    if InvitationCancelled.objects.filter(invitation=row).exists():
        return "cancelled"
    if row.expires_at <= at:
        return "late"
    if row.by_id and not Delegation.objects.running().filter(pk=row.by_id).exists():
        return "the duty of who invited has ended"
    return ""


def _useless() -> InvitationUseless:
    return InvitationUseless(
        _("This invitation does not work: it was used or taken back, or its time is over. Ask for a new one.")
    )


def _check_password(row: Invitation, password: str) -> None:
    """Refuse a password that is short, common, or like the person's own names."""
    person = User(username=row.username, first_name=row.first_name, last_name=row.last_name, email=row.email)
    try:
        validate_password(password, person)
    except ValidationError as faults:
        raise InvalidInput(" ".join(faults.messages), {"password": " ".join(faults.messages)}) from faults


def _refuse_answers(who: Invited, role: Role, site: Site | None, trial: Trial) -> None:
    errors = {}
    if not LOG_IN_NAME.fullmatch(who.username):
        errors["username"] = _("Two characters or more: small letters, digits, dots and hyphens.")
    if not who.first_name.strip() or not who.last_name.strip():
        errors["last_name"] = _("Enter the first and the last name: an account belongs to one person.")
    if role in NOT_INVITED:
        errors["role"] = _("A system has a token and no password. Have it made with `create_token`.")
    if site is not None and site.trial_id != trial.pk:
        errors["site"] = _("Site %(site)s is not one of this trial.") % {"site": site.number}
    if who.email.strip():
        try:
            validate_email(who.email.strip())
        except ValidationError:
            errors["email"] = _(
                "This is no e-mail address. Correct it, or leave it empty and print the invitation."
            )
    if errors:
        raise InvalidInput(_("Some answers are missing or not possible."), errors)


def _refuse_for_account(user: User, trial: Trial, role: Role, site: Site | None) -> None:
    """Refuse a duty that an existing account may not have. Raises InvalidInput, RolesClash or DutyHeld."""
    if not user.is_active or AccountShut.objects.filter(user=user).exists():
        sentence = _("The account %(name)s is shut. Choose another log-in name.") % {"name": user.username}
        raise InvalidInput(sentence, {"username": sentence})
    refuse_clash(user=user, trial=trial, role=role)
    if Delegation.objects.running().filter(user=user, trial=trial, role=role, site=site).exists():
        raise DutyHeld(_("%(name)s has this duty already.") % {"name": user.shown_name})


def _refuse_second_invitation(
    who: Invited, trial: Trial, role: Role, site: Site | None, at: datetime
) -> None:
    """One open invitation for one log-in name. Raises DutyHeld."""
    rows = Invitation.objects.filter(username=who.username, use=None, cancelled=None, expires_at__gt=at)
    waiting = Invitation.objects.filter(username=who.username, trial=trial, role=role, site=site)
    duties = Delegation.objects.values("pk")
    waiting = waiting.filter(role__in=list(DOORS["pharmacy"])).exclude(use=None)
    if rows.exists() or waiting.exclude(use__duty__in=duties).exists():
        raise DutyHeld(
            _("%(name)s is invited already. Take that invitation back first.") % {"name": who.username}
        )


def _enter(
    action: str, row: Invitation, by: Delegation | None, at: datetime, body: dict[str, object]
) -> None:
    record(action=action, subject=row.username, by=by, at=at, trial=row.trial, body=_about(row) | body)


def _about(row: Invitation) -> dict[str, object]:
    """What every entry says of an invitation."""
    return {"role": row.role, "site": row.site.number if row.site else None}
