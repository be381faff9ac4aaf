"""Whether the criteria are still met where the consent turns out to have been signed on another day."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date

from trial.core.answers import InvalidAnswers
from trial.core.eligibility import assess
from trial.core.waits import latest_day_1
from trial.models import Consent, ConsentCorrection, EligibilityCheck, Participant
from trial.queries import latest_check


def unmet_on(participant: Participant, day: date) -> list[str]:
    """The criteria that are not met, or cannot be judged, if the consent was signed on `day`; by number.

    Asked are the answers that let the participant in, by the version that asked for them. Of the birth only
    the month is kept: each of its days that fits what was found then is tried, and one that fails counts.
    Empty if eligibility was never checked.
    """
    check = latest_check(participant)
    if check is None or participant.birth_month is None:
        return []
    births = list(_days_of(participant.birth_month))
    before = _consent_judged(check)
    fitting = [birth for birth in births if not _unmet(check, birth, before)] or births
    return sorted(set().union(*(_unmet(check, birth, day) for birth in fitting)))


def _days_of(month: date) -> Iterable[date]:
    return (month.replace(day=day) for day in range(1, monthrange(month.year, month.month)[1] + 1))


def _consent_judged(check: EligibilityCheck) -> date:
    """The day of the consent as it was recorded when the check was made."""
    corrections = ConsentCorrection.objects.filter(participant=check.participant_id)
    known = corrections.filter(recorded_at__lt=check.checked_at).order_by("-id").first()
    return known.signed_on if known else Consent.objects.get(participant=check.participant_id).signed_on


def _unmet(check: EligibilityCheck, birth: date, day: date) -> set[str]:
    """The criteria that fail on that day, or the questions whose answers do not go with it."""
    protocol = check.protocol_version.protocol
    last = latest_day_1(protocol, day)
    try:
        found = assess(protocol.criteria, check.answers, consent_on=day, birth=birth, latest_day_1=last)
    except InvalidAnswers as faults:
        return set(faults.errors)
    return {failure.id for failure in found.failures}
