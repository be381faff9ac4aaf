"""An investigator confirms the eligibility check before the draw, where the protocol file asks for it.

A qualified physician makes sure that a participant meets the criteria. The confirmation
belongs to one check: after another check nobody is drawn until that one is confirmed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from randomization.signed_records import confirmed_content
from trial.audit import record_about
from trial.core.chain import moment
from trial.core.protocol import Protocol
from trial.models import (
    CurrentParticipant,
    Delegation,
    EligibilityCheck,
    EligibilityConfirmation,
    Participant,
    Signature,
    SignedAct,
    Status,
)
from trial.people.signing import Deed, Hand, sign
from trial.permissions import Permission, may
from trial.policies import require
from trial.queries import latest_check
from trial.refusals import Refusal
from trial.screening.services import locked


class EligibilityNotConfirmed(Refusal):
    """The protocol wants an investigator's confirmation of the eligibility check, and there is none."""

    code = "eligibility_not_confirmed"
    status = 422


class NothingToConfirm(Refusal):
    """No eligibility check waits for a confirmation, or another one than was looked at."""

    code = "nothing_to_confirm"


@transaction.atomic
def confirm_eligibility(
    *, participant: Participant, check: int, by: Delegation, at: datetime, hand: Hand | None = None
) -> EligibilityConfirmation:
    """Confirm the eligibility check that counts now: the participant's `check`th, as it was looked at.

    Only an investigator of the site may. `hand` signs it. Raises NotPermitted or NothingToConfirm.
    """
    participant = locked(participant)
    require(by, Permission.CONFIRM_ELIGIBILITY, trial=participant.trial_id, site=participant.site)
    judged = check_can_confirm(participant)
    if check != (number := number_of_check(participant)):
        raise NothingToConfirm(
            _("The eligibility of %(number)s was checked again meanwhile. Look at the new answers first.")
            % {"number": participant.number}
        )
    content = confirmed_content(judged, counts=True)
    record = f"{participant.number}/{moment(judged.checked_at)}"
    deed = Deed(SignedAct.ELIGIBILITY, record, participant.number, content, hand)
    row = EligibilityConfirmation.objects.create(
        participant=participant, judged=judged, confirmed_by=by, confirmed_at=at
    )
    body = {"check": number} | deed.facts
    entry = record_about(participant, "participant.eligibility_confirmed", by=by, at=at, body=body)
    sign(deed, into=Signature, entry=entry, by=by, at=at, site=participant.site)
    return row


def check_can_confirm(participant: CurrentParticipant) -> EligibilityCheck:
    """The check that waits for a confirmation. Raises NothingToConfirm."""
    check = latest_check(participant)
    if not asks(participant.trial.protocol_version.protocol):
        raise NothingToConfirm(
            _("The protocol of this trial does not ask for a confirmation of eligibility.")
        )
    if check is None or not participant.eligible or participant.current_status != Status.ELIGIBLE:
        raise NothingToConfirm(
            _("%(number)s is not eligible and waiting for the draw: there is nothing to confirm.")
            % {"number": participant.number}
        )
    if is_confirmed(participant):
        raise NothingToConfirm(_("An investigator has confirmed this eligibility check already."))
    return check


def asks(protocol: Protocol) -> bool:
    """Whether this protocol wants each check confirmed."""
    return protocol.confirm_eligibility


def number_of_check(participant: Participant) -> int:
    """How many times the eligibility was checked: the number of the check that counts."""
    return participant.eligibility_checks.count()


def is_confirmed(participant: Participant) -> bool:
    """Whether an investigator has confirmed the check that counts now."""
    checks = participant.eligibility_checks.order_by("-id").values_list("confirmation", flat=True)
    return checks.first() is not None


def check_confirmed(participant: Participant, protocol: Protocol) -> None:
    """Raise EligibilityNotConfirmed where the protocol wants a confirmation that is not there."""
    if asks(protocol) and not is_confirmed(participant):
        raise EligibilityNotConfirmed(
            _(
                "No investigator has confirmed the eligibility check of %(number)s yet. Ask an investigator "
                "of the site to confirm it on the participant's page, then randomise."
            )
            % {"number": participant.number}
        )


def waiting_for_confirmation(
    by: Delegation, people: Iterable[CurrentParticipant]
) -> list[CurrentParticipant]:
    """Who of these people waits for this investigator's confirmation."""
    if not may(by.role, Permission.CONFIRM_ELIGIBILITY):
        return []
    found = {who.pk: who for who in people if who.current_status == Status.ELIGIBLE}
    if not found or not asks(by.trial.protocol_version.protocol):
        return []
    checks = EligibilityCheck.objects.filter(participant__in=found).order_by("id")
    newest = dict(checks.values_list("participant", "confirmation"))
    return [who for key, who in found.items() if newest[key] is None]
