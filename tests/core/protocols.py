"""Small protocols as values, for tests that need no file."""

from __future__ import annotations

from dataclasses import replace

from trial.core.protocol import (
    Anchor,
    AnchorKind,
    Course,
    Drug,
    HolidayCalendar,
    Identifiers,
    Interval,
    Limits,
    NumberFormat,
    Protocol,
    ProtocolSite,
    ReminderEvent,
    ReminderFor,
    ReminderRule,
    Screening,
    Text,
    Unit,
    Visit,
    Window,
)

DAY_1 = Anchor(AnchorKind.FIRST_INJECTION)
RANDOMIZATION = Anchor(AnchorKind.RANDOMIZATION)
AT_ONCE = Interval(0)
A_DAY_EITHER_SIDE = Window(1, 1)


def words(text: str) -> Text:
    return Text(text, text)


def months(value: int) -> Interval:
    return Interval(value, Unit.MONTH)


def weeks(value: int) -> Interval:
    return Interval(value, Unit.WEEK)


def after_course(code: str, repeat: int = 1, *, actual: bool = False) -> Anchor:
    return Anchor(AnchorKind.COURSE, code, repeat, actual)


def course(
    code: str = "IL2", anchor: Anchor = DAY_1, offset: Interval = AT_ONCE, **changes: object
) -> Course:
    """Five days in a row, once, on day 1."""
    plain = Course(code, words(code), "study-drug", anchor, offset, (0, 1, 2, 3, 4))
    return replace(plain, **changes)  # type: ignore[arg-type]


def visit(code: str, offset: Interval, anchor: Anchor = DAY_1, window: Window = A_DAY_EITHER_SIDE) -> Visit:
    return Visit(code, words(code), anchor, offset, window)


def protocol(courses: tuple[Course, ...] = (), visits: tuple[Visit, ...] = (), **changes: object) -> Protocol:
    """A trial at one site in Montpellier with these courses and visits."""
    plain = Protocol(
        key="nct00000000",
        acronym="SMALL",
        title=words("A small trial"),
        version="1",
        identifiers=Identifiers("NCT00000000"),
        sponsor="Sponsor",
        phase="2",
        target=36,
        masked=("participant",),
        arms=(),
        sites=(ProtocolSite("01", "Gui de Chauliac", "Montpellier", "Europe/Paris", HolidayCalendar("FR")),),
        criteria=(),
        drugs=(Drug("study-drug", words("study drug"), words("subcutaneous")),),
        courses=courses,
        visits=visits,
        screening=Screening("V0", words("Screening"), -28, -1),
        reminders=(ReminderRule("eve", ReminderFor.PARTICIPANT, ReminderEvent.INJECTION, 1, "18:00"),),
        number_format=NumberFormat("SM"),
        limits=Limits(max_days_to_first_injection=7),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def imodals() -> Protocol:
    """Three courses of five days every 28 days, and seven visits: the shape of NCT02059759."""
    days = (1, 8, 29, 57, 64, 85, 169)
    visits = tuple(visit(f"V{n}", Interval(day - 1)) for n, day in enumerate(days, 1))
    return protocol((course(repeats=3, every=Interval(28)),), visits)
