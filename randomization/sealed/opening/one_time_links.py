"""Emergency unblinding by a third person: the treating doctor learns the arm, the one who asked does not.

The secret of a link is shown once, to the person who asked; only its SHA-256 is stored. The link works
once, for LIFETIME, as long as whoever asked has duty and account, and until it is cancelled. What was asked
for and what was opened are two entries of the sealed trail; who opens a link is called so there, a link.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from randomization.key_files import KeyFault
from randomization.sealed.models import (
    Means,
    OneTimeLink,
    OneTimeLinkCancelled,
    OneTimeLinkUse,
    OpenedElsewhere,
    SealedAuditEntry,
)
from randomization.sealed.opening.outbox import enter_waiting
from randomization.sealed.opening.revealing import (
    CannotReveal,
    arm_in,
    envelope_to_open,
    need_reason,
    no_key,
    seal_code_break,
)
from randomization.sealed.vault.digests import digest_of
from randomization.sealed.vault.keys import pharmacy_key
from randomization.sealed.vault.signing import deed_of_link, sign_sealed
from randomization.sealed.vault.trail import record_sealed
from trial.audit import LINK, Actor
from trial.core.protocol import Arm
from trial.models import Delegation, Participant, User
from trial.people.signing import Hand
from trial.people.tries.counting import add, key_of
from trial.people.tries.pace import is_tenfold
from trial.permissions import Permission
from trial.policies import NotPermitted, require
from trial.refusals import InvalidInput, Refusal

LIFETIME = timedelta(hours=2)
SECRET_BYTES = 32
logger = logging.getLogger(__name__)


class LinkUseless(Refusal):
    """There is no such link, or it has been used or cancelled, or its time is over."""

    code = "link_useless"
    status = 410


@dataclass(frozen=True, repr=False)
class NewLink:
    """A link with its secret, which nobody can ask for again."""

    link: OneTimeLink
    secret: str


def make_link(
    *,
    participant: Participant,
    by: Delegation,
    at: datetime,
    reason: str,
    doctor: str,
    hand: Hand | None = None,
) -> NewLink:
    """A one-time link to one participant's arm for the doctor of that name. Nothing is opened.

    `hand` signs that it was asked for. Raises NotPermitted, InvalidInput or NotRandomized.
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
        deed = deed_of_link(link, envelope.number, hand)
        entry = _note("code_break.link_made", link, at, body | deed.facts)
        sign_sealed(deed, entry, by=by, at=at, site=participant.site)
    return NewLink(link, secret)


def find_link(secret: str, at: datetime) -> OneTimeLink:
    """The link, if it can still be used. Raises LinkUseless, which says nothing of why.

    A link that is tried again is an entry the first time, the tenth, the hundredth within an hour: nobody
    fills the trail by trying. Strange secrets are counted by whoever asks, who knows from where.
    """
    digest = digest_of(secret)
    if link := _working(at).filter(digest=digest).first():
        return link
    needed = ("participant__trial", "participant__site", "by__user")
    useless = OneTimeLink.objects.filter(digest=digest).select_related(*needed).first()
    if useless is None:
        logger.warning("alarm: an unknown one-time link was tried")
    elif is_tenfold(count := add(key_of("link_refused", str(useless.pk)), at=at)):
        body = {"count": str(count), "link": str(useless.pk)}
        _note("code_break.link_refused", useless, at, body, named=LINK)
    raise _useless()


def open_links(*, by: Delegation, at: datetime) -> QuerySet[OneTimeLink]:
    """The links that this person asked for and that still work, oldest first."""
    return _working(at).filter(by__user=by.user, participant__trial=by.trial_id)


def _still_works(link: OneTimeLink, at: datetime) -> None:
    """Use and cancelling take turns: the link's row is locked. Raises LinkUseless for who comes second."""
    OneTimeLink.objects.select_for_update().get(pk=link.pk)
    if not _working(at).filter(pk=link.pk).exists():
        raise _useless()


def _working(at: datetime) -> QuerySet[OneTimeLink]:
    """Not used, not cancelled, in time; and whoever asked still has the duty and the account."""
    used, cancelled = (
        table.objects.filter(link=OuterRef("pk")) for table in (OneTimeLinkUse, OneTimeLinkCancelled)
    )
    standing = OneTimeLink.objects.filter(by__in=Delegation.objects.running(), expires_at__gt=at)
    needed = ("participant__trial", "participant__site", "by__user")
    return standing.filter(~Exists(used), ~Exists(cancelled)).select_related(*needed).order_by("at", "pk")


def cancel_link(*, link: UUID, by: Delegation, at: datetime) -> OneTimeLink:
    """Take back a link that one has asked for. Raises LinkUseless where it does not work any more."""
    row = open_links(by=by, at=at).filter(pk=link).first()
    if row is None:
        raise _useless()
    require(by, Permission.BREAK_CODE, trial=row.participant.trial_id, site=row.participant.site)
    with transaction.atomic():
        _still_works(row, at)
        OneTimeLinkCancelled.objects.create(link=row, by=by, at=at)
        _note(
            "code_break.link_cancelled",
            row,
            at,
            {"doctor": row.doctor, "link": str(row.pk)},
            named=Actor.of(by),
        )
    return row


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
            _still_works(link, at)
            OneTimeLinkUse.objects.create(link=link, at=at)
            row = seal_code_break(
                participant=link.participant,
                envelope=envelope,
                by=link.by,
                at=at,
                reason=link.reason,
                named=LINK,
            )
            opened = {"means": Means.LINK, "opened_by": link.doctor, "happened_at": at}
            OpenedElsewhere.objects.create(code_break=row, **opened)
            used = {"asked_by": link.by.user.username, "doctor": link.doctor, "link": str(link.pk)}
            _note("code_break.link_used", link, at, used, named=LINK)
    except IntegrityError as fault:
        raise _useless() from fault
    enter_waiting(at=at, site=link.participant.site)
    return link, arm_in(link.participant, envelope)


def _note(
    action: str, link: OneTimeLink, at: datetime, body: Mapping[str, object], *, named: Actor | None = None
) -> SealedAuditEntry:
    with transaction.atomic():
        subject, trial = link.participant.number, link.participant.trial
        return record_sealed(
            action=action, subject=subject, by=named or link.by, at=at, trial=trial, body=body
        )


def _refuse_without_key() -> None:
    try:
        pharmacy_key()
    except KeyFault as fault:
        raise CannotReveal(no_key(fault)) from fault


def _useless() -> LinkUseless:
    return LinkUseless(
        _("This link does not work: it was used or cancelled, or its time is over. Ask for another one.")
    )
