"""What a secret address shows: the calendars behind it as iCalendar, codes only."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from dosing.exporting.export_history import editions_of
from dosing.exporting.exports import Clocks, Sheet, cancellations_ics, sheets_ics
from dosing.exporting.winding_down import ended_since, shown_ahead
from dosing.models import CalendarFeed
from dosing.reading.queries import calendars_of
from dosing.services.feeding import digest_of
from trial.core.zones import rules
from trial.models import Delegation, Participant, Status
from trial.queries import participants_for
from trial.wording.clock import day_at

FORM = "2"
"""Another one when the same facts are written otherwise: programs then fetch what they had before."""


def open_feeds(**which: object) -> list[CalendarFeed]:
    """The addresses that still work, oldest first."""
    makers = Delegation.objects.running()
    rows = CalendarFeed.objects.filter(revoked_at=None, ended_at=None, made_by__in=makers, **which)
    return list(rows.select_related("made_by__user", "made_by__trial", "made_by__site", "participant"))


def feed_behind(secret: str) -> CalendarFeed | None:
    """The address with that secret, whatever has become of it; None where there never was one."""
    rows = CalendarFeed.objects.filter(digest=digest_of(secret)).select_related(
        "made_by__user__shut", "made_by__trial", "made_by__site", "made_by__end", "participant"
    )
    return rows.first()


class FeedContent:
    """What an address shows at a moment, and the tag by which a program knows that it has it already.

    The tag is worked out from how many facts there are and when the last one came; the calendars are not
    read for it.
    """

    def __init__(self, feed: CalendarFeed, *, at: datetime) -> None:
        self._feed, self._at = feed, at
        self._since = ended_since(feed)
        self._people = [] if self._since else _people(feed)
        self._editions = editions_of(self._people)

    @property
    def tag(self) -> str:
        """A strong entity tag: other bytes, another tag. At midnight it changes though the bytes do not."""
        facts = [FORM, rules(), self._feed.digest, self._feed.language, str(self._since)]
        for person in self._people:
            edition, today = self._editions[person.pk], day_at(person.site, self._at)
            facts.append(f"{person.pk} {person.site.zone} {edition.number} {edition.at} {today}")
        digest = sha256("\n".join(facts).encode()).hexdigest()
        return f'"{digest[:32]}"'

    def written(self) -> bytes:
        """The calendars as iCalendar; after the end only that what it showed is cancelled."""
        if self._since:
            people, duty = _people(self._feed, ever=True), self._since != self._feed.ended_at
            dropped, clocks = shown_ahead(people, at=self._since), _clocks(self._feed, people)
            return cancellations_ics(dropped, clocks, language=self._feed.language, ended=duty)
        calendars = calendars_of(self._people, at=self._at)
        sheets = [Sheet(person, calendars[person.pk]) for person in self._people if person.pk in calendars]
        clocks = _clocks(self._feed, self._people)
        return sheets_ics(sheets, self._editions, clocks, language=self._feed.language)


def _clocks(feed: CalendarFeed, people: list[Participant]) -> Clocks:
    """The zones of those whom it shows; of the maker's site where it shows nobody."""
    zones = {person.site.zone for person in people}
    site = feed.made_by.site
    return Clocks(zones or ({site.zone} if site else set()), feed.made_at.date())


def _people(feed: CalendarFeed, *, ever: bool = False) -> list[Participant]:
    """Whom the feed shows: one participant, or a nurse's, without those who have completed the trial."""
    within = participants_for(feed.made_by)
    if feed.participant_id is not None:
        return list(within.filter(pk=feed.participant_id))
    return list(within if ever else within.exclude(current_status__in=(Status.COMPLETED,)))  # type: ignore[misc]
