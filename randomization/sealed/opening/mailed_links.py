"""The third-party mode: this door's own process mails the link, and whoever asked never holds it.

The secret is made, mailed and forgotten within one call: it is in no table, no queue, no task and no page.
Only its digest is kept, on the sealed side. Without a mail server the mode is not offered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from smtplib import SMTPException
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils.translation import gettext as _

from randomization.sealed.models import DoctorAddress, OneTimeLink, OneTimeLinkMailed
from randomization.sealed.opening.doctors import addresses_for, refuse_own_people
from randomization.sealed.opening.one_time_links import NewLink, cancel_link, make_link
from randomization.sealed.vault.trail import record_sealed
from trial.models import Delegation, Participant
from trial.people.signing import Hand
from trial.refusals import InvalidInput, Refusal
from trial.wording.words import moment_there


class NotMailed(Refusal):
    """The mail server did not take the message; the link is cancelled, and nobody has seen it."""

    code = "link_not_mailed"
    status = 503


@dataclass(frozen=True)
class Confirmed:
    """Where to, and why that is the doctor's: entered beforehand, or confirmed by a call back."""

    email: str
    known: DoctorAddress | None = None
    called_number: str = ""
    called_by: str = ""


def mail_is_there() -> bool:
    """Whether this door has a mail server. A folder of files is none: another process could read it."""
    return bool(settings.EMAIL_HOST) or settings.EMAIL_BACKEND.endswith(".locmem.EmailBackend")


def known_address(address: UUID | str, by: Delegation) -> Confirmed:
    """An address that somebody else entered beforehand. Raises InvalidInput."""
    row = addresses_for(by).filter(pk=address).first()
    if row is None:
        sentence = _("Choose an address that somebody else entered beforehand.")
        raise InvalidInput(sentence, {"known": sentence})
    return Confirmed(row.email, row)


def called_back(*, email: str, number: str, caller: str) -> Confirmed:
    """An address that the hospital confirmed on its own number. Raises InvalidInput."""
    refuse_own_people(email)
    errors = {}
    if sum(sign.isdigit() for sign in number) < 6:
        errors["called_number"] = _("Enter the hospital's number that was called.")
    if not caller.strip():
        errors["called_by"] = _("Enter who called.")
    if errors:
        raise InvalidInput(_("Say who called which number."), errors)
    return Confirmed(email, None, number.strip(), caller.strip())


def mail_link(
    *,
    participant: Participant,
    by: Delegation,
    at: datetime,
    reason: str,
    doctor: str,
    to: Confirmed,
    address: str,
    hand: Hand | None = None,
) -> OneTimeLink:
    """Make a link and mail it; `address` is that of the page where it is used. Returns it without its secret.

    Raises what `make_link` raises, and NotMailed: then the link is cancelled already.
    """
    if not mail_is_there():
        raise NotMailed(_("This door has no mail server. Use the link on the screen."))
    new = make_link(participant=participant, by=by, at=at, reason=reason, doctor=doctor, hand=hand)
    with transaction.atomic():
        kept = {"known": to.known, "called_number": to.called_number, "called_by": to.called_by}
        OneTimeLinkMailed.objects.create(link=new.link, email=to.email, at=at, **kept)
        body = {"called_by": to.called_by, "called_number": to.called_number, "email": to.email}
        record_sealed(
            action="code_break.link_mailed",
            subject=participant.number,
            by=by,
            at=at,
            trial=participant.trial,
            body=body | {"link": str(new.link.pk)},
        )
    try:
        _message(new, to, address).send()
    except (SMTPException, OSError) as fault:
        cancel_link(link=new.link.pk, by=by, at=at)
        raise NotMailed(
            _("The mail server did not take the message. The link is cancelled; use the link on the screen.")
        ) from fault
    return new.link


def _message(new: NewLink, to: Confirmed, address: str) -> EmailMessage:
    """What the doctor reads. The participant is named by number, the arm not at all."""
    participant = new.link.participant
    said = {
        "doctor": new.link.doctor,
        "number": participant.number,
        "until": moment_there(new.link.expires_at, participant.site),
        "address": f"{address}#{new.secret}",
    }
    body = _(
        "%(doctor)s,\n\nyou asked what participant %(number)s receives. This address shows it once, until "
        "%(until)s:\n\n%(address)s\n\nThat you saw it is recorded. Do not forward this message, and do not "
        "tell the study team: it stays blinded."
    )
    return EmailMessage(subject=_("Emergency unblinding"), body=body % said, to=[to.email])
