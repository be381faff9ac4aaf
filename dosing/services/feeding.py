"""Secret addresses for calendar programs: made, shown once, revoked."""

from __future__ import annotations

import secrets
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from dosing.models import CalendarFeed
from trial.audit import note_rows, record, record_about
from trial.models import CurrentParticipant, Delegation, Participant, ParticipantStatus, Status, User
from trial.permissions import Permission
from trial.policies import require
from trial.refusals import Refusal
from trial.screening.services import WrongStatus, locked, refuse_mistake

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
        require(by, Permission.MANAGE_CONTACT, trial=by.trial_id, site=feed.participant.site, goes_on=True)
    else:
        require(by, Permission.RECORD, trial=feed.made_by.trial_id, site=feed.made_by.site, goes_on=True)
    if feed.revoked_at is not None:
        raise FeedRevoked(_("This address has been revoked already."))
    feed.revoked_at = at
    feed.save(update_fields=["revoked_at"])
    _enter("feed.revoked", feed, by, at)


def check_can_make_feed(participant: CurrentParticipant) -> None:
    """Raises WrongStatus for a participant who has left the trial or was screened by mistake."""
    refuse_mistake(participant)
    if participant.current_status == Status.WITHDRAWN:
        raise WrongStatus(_("%(number)s has left the trial.") % {"number": participant.number})


def revoke_feeds_of(participant: Participant, at: datetime) -> int:
    """Close every address of a participant, and say how many; the act that calls this writes the entry."""
    return _mark(CalendarFeed.objects.filter(participant=participant), "revoked_at", at)


def end_feeds_of(participant: Participant, at: datetime) -> int:
    """Let every address of a participant only cancel what it showed, and say how many these are.

    The act that calls this writes the entry.
    """
    return _mark(CalendarFeed.objects.filter(participant=participant, ended_at=None), "ended_at", at)


def closed_with(end: ParticipantStatus) -> int:
    """How many addresses of the participant that end closed. They stay closed also if it was a mistake."""
    then = Q(ended_at=end.at) | Q(revoked_at=end.at)
    return CalendarFeed.objects.filter(then, participant=end.participant_id).count()


def _mark(feeds: QuerySet[CalendarFeed], column: str, at: datetime) -> int:
    feeds = feeds.filter(revoked_at=None)
    marked = list(feeds.select_related("participant", "made_by__user"))
    feeds.update(**{column: at})
    for feed in marked:
        setattr(feed, column, at)
    note_rows(marked)
    return len(marked)


def feeds_made_by(user: User) -> int:
    """How many addresses that a person made still work."""
    running = Delegation.objects.running().filter(user=user)
    return CalendarFeed.objects.filter(made_by__in=running, revoked_at=None, ended_at=None).count()


def revoke_feeds_made_by(user: User, *, by: Delegation, at: datetime) -> int:
    """End every address that a person made; whoever calls this has asked who may. Returns how many."""
    feeds = CalendarFeed.objects.filter(made_by__user=user, made_by__trial=by.trial_id, revoked_at=None)
    rows = list(
        feeds.select_for_update(of=("self",)).select_related(
            "participant__site", "participant__trial", "made_by__user", "made_by__site", "made_by__trial"
        )
    )
    CalendarFeed.objects.filter(pk__in=[row.pk for row in rows]).update(revoked_at=at)
    for row in rows:
        row.revoked_at = at
        note_rows([row])
        _enter("feed.revoked", row, by, at)
    return len(rows)


def _enter(action: str, feed: CalendarFeed, by: Delegation, at: datetime) -> None:
    body = {"feed": feed.pk}
    if feed.participant:
        record_about(feed.participant, action, by=by, at=at, body=body)
    else:
        maker = feed.made_by  # an administrator of the whole trial enters it where the address was made
        whose, trial, site = maker.user.username, maker.trial, maker.site
        record(action=action, subject=whose, by=by, at=at, trial=trial, site=site, body=body)
