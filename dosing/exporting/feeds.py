"""What a secret address shows: the calendars behind it as iCalendar, codes only."""

from __future__ import annotations

from datetime import datetime

from dosing.exporting.exports import Sheet, sheets_ics
from dosing.models import CalendarFeed
from dosing.reading.queries import calendars_of
from dosing.services.feeding import digest_of
from trial.models import Participant, Status
from trial.queries import participants_for


def open_feeds(**which: object) -> list[CalendarFeed]:
    """The addresses that still work, oldest first."""
    rows = CalendarFeed.objects.filter(
        revoked_at=None, made_by__ended_at=None, made_by__user__is_active=True, **which
    )
    return list(rows.select_related("made_by__user", "made_by__trial", "made_by__site", "participant"))


def feed_content(secret: str, *, at: datetime) -> bytes | None:
    """The calendar behind a secret; None where it opens nothing, and nothing says why."""
    found = open_feeds(digest=digest_of(secret))
    if not found:
        return None
    feed = found[0]
    people = _people(feed)
    calendars = calendars_of(people, at=at)
    sheets = [Sheet(person, calendars[person.pk]) for person in people if person.pk in calendars]
    return sheets_ics(sheets, language=feed.language)


def _people(feed: CalendarFeed) -> list[Participant]:
    """Whom the feed shows: one participant, or a nurse's, without those who have completed the trial."""
    within = participants_for(feed.made_by)
    if feed.participant_id is not None:
        return list(within.filter(pk=feed.participant_id))
    return list(within.exclude(current_status__in=(Status.COMPLETED,)))  # type: ignore[misc]
