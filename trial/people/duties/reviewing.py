"""The periodic review of access: somebody looks through every duty and signs what they found."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from trial.audit import record
from trial.models import AccessReview, Delegation, EnrolmentAsked, Signature, User
from trial.people.delegating import need_reason
from trial.people.duties.log import digest_of_log, duties_for, log_lines
from trial.people.duties.signed import deed_of_review
from trial.people.signing import Hand, sign
from trial.permissions import DOORS, Permission
from trial.policies import NotPermitted, require
from trial.refusals import Refusal


class LogChanged(Refusal):
    """The delegation log changed while it was looked through."""

    code = "log_changed"


@transaction.atomic
def review_access(
    *, by: Delegation, at: datetime, statement: str, seen: str, hand: Hand | None = None
) -> AccessReview:
    """Keep that all duties were reviewed. `seen` is the digest of the log that the reviewer had before them.

    `hand` signs it. Raises NotPermitted, InvalidInput without a statement, or LogChanged.
    """
    require(by, Permission.REVIEW_ACCESS, trial=by.trial_id)
    statement, lines = need_reason(statement), log_lines(duties_for(by), everywhere="")
    digest = digest_of_log(lines)
    if digest != seen:
        raise LogChanged(
            _("The log has changed since you opened this page. Look through it again, then sign.")
        )
    row = AccessReview.objects.create(
        trial=by.trial, by=by, at=at, statement=statement, duties=len(lines), digest=digest
    )
    deed = deed_of_review(row, hand)
    body = {"digest": digest, "duties": len(lines), "statement": statement} | deed.facts
    entry = record(action="access.reviewed", subject=by.trial_id, by=by, at=at, trial=by.trial, body=body)
    sign(deed, into=Signature, entry=entry, by=by, at=at, site=None)
    return row


@transaction.atomic
def ask_for_code(*, user: User, by: Delegation, at: datetime) -> EnrolmentAsked:
    """Note that somebody needs an enrolment code; the pharmacy door makes it. Raises NotPermitted."""
    duties = Delegation.objects.running().filter(
        user=user, trial=by.trial_id, role__in=list(DOORS["pharmacy"])
    )
    duty = duties.select_related("site").first()
    require(by, Permission.DELEGATE, trial=by.trial_id, site=duty.site if duty else by.site)
    if duty is None:
        raise NotPermitted(_("%(name)s has no duty behind the pharmacy door.") % {"name": user.shown_name})
    row = EnrolmentAsked.objects.create(user=user, by=by, at=at)
    record(action="enrolment_code.asked", subject=user.username, by=by, at=at, trial=by.trial)
    return row
