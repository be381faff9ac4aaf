"""Classifying and closing deviations: what the system drafts, a person judges."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dosing.models import Deviation, DeviationReview
from dosing.services.common import require_reason
from dosing.services.signed_ends import deviation_content
from trial.audit import record_about
from trial.models import Delegation, Participant, Signature, SignedAct
from trial.people.signing import Deed, Hand, sign
from trial.permissions import Permission
from trial.policies import require
from trial.queries import NotFound
from trial.refusals import Refusal
from trial.screening.services import locked


class DeviationClosed(Refusal):
    """The deviation has been closed already."""

    code = "deviation_closed"


@transaction.atomic
def review_deviation(
    *,
    participant: Participant,
    number: int,
    important: bool,
    assessment: str,
    closed: bool,
    by: Delegation,
    at: datetime,
    hand: Hand | None = None,
) -> DeviationReview:
    """Say whether a deviation is important (ICH E3 Q&A 7) and why, and close it or leave it open.

    May be said anew until it is closed; `hand` signs what closes it. Raises NotFound, DeviationClosed or
    InvalidInput.
    """
    participant = locked(participant)
    require(by, Permission.REVIEW_DEVIATIONS, trial=participant.trial_id, site=participant.site)
    deviation = Deviation.objects.filter(participant=participant, number=number).first()
    if deviation is None:
        raise NotFound(_("There is no deviation %(number)s here. Look at the list.") % {"number": number})
    check_can_review(closed=deviation.reviews.filter(closed=True).exists())
    row = DeviationReview.objects.create(
        deviation=deviation,
        sequence=deviation.reviews.count() + 1,
        important=important,
        assessment=require_reason(assessment, "assessment"),
        closed=closed,
        by=by,
        at=at,
    )
    body = {
        "assessment": row.assessment,
        "closed": closed,
        "deviation": number,
        "event": deviation.event,
        "important": important,
    }
    name, content = participant.number, deviation_content(deviation, row)
    signs = hand if closed else None
    deed = Deed(SignedAct.DEVIATION_CLOSED, f"{name}/{number}", name, content, signs)
    entry = record_about(participant, "deviation.reviewed", by=by, at=at, body=body | deed.facts)
    sign(deed, into=Signature, entry=entry, by=by, at=at, site=participant.site)
    return row


def check_can_review(*, closed: bool) -> None:
    """Raises DeviationClosed where somebody has closed the deviation."""
    if closed:
        raise DeviationClosed(_("This deviation is closed and can no longer be changed."))
