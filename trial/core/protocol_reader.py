"""Builds a `Protocol` from the data of a protocol file and finds every contradiction in it.

The data have the shape of `trial/protocols/protocol.schema.json`, which `trial.protocol.files`
checks first. What a shape cannot say is checked here: references, totals, order, blinding.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from trial.core import paths
from trial.core.arms_reader import read_arms
from trial.core.criteria_reader import read_criteria
from trial.core.faults import Fault, Place, ProtocolFaults
from trial.core.protocol import (
    Assumption,
    Countersigned,
    Drug,
    HolidayCalendar,
    Identifiers,
    Limits,
    NumberFormat,
    Protocol,
    ProtocolSite,
    ReminderEvent,
    ReminderFor,
    ReminderRule,
    StratumFactor,
    StratumLevel,
)
from trial.core.record.reader import read_record
from trial.core.schedule_reader import read_courses, read_early_visits, read_screening, read_visits
from trial.core.targets_reader import check_targets, read_targets
from trial.core.zones import zone

_LOCAL_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]\Z")
_PREFIX = re.compile(r"[A-Z]{1,6}\Z")
MOST_MONTHS = 240
"""The longest recruitment that a file may plan: twenty years."""

_NCT = re.compile(r"NCT[0-9]{8}\Z")


def read_protocol(data: Mapping[str, object]) -> Protocol:
    """The protocol that the data describe. Raises ProtocolFaults with every fault that it has."""
    faults: list[Fault] = []
    protocol = _protocol(Place(data, (), faults))
    if faults:
        raise ProtocolFaults(faults, data)
    return protocol


def _protocol(root: Place) -> Protocol:
    trial = root["trial"]
    courses = read_courses(root)
    protocol = Protocol(
        key=trial.get("key"),
        acronym=trial.get("acronym"),
        title=trial.text("title"),
        version=trial.get("version"),
        identifiers=_identifiers(trial),
        sponsor=trial.get("sponsor"),
        phase=trial.get("phase"),
        target=_target(trial),
        masked=_masked(trial),
        arms=read_arms(root),
        sites=_sites(root),
        criteria=read_criteria(root),
        drugs=_drugs(root),
        courses=courses,
        visits=read_visits(root, courses),
        early_visits=read_early_visits(root),
        screening=read_screening(root["screening"]),
        reminders=_reminders(root),
        number_format=_number_format(root["numbers"]),
        limits=_limits(root["limits"]),
        strata=_strata(root),
        targets=read_targets(root),
        recruitment_months=_recruitment(trial),
        record=read_record(root),
        countersign=_countersign(root),
        confirm_eligibility=_confirm_eligibility(root),
        assumptions=root.read("assumptions", lambda row: _assumption(row, root.value)),
    )
    _check_total(trial, protocol)
    check_targets(root, protocol)
    return protocol


def _countersign(root: Place) -> tuple[Countersigned, ...]:
    """Under which acts of systems a person signs afterwards; the schema knows the words."""
    asked = root["signatures"].get("countersign", ()) if "signatures" in root else ()
    return tuple(map(Countersigned, asked))


def _confirm_eligibility(root: Place) -> bool:
    """Whether an investigator confirms each eligibility check before a draw."""
    return bool(root["signatures"].get("confirm_eligibility", False)) if "signatures" in root else False


def _identifiers(trial: Place) -> Identifiers:
    given = Identifiers(**trial.get("identifiers"))
    if not _NCT.match(given.nct):
        trial.fault("must be NCT and eight digits.", "identifiers", "nct")
    elif trial.get("key") != given.nct.lower():
        trial.fault("must be the NCT number in lower case, %(number)s.", "key", number=given.nct.lower())
    return given


def _target(trial: Place) -> int:
    target: int = trial.get("target")
    if target < 1:
        trial.fault("must be at least one participant.", "target")
    return target


def _recruitment(trial: Place) -> int | None:
    months: int | None = trial.get("recruitment_months")
    if months is not None and not 1 <= months <= MOST_MONTHS:
        trial.fault(
            "must be 1 to %(most)s months; leave it out without a plan.",
            "recruitment_months",
            most=MOST_MONTHS,
        )
    return months


def _masked(trial: Place) -> tuple[str, ...]:
    masked = tuple(trial.get("masked"))
    if len(set(masked)) < len(masked):
        trial.fault("names somebody twice.", "masked")
    return masked


def _sites(root: Place) -> tuple[ProtocolSite, ...]:
    root.distinct("sites", "number", "site")
    digits: int = root["numbers"].get("site_digits")
    return root.read("sites", lambda row: _site(row, digits))


def _site(place: Place, digits: int) -> ProtocolSite:
    number, clock = place.get("number"), place.get("zone")
    if len(number) != digits:
        place.fault("must have %(digits)s digits, as numbers.site_digits says.", "number", digits=digits)
    if not _zone_exists(clock):
        place.fault(
            "no time zone is called “%(zone)s”; use an IANA name such as Europe/Paris.", "zone", zone=clock
        )
    kept = place.get("holidays")
    holidays = HolidayCalendar(**kept | {"categories": tuple(kept.get("categories", ()))})
    levels = tuple(place.get("levels", {}).items())
    telephones = place.get("telephone", ""), place.get("telephone_24h", "")
    return ProtocolSite(number, place.get("name"), place.get("city"), clock, holidays, levels, *telephones)


def _zone_exists(name: str) -> bool:
    try:
        zone(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _drugs(root: Place) -> tuple[Drug, ...]:
    root.distinct("drugs", "code", "drug")
    used = {row.get("drug") for row in root.rows("courses")}
    for row in root.rows("drugs"):
        if row.get("code") not in used:
            row.fault("is given in no course; add one or take the drug out.", "code")
    return root.read("drugs", lambda row: Drug(row.get("code"), row.text("label"), row.text("route")))


def _strata(root: Place) -> tuple[StratumFactor, ...]:
    root.distinct("strata", "code", "factor")
    for site in root.rows("sites"):
        _check_levels(site, root.rows("strata"))
    return root.read("strata", _factor)


def _check_levels(site: Place, factors: list[Place]) -> None:
    """A site names a level of each factor that says `from_site`, and of no other."""
    fixed = {row.get("code"): row for row in factors if row.get("from_site", False)}
    given: dict[str, str] = site.get("levels", {})
    for code, factor in fixed.items():
        known = [row.get("code") for row in factor.rows("levels")]
        if code not in given:
            site.fault(
                "has no level of %(factor)s, which the site fixes; write levels = { %(factor)s = … }.",
                *(["levels"] if given else []),
                factor=code,
            )
        elif given[code] not in known:
            site.fault(
                "“%(level)s” is no level of %(factor)s; known are %(levels)s.",
                "levels",
                code,
                level=given[code],
                factor=code,
                levels=", ".join(known),
            )
    for code in given:
        if code not in fixed:
            site.fault(
                "%(factor)s is no factor that the site fixes; say from_site = true there, or take this out.",
                "levels",
                code,
                factor=code,
            )


def _factor(place: Place) -> StratumFactor:
    place.distinct("levels", "code", "level")
    if len(place.get("levels")) < 2:
        place.fault("needs two levels or more; a factor with one level divides nobody.", "levels")
    levels = place.read("levels", lambda row: StratumLevel(row.get("code"), row.text("label")))
    return StratumFactor(place.get("code"), place.text("label"), levels, place.get("from_site", False))


def _reminders(root: Place) -> tuple[ReminderRule, ...]:
    root.distinct("reminders", "code", "reminder")
    return root.read("reminders", _reminder)


def _reminder(place: Place) -> ReminderRule:
    time: str = place.get("local_time")
    if not _LOCAL_TIME.match(time):
        place.fault(
            "“%(time)s” is no time of day; write hours and minutes as 18:00.", "local_time", time=time
        )
    if place.get("days_before") < 0:
        place.fault("must be 0 (the same day) or more; a reminder comes before its event.", "days_before")
    to, event = ReminderFor(place.get("to")), ReminderEvent(place.get("event"))
    return ReminderRule(place.get("code"), to, event, place.get("days_before"), time)


def _number_format(place: Place) -> NumberFormat:
    if not _PREFIX.match(place.get("prefix")):
        place.fault("must be one to six capital letters A to Z: digits would run into the number.", "prefix")
    for key in ("site_digits", "serial_digits"):
        if place.get(key) < 1:
            place.fault("must be 1 or more.", key)
    return NumberFormat(place.get("prefix"), place.get("site_digits"), place.get("serial_digits"))


def _limits(place: Place) -> Limits:
    if place.get("max_days_to_first_injection") < 0:
        place.fault("must be 0 (the day of randomisation) or more.", "max_days_to_first_injection")
    if place.get("max_hold_days", 1) < 1:
        place.fault("must be 1 day or more; leave it out where a hold has no limit.", "max_hold_days")
    return Limits(place.get("max_days_to_first_injection"), place.get("max_hold_days"))


def _assumption(place: Place, data: object) -> Assumption:
    field: str = place.get("field")
    if paths.find(data, field) is None:
        place.fault(
            "this file has no field “%(field)s”; name it as faults do, visits[V2].window.",
            "field",
            field=field,
        )
    is_open = place.get("status") == "open"
    if isinstance(place.get("reason"), str):
        if not place.get("reason").strip():
            place.fault("say why the value was chosen.", "reason")
        return Assumption(field, place.get("reason").strip(), is_open)
    reason = place.text("reason")
    return Assumption(field, reason.en, is_open, reason.fr)


def _check_total(trial: Place, protocol: Protocol) -> None:
    declared = trial.get("injections", protocol.injections)
    if declared != protocol.injections:
        sums = " + ".join(f"{course.code} {course.injections}" for course in protocol.courses)
        trial.fault(
            "says %(declared)s, but the courses give %(injections)s (%(sums)s).",
            "injections",
            declared=declared,
            injections=protocol.injections,
            sums=sums,
        )
