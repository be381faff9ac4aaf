"""Protocol files that can be read and that a judge stops: one planted fault for each kind.

Each row: the words of the IMODALS file that are replaced, what stands in their place, the field that is
named, and words of the sentence. A new judge adds its rows; what is installed with them has to go on.
"""

from __future__ import annotations

from trial.protocol.files import PROTOCOLS

GOOD = (PROTOCOLS / "nct02059759.toml").read_text(encoding="utf-8")

_COURSE = """day = 1
days = [1, 2, 3, 4, 5]
consecutive_days = 5
repeats = 3
every = { days = 28 }
max_shift_days = 7
"""
_TWO_OF_THREE = _COURSE.replace("repeats = 3", "repeats = 2")
_MORE = """
[[courses]]
code = "%s"
label = { en = "Course", fr = "Cure" }
drug = "STUDY"
anchor = %s
%s
"""
_THIRD = _MORE % ("THIRD", '"first_injection"', "day = 60\ndays = [1, 2]")
"""The same days as the good file has, written as courses that meet for other start days."""

_ALDESLEUKIN = (
    'product = "Aldesleukin"\nlabel = { en = "Aldesleukin", fr = "Aldesleukine" }\ndose = { en = "1'
)

PLANTED: dict[str, tuple[str, str, str, str]] = {
    "unknown holiday calendar": ('country = "FR"', 'country = "ZZ"', "sites[01].holidays", "for ZZ"),
    "a holiday code that is out of date": (
        'holidays = { country = "FR" }',
        'holidays = { country = "FR", subdivision = "GES" }',
        "sites[01].holidays",
        "FR GES is out of date",
    ),
    "a region of schools": (
        'holidays = { country = "FR" }',
        'holidays = { country = "FR", subdivision = "Zone C" }',
        "sites[01].holidays",
        "FR Zone C is a region of schools",
    ),
    "a kind of holidays that the country does not have": (
        'holidays = { country = "FR" }',
        'holidays = { country = "FR", categories = ["school"] }',
        "sites[01].holidays",
        "FR has public holidays only",
    ),
    "a zone in which no clock stands": (
        'zone = "Europe/Paris"',
        'zone = "Factory"',
        "sites[01].zone",
        "“Factory” is no place",
    ),
    "a zone that keeps a fixed distance from UTC": (
        'zone = "Europe/Paris"',
        'zone = "Etc/GMT+5"',
        "sites[01].zone",
        "“Etc/GMT+5” is no place: it keeps a fixed distance from UTC",
    ),
    "UTC as a zone": ('zone = "Europe/Paris"', 'zone = "UTC"', "sites[01].zone", "“UTC” is no place"),
    "an older name of a zone": (
        'zone = "Europe/Paris"',
        'zone = "US/Eastern"',
        "sites[01].zone",
        "“US/Eastern” is an older name. Write America/New_York.",
    ),
    "a country by another code": (
        'holidays = { country = "FR" }',
        'holidays = { country = "UK" }',
        "sites[01].holidays.country",
        "“UK” is no code of ISO 3166. Write GB.",
    ),
    "a plausible range that asks about nothing": (
        "plausible = [5, 160]",
        "plausible = [0, 10000000]",
        "criteria[I7].plausible",
        "is so wide that no misprint would be asked about; end it at 1000 or less",
    ),
    "a plausible range below nothing": (
        "plausible = [5, 160]",
        "plausible = [-5, 160]",
        "criteria[I7].plausible",
        "begins below 0",
    ),
    "a value that is not known": (
        'city = "Montpellier"',
        'city = "?"',
        "sites[01].city",
        "nobody has said it",
    ),
    "a gap in a sentence": (
        'text.en = "Refuses to sign the consent."',
        'text.en = "Refuses to sign the [? consent]."',
        "criteria[E5].text.en",
        "has a gap, “[? consent]”",
    ),
    "an open assumption": (
        'field = "trial.version"',
        'field = "trial.version"\nstatus = "open"',
        "assumptions[0].status",
        "“trial.version” is still open",
    ),
    "no plausible range": (
        "plausible = [5, 160]\n",
        "",
        "criteria[I7]",
        "without a plausible range",
    ),
    "a dose that is not its volume times its concentration": (
        'concentration = "4 MIU/mL"',
        'concentration = "2 MIU/mL"',
        "arms[IL2-2MIU].preparations[STUDY].concentration",
        "0.5 mL of 2 MIU/mL is 1 MIU, not 2 MIU",
    ),
    "another dose in French": (
        'fr = "1 MUI (1 million d’unités internationales)"',
        'fr = "10 MUI"',
        "arms[IL2-1MIU].preparations[STUDY].dose.fr",
        "give one number in both",
    ),
    "a dose that is misread": (
        'en = "1 MIU (1 million international units)"',
        'en = "1.0 MIU"',
        "arms[IL2-1MIU].preparations[STUDY].dose.en",
        "“1.0” can be read as ten times as much",
    ),
    "a target that no trial has": (
        "target = 36",
        "target = 3_600_000",
        "trial.target",
        "3600000 is more than any trial has",
    ),
    "a pause that few trials allow": (
        "max_hold_days = 28",
        "max_hold_days = 280",
        "limits.max_hold_days",
        "280 is more than nearly any trial has. Correct it, or say in [[assumptions]] why it is so",
    ),
    "a window that no trial has": (
        "window = { before = 3, after = 14 }",
        "window = { before = 3, after = 1400 }",
        "visits[V7].window.after",
        "1400 is more than any trial has",
    ),
    "a year of no trial": (
        'started_on = "2015-09-30"',
        'started_on = "0201-09-30"',
        "record.started_on",
        "0201 is no year of a trial",
    ),
    "ages that are the wrong way round": (
        "maximum_age = 75",
        "maximum_age = 7",
        "record.maximum_age",
        "7 lies below the lowest age, 18",
    ),
    "a zone of another country": (
        'zone = "Europe/Paris"',
        'zone = "America/New_York"',
        "sites[01].zone",
        "“America/New_York” is no zone of FR",
    ),
    "a dose in other words in French": (
        'fr = "2 MUI (2 millions d’unités internationales)"',
        'fr = "2 MUI (trois millions d’unités internationales)"',
        "arms[IL2-2MIU].preparations[STUDY].dose.fr",
        "trois millions d’unités internationales",
    ),
    "a product in two spellings": (
        _ALDESLEUKIN,
        _ALDESLEUKIN.replace('"Aldesleukin"', '"aldes-leukin."', 1),
        "arms[IL2-2MIU].preparations[STUDY].product",
        "differ in spelling alone",
    ),
    "a dose in a procedure that is misread": (
        'en = "Slow vital capacity"',
        'en = "Heparin 5000U"',
        "visits[V1].procedures[2].name.en",
        "“5000U”: U is read as 0",
    ),
    "a placeholder in a name": (
        'city = "Montpellier"',
        'city = "Montpellier ?"',
        "sites[01].city",
        "holds “?”, which stands for something that nobody has said yet",
    ),
    "a bound that the criterion does not say": (
        "minimum = 70",
        "minimum = 60",
        "criteria[I7].minimum",
        "60 does not stand in the words of the criterion",
    ),
    "a visit whose label names another day": (
        "day = 85",
        "day = 58",
        "visits[V6].day",
        "the visit is planned on day 58, and its label says “Day 85, follow-up”",
    ),
    "two languages with two numbers": (
        "vaccinated within the 8 weeks",
        "vaccinated within the 6 weeks",
        "criteria[E13].text",
        "stands in one only",
    ),
    "a number of noughts": (
        'eudract = "2014-001327-71"',
        'eudract = "0000-000000-00"',
        "trial.identifiers.eudract",
        "is no trial's number",
    ),
    "a field that says what it is for": (
        'sponsor = "CHU de Nîmes"',
        'sponsor = "Sponsor"',
        "trial.sponsor",
        "holds “Sponsor”",
    ),
    "two arms with one syringe": (
        'fr = "2 MUI (2 millions d’unités internationales)" }\nvolume_ml = "0.5"\nconcentration = "4 MIU/mL"',
        'fr = "1 MUI" }\nvolume_ml = "0.5"\nconcentration = "2 MIU/mL"',
        "arms[IL2-2MIU].preparations",
        "gives the same as arm IL2-1MIU in everything",
    ),
    "a placebo filled from the active product": (
        """product = "Placebo (vehicle alone)"
label = { en = "Placebo (vehicle alone)", fr = "Placebo (véhicule seul)" }""",
        'product = "Aldesleukin"',
        "arms[PLACEBO].preparations[STUDY].product",
        "is what arm IL2-1MIU is given as active",
    ),
    "two courses that meet where months are short": (
        _COURSE,
        "day = 1\ndays = [1, 2]\nrepeats = 2\nevery = { days = 56 }\nmax_shift_days = 7\n"
        + _MORE % ("FIRST", '"first_injection"', "day = 3\ndays = [1, 2, 3]")
        + _MORE % ("SECOND", '"first_injection"', "day = 30\ndays = [1, 2, 3, 4]")
        + _MORE % ("TAIL", '"first_injection"', "day = 59\ndays = [1, 2, 3]")
        + _MORE % ("BACK", '{ course = "TAIL" }', "offset = { months = -1 }\ndays = [1]"),
        "courses[BACK]",
        "gives STUDY on a day on which course SECOND does, for 116 of 1,461 start days; "
        "the first is 2026-01-02",
    ),
    "two courses that meet by the day of randomisation": (
        _COURSE,
        _TWO_OF_THREE + _THIRD + _MORE % ("TAIL", '"randomization"', "day = 64\ndays = [1, 2, 3]"),
        "courses[TAIL]",
        "gives STUDY on a day on which course THIRD does, for 1,461 of 1,461 start days; "
        "the first is 2026-01-01, where randomisation was on 2025-12-29",
    ),
}


def faulty(kind: str, version: str = "2") -> str:
    """The good file as another version, with that fault in it."""
    words, fault, _, _ = PLANTED[kind]
    assert words in GOOD
    return GOOD.replace('version = "1"', f'version = "{version}"', 1).replace(words, fault, 1)
