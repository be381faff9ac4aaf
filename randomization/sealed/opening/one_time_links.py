"""Emergency unblinding by a third person: the treating doctor learns the arm, the one who asked does not.

The secret of a link is shown once, to the person who asked; only its SHA-256 is stored. The link works
once, for LIFETIME. What was asked for and what was opened are two entries of the sealed trail.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from randomization.key_files import KeyFault
from randomization.sealed.models import Means, OneTimeLink, OneTimeLinkUse, OpenedElsewhere
from randomization.sealed.opening.revealing import (
    CannotReveal,
    arm_in,
    enter_code_break,
    envelope_to_open,
    need_reason,
    no_key,
)
from randomization.sealed.vault.digests import digest_of
from randomization.sealed.vault.keys import pharmacy_key
from randomization.sealed.vault.trail import record_sealed
from trial.core.protocol import Arm
from trial.models import Delegation, Participant, User
from trial.permissions import Permission
from trial.policies import NotPermitted, require
from trial.refusals import InvalidInput, Refusal

LIFETIME = timedelta(hours=2)
SECRET_BYTES = 32
logger = logging.getLogger(__name__)


class LinkUseless(Refusal):
    """There is no such link, or it has been used, or its time is over."""

    code = "link_useless"
    status = 410


@dataclass(frozen=True, repr=False)
class NewLink:
    """A link with its secret, which nobody can ask for again."""

    link: OneTimeLink
    secret: str


def make_link(*, participant: Participant, by: Delegation, at: datetime, reason: str, doctor: str) -> NewLink:
    """A one-time link to one participant's arm for the doctor of that name. Nothing is opened.

    Raises NotPermitted, InvalidInput or NotRandomized.
    """
    require(by, Permission.BREAK_CODE, trial=participant.trial_id, site=participant.site)
    if not doctor.strip():
        raise InvalidInput(_("Enter who will see the answer."), {"doctor": _("An answer is required.")})
    envelope, secret = envelope_to_open(participant), secrets.token_urlsafe(SECRET_BYTES)
    with transaction.atomic():
        link = OneTimeLink.objects.create(
            participant=participant,
            by=by,
            at=at,
            reason=need_reason(reason),
            doctor=doctor.strip(),
            digest=digest_of(secret),
            expires_at=at + LIFETIME,
        )
        body = {"doctor": link.doctor, "link": str(link.pk), "number": envelope.number, "reason": link.reason}
        _note("code_break.link_made", link, at, body)
    return NewLink(link, secret)


def find_link(secret: str, at: datetime) -> OneTimeLink:
    """The link, if it can still be used. Raises LinkUseless; an attempt that fails raises an alarm."""
    links = OneTimeLink.objects.select_related("participant__trial", "participant__site", "by__user")
    link = links.filter(digest=digest_of(secret)).first()
    if link is None:
        logger.warning("alarm: an unknown one-time link was tried")
        raise _useless()
    if OneTimeLinkUse.objects.filter(link=link).exists() or link.expires_at <= at:
        _note("code_break.link_refused", link, at, {"link": str(link.pk)})
        raise _useless()
    return link


def use_link(*, secret: str, viewer: User | None, at: datetime) -> tuple[OneTimeLink, Arm]:
    """Open the envelope for the doctor. Use, code break and audit entries are committed first.

    `viewer` is whoever is logged in on this screen, nobody as a rule: the person who asked for the link
    stays blinded, and is refused. A door without its key leaves the link unused.
    Raises LinkUseless, NotPermitted, CannotReveal or SealDamaged.
    """
    link = find_link(secret, at)
    if viewer is not None and viewer.pk == link.by.user_id:
        raise NotPermitted(_("You asked for this link, so that somebody else sees the answer. It is unused."))
    _refuse_without_key()
    envelope = envelope_to_open(link.participant)
    try:
        with transaction.atomic(durable=True):
            OneTimeLinkUse.objects.create(link=link, at=at)
            row = enter_code_break(
                participant=link.participant, envelope=envelope, by=link.by, at=at, reason=link.reason
            )
            opened = {"means": Means.LINK, "opened_by": link.doctor, "happened_at": at}
            OpenedElsewhere.objects.create(code_break=row, **opened)
            _note("code_break.link_used", link, at, {"doctor": link.doctor, "link": str(link.pk)})
    except IntegrityError as fault:
        raise _useless() from fault
    return link, arm_in(link.participant, envelope)


def _note(action: str, link: OneTimeLink, at: datetime, body: dict[str, str]) -> None:
    with transaction.atomic():
        subject, trial = link.participant.number, link.participant.trial
        record_sealed(action=action, subject=subject, by=link.by, at=at, trial=trial, body=body)


def _refuse_without_key() -> None:
    try:
        pharmacy_key()
    except KeyFault as fault:
        raise CannotReveal(no_key(fault)) from fault


def _useless() -> LinkUseless:
    return LinkUseless(
        _("This link does not work: it has been used, or its time is over. Ask for another one.")
    )
