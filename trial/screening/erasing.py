"""What a participant may have erased: everything with which Velum could reach or recognise the person.

The rest is data of the trial, under a number, and stays (GDPR Art. 17(3)(b) to (d)). Nothing that is
erased was ever in a body that is hashed, so no chain breaks.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from trial.audit import record_about
from trial.hooks import HearsOfErasure, ask_apps
from trial.models import ContactDetails, CurrentParticipant, Delegation, Participant
from trial.permissions import Permission
from trial.policies import require
from trial.refusals import InvalidInput, Refusal
from trial.screening.services import locked, withdraw_contact


class NothingKept(Refusal):
    """Nothing that could be erased is kept of this participant."""

    code = "nothing_kept"


@transaction.atomic
def erase_contact(*, participant: Participant, reason: str, by: Delegation, at: datetime) -> int:
    """Erase every address of a participant, now and from before, and end what leads to it. Returns how many.

    Goes on after the data lock and after every end. The entry says that and why, never what. What was erased
    cannot be brought back; an address may be recorded again if the participant agrees again.
    Raises NotPermitted, NothingKept or InvalidInput.
    """
    participant = locked(participant)
    require(by, Permission.ERASE, trial=participant.trial_id, site=participant.site)
    check_can_erase(participant)
    if not reason.strip():
        sentence = _("Enter the reason, in a few words. Do not repeat the address.")
        raise InvalidInput(sentence, {"reason": sentence})
    rows = ContactDetails.objects.filter(participant=participant).exclude(email="")
    addresses = rows.count()
    if any(email.casefold() in reason.casefold() for email in rows.values_list("email", flat=True)):
        sentence = _("The reason holds the address, and would keep it for ever. Leave it out.")
        raise InvalidInput(sentence, {"reason": sentence})
    withdraw_contact(participant=participant, by=by, at=at)
    body: dict[str, object] = {"addresses": addresses, "reason": reason.strip()}
    for app in ask_apps(HearsOfErasure):
        body |= app.contact_erased(participant, at=at)
    record_about(participant, "contact.erased", by=by, at=at, body=body)
    return addresses


def check_can_erase(participant: CurrentParticipant) -> None:
    """Raises NothingKept where no address of the participant is kept."""
    if not participant.contact_details.exclude(email="").exists():
        raise NothingKept(
            _("No address of %(number)s is kept, so there is nothing to erase.")
            % {"number": participant.number}
        )
