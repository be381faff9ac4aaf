"""What goes along on paper: the calendar, and a card for the wallet. Codes, days and telephones only."""

from __future__ import annotations

from dosing.core.day_state import DayState
from dosing.exporting import typesetting
from dosing.exporting.export_history import editions_of
from dosing.exporting.exports import CALENDAR, STATES, state_in_words, window_in_words
from dosing.reading.queries import CalendarView, InjectionDay, VisitDay
from dosing.reading.unscheduled import unscheduled_of
from trial.core.day_words import FULL, LONG, in_both, written
from trial.core.protocol import ProtocolSite
from trial.core.sentences import Sentence
from trial.models import CurrentParticipant, Participant
from trial.refusals import in_language
from trial.wording.clock import day_at

LARGE, SMALL, FITS = 13, 11, 24
"""Points of the table: large where so many rows leave it on one page, else small enough to leave no page
with a row or two. Never less than ten."""
BLANK = "_" * 22
"""Where somebody writes by hand what is not known."""

WHAT, DAY, WHEN, HOUR = Sentence("What"), Sentence("Day"), Sentence("Note"), Sentence("Hour")
INJECTION_OF = Sentence("Injection %(number)s of %(count)s")
VISIT_CALLED = Sentence("Visit %(code)s")
UNSCHEDULED_VISIT = Sentence("Unscheduled visit %(number)s")
TELEPHONE = Sentence("Telephone of the team:")
PROVISIONAL = Sentence("Provisional until the first injection is given.")
AS_OF = Sentence("As known on %(day)s; a later sheet replaces this one.")
ASK = Sentence("If a day does not suit, call the site.")

LACKS = Sentence("%(box)s stands for a sign that cannot be printed here. Please write the name by hand.")

CARD_TITLE = Sentence("Participant in a clinical trial")
TRIAL, PARTICIPANT = Sentence("Trial"), Sentence("Participant")
RANDOMIZATION_NUMBER = Sentence("Randomisation number")
DAY_AND_NIGHT = Sentence("Telephone, 24 hours")
CARD_ASKS = Sentence(
    "In an emergency please call this number. What is given is blinded; it can be disclosed."
)
CUT = Sentence("Cut out along the dashed line and keep it with your papers.")


def calendar_pdf(participant: Participant, view: CalendarView, *, language: str) -> bytes:
    """The calendar on as many pages of A4 as it needs, in date order: what, day, what is known, the hour.

    An hour that nobody has set is written by hand. So is the telephone where the protocol file names none
    for the site.
    """
    site, days = participant.site, view.days
    rows = sorted(days, key=lambda day: (day.date, isinstance(day, InjectionDay), day.code))
    words = {
        "title": f"{participant.number} · {in_language(CALENDAR, language)}",
        "lang": language[:2],
        "number": participant.number,
        "size": LARGE if len(rows) <= FITS else SMALL,
        "site": f"{site.name}, {site.city}",
        "telephone": {"name": in_language(TELEPHONE, language), "number": _site(participant).telephone},
        "blank": BLANK,
        "columns": [in_language(head, language) for head in (WHAT, DAY, WHEN, HOUR)],
        "rows": [
            *(_row(day, len(view.injections), language) for day in rows),
            *_beside(participant, language),
        ],
        "foot": _foot(participant, view, language),
        "lacks": _lacks(language),
    }
    return typesetting.pdf(typesetting.CALENDAR, words)


def _row(day: InjectionDay | VisitDay, count: int, language: str) -> list[str]:
    said = state_in_words(day, language)
    note = said if isinstance(day, InjectionDay) else said or window_in_words(day, language)
    return [_called(day, count, language), written(day.date, FULL, language), note, _hour(day)]


def _beside(participant: Participant, language: str) -> list[list[str]]:
    """The visits that the plan does not have, after all others."""
    return [
        [
            in_language(UNSCHEDULED_VISIT.having(number=row.number), language),
            written(row.day, FULL, language),
            in_language(STATES[DayState.DONE], language),
            f"{row.hour:%H:%M}" if row.hour else "",
        ]
        for row in unscheduled_of(participant)
    ]


def _hour(day: InjectionDay | VisitDay) -> str:
    """The hour of the appointment; none once it is known what became of the day, or that it is stopped."""
    ahead = not day.recorded and day.state is not DayState.STOPPED
    return f"{day.hour:%H:%M}" if day.hour and ahead else ""


def _called(day: InjectionDay | VisitDay, count: int, language: str) -> str:
    if isinstance(day, InjectionDay):
        return in_language(INJECTION_OF.having(number=day.number, count=count), language)
    return in_language(VISIT_CALLED.having(code=day.code), language)


def _foot(participant: Participant, view: CalendarView, language: str) -> list[str]:
    """What to do if a day does not suit, and how old the sheet is: by the facts, not by the clock."""
    since = day_at(participant.site, editions_of([participant])[participant.pk].at)
    notes = [in_language(ASK, language)] + ([in_language(PROVISIONAL, language)] if view.provisional else [])
    return [*notes, in_language(AS_OF.having(day=in_both(since, LONG)), language)]


def _lacks(language: str) -> str:
    """What a sheet says where the fonts have no letter for a sign."""
    return in_language(LACKS.having(box=typesetting.BOX), language)


def card_pdf(participant: CurrentParticipant, *, language: str) -> bytes:
    """The card of somebody who is randomised: trial, both numbers, and whom to call day and night.

    Nothing on it depends on what the envelope holds.
    """
    facts = (
        (TRIAL, participant.trial.acronym),
        (PARTICIPANT, participant.number),
        (RANDOMIZATION_NUMBER, participant.randomization_number or ""),
        (DAY_AND_NIGHT, _site(participant).telephone_24h or BLANK),
    )
    words = {
        "title": in_language(CARD_TITLE, language),
        "lang": language[:2],
        "facts": [[in_language(name, language), said] for name, said in facts],
        "asks": in_language(CARD_ASKS, language),
        "cut": in_language(CUT, language),
        "lacks": _lacks(language),
    }
    return typesetting.pdf(typesetting.CARD, words)


def _site(participant: Participant) -> ProtocolSite:
    """The participant's site as the newest protocol version has it. Telephones change with an amendment."""
    sites = participant.trial.protocol_version.protocol.sites
    return next(site for site in sites if site.number == participant.site.number)
