"""Judges the holiday calendars of sites: the `holidays` package has to know them, and to know them today."""

from __future__ import annotations

import re
import warnings
from functools import lru_cache

from holidays import HolidayBase, country_holidays

from trial.core.faults import Place
from trial.core.protocol import HolidayCalendar, Protocol
from trial.core.sentences import Sentence

ISO = re.compile("[A-Z0-9]{1,3}")
"""How a part of a country is coded. Regions of schools have names: Zone A, Noord, Flemish."""

YEARS = (2025, 2026, 2027)
"""Years whose school holidays are known, by which a school region is told from a part of the country."""

OPEN = {"school", "workday"}
"""Kinds of days on which a hospital works as on any other."""

OUT_OF_DATE = Sentence(
    "%(name)s is out of date, and holidays of its parts are missing in it; leave the subdivision out, or "
    "name the part of the country: %(codes)s."
)
OF_SCHOOLS = Sentence(
    "%(name)s is a region of schools, whose holidays do not close a hospital; leave the subdivision out, "
    "or name the part of the country: %(codes)s."
)
OF_SCHOOLS_ALONE = Sentence(
    "%(name)s is a region of schools, whose holidays do not close a hospital; leave the subdivision out."
)
UNKNOWN = Sentence(
    "no holiday calendar is known for %(name)s; leave the subdivision out, or name the part of the "
    "country: %(codes)s."
)
NO_PARTS = Sentence(
    "%(name)s: the holidays of this country are the same everywhere; leave the subdivision out."
)

OTHER_CODE = Sentence("“%(country)s” is no code of ISO 3166. Write %(code)s.")


def judge_holidays(root: Place, protocol: Protocol) -> None:
    """Holiday calendars that nobody should plan by: unknown, out of date, of schools."""
    for index, site in enumerate(protocol.sites):
        _judge_calendar(root["sites"][index], site.holidays)


def _judge_calendar(place: Place, calendar: HolidayCalendar) -> None:
    name = " ".join(filter(None, (calendar.country, calendar.subdivision)))
    try:
        known = country_holidays(calendar.country)
    except NotImplementedError:
        place.fault(
            "no holiday calendar is known for %(name)s; check country and subdivision.", "holidays", name=name
        )
        return
    if str(known.country) != calendar.country:
        said = OTHER_CODE.having(country=calendar.country, code=str(known.country))
        place.note(said, "holidays", "country")
    if calendar.subdivision:
        _judge_subdivision(place, known, calendar.subdivision, name)
    _judge_categories(place, known, calendar)


def _judge_subdivision(place: Place, known: HolidayBase, subdivision: str, name: str) -> None:
    country = str(known.country)
    codes = ", ".join(codes_of(country))
    if is_of_schools(country, subdivision):
        sentence = OF_SCHOOLS if codes else OF_SCHOOLS_ALONE
    elif _is_unknown(country, subdivision):
        sentence = UNKNOWN if codes else NO_PARTS
    elif _is_deprecated(country, subdivision):
        sentence = OUT_OF_DATE
    else:
        return
    place.note(sentence.having(name=name, codes=codes), "holidays")


def _judge_categories(place: Place, known: HolidayBase, calendar: HolidayCalendar) -> None:
    kinds = sorted(set(known.supported_categories) - OPEN - {"public"})
    for category in calendar.categories:
        if category in kinds or category == "public":
            continue
        if kinds:
            place.fault(
                "%(country)s has no days of the kind “%(category)s” that close a hospital; there are: "
                "%(kinds)s.",
                "holidays",
                country=calendar.country,
                category=category,
                kinds=", ".join(kinds),
            )
        else:
            place.fault(
                "%(country)s has public holidays only; leave the categories out.",
                "holidays",
                country=calendar.country,
            )


def _is_unknown(country: str, subdivision: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            country_holidays(country, subdiv=subdivision)
    except NotImplementedError:
        return True
    return False


def _is_deprecated(country: str, subdivision: str) -> bool:
    """Whether the library warns of it. It says so in a warning that nobody sees, and nowhere else."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)
        try:
            country_holidays(country, subdiv=subdivision)
        except DeprecationWarning:
            return True
    return False


@lru_cache(maxsize=512)
def is_of_schools(country: str, subdivision: str) -> bool:
    """Whether a part of a country is one for its schools alone: in all else it is the whole country."""
    known = country_holidays(country)
    if ISO.fullmatch(subdivision) or subdivision not in known.subdivisions:
        return False
    if "school" not in known.supported_categories:
        return False
    rest = tuple(set(known.supported_categories) - {"school"})
    return _days(country, subdivision, rest) == _days(country, None, rest) and _days(
        country, subdivision, ("school",)
    ) != _days(country, None, ("school",))


def _days(country: str, subdivision: str | None, categories: tuple[str, ...]) -> set[object]:
    return set(country_holidays(country, subdiv=subdivision, years=YEARS, categories=categories))


@lru_cache(maxsize=64)
def codes_of(country: str) -> tuple[str, ...]:
    """The parts of a country that a file may name, each with its name where the library has one."""
    known = country_holidays(country)
    names: dict[str, str] = {}
    for alias, code in known.subdivisions_aliases.items():
        if not ISO.fullmatch(alias):
            names.setdefault(code, alias)
    codes = (code for code in known.subdivisions if not is_of_schools(country, code))
    return tuple(f"{code} ({names[code]})" if code in names else code for code in codes)
