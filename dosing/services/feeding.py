"""Secret addresses for calendar programs: made, shown once, revoked."""

from __future__ import annotations

import secrets
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _

from dosing.models import CalendarFeed
from trial.audit import record, record_about
from trial.models import CurrentParticipant, Delegation, Participant, Status
from trial.permissions import Permission
from trial.policies import require
from trial.refusals import Refusal
from trial.screening.services import WrongStatus, locked

SECRET_BYTES = 32


class FeedRevoked(Refusal):
    """The address has been revoked already."""

    code = "feed_revoked"


def digest_of(secret: str) -> str:
    """The digest of a secret: all that is kept of it."""
    return sha256(secret.encode()).hexdigest()


@transaction.atomic
def make_feed(
    *, by: Delegation, at: datetime, language: str, participant: CurrentParticipant | None = None
) -> str:
    """Make a secret address and return its secret: the only time that it can be seen.

    Without a participant it shows the calendars within the maker's own reach; with one, theirs alone,
    for the participant or a relative. Nobody who has left the trial gets one. Raises WrongStatus.
    """
    if participant is None:
        require(by, Permission.RECORD, trial=by.trial_id, site=by.site)
    else:
        participant = locked(participant)
        require(by, Permission.MANAGE_CONTACT, trial=participant.trial_id, site=participant.site)
        check_can_make_feed(participant)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    row = CalendarFeed.objects.create(
        digest=digest_of(secret), made_by=by, made_at=at, participant=participant, language=language
    )
    _enter("feed.made", row, by, at)
    return secret


@transaction.atomic
def revoke_feed(*, feed: CalendarFeed, by: Delegation, at: datetime) -> None:
    """End an address at once. Raises FeedRevoked the second time."""
    feed = CalendarFeed.objects.select_for_update(of=("self",)).get(pk=feed.pk)
    if feed.participant is not None:
        require(by, Permission.MANAGE_CONTACT, trial=by.trial_id, site=feed.participant.site)
    else:
        require(by, Permission.RECORD, trial=feed.made_by.trial_id, site=feed.made_by.site)
    if feed.revoked_at is not None:
        raise FeedRevoked(_("This address has been revoked already."))
    feed.revoked_at = at
    feed.save(update_fields=["revoked_at"])
    _enter("feed.revoked", feed, by, at)


def check_can_make_feed(participant: CurrentParticipant) -> None:
    """Raises WrongStatus for a participant who has left the trial."""
    if participant.current_status == Status.WITHDRAWN:
        raise WrongStatus(_("%(number)s has left the trial.") % {"number": participant.number})


def revoke_feeds_of(participant: Participant, at: datetime) -> None:
    """End every address of a participant; the act that calls this writes the entry."""
    CalendarFeed.objects.filter(participant=participant, revoked_at=None).update(revoked_at=at)


def _enter(action: str, feed: CalendarFeed, by: Delegation, at: datetime) -> None:
    body = {"feed": feed.pk}
    if feed.participant:
        record_about(feed.participant, action, by=by, at=at, body=body)
    else:
        record(action=action, subject=by.user.username, by=by, at=at, trial=by.trial, site=by.site, body=body)
