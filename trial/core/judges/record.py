"""Judges whether the record and the rules of a file say the same, or an assumption says which one counts."""

from __future__ import annotations

from datetime import date

from trial.core.dates import add_months
from trial.core.faults import Place
from trial.core.judges.asked import ask, names
from trial.core.protocol import Criterion, CriterionKind, Protocol
from trial.core.record.values import Allocation, Model
from trial.core.sentences import Sentence

FIRST_YEAR, LAST_YEAR = 1945, 2099
"""No trial of a record began or ended outside these years."""
USUAL_YEARS = (1990, 2050)
LONGEST_STUDY = 15
"""Years from its beginning to its end beyond which a study is asked about."""


def judge_record(root: Place, protocol: Protocol) -> None:
    """Note what contradicts, where no row of `[[assumptions]]` speaks of either side."""
    if "record" not in root:
        return
    place = root["record"]
    _judge_design(place, protocol)
    _judge_masking(place, protocol)
    _judge_ages(place, protocol)
    _judge_years(root, place, protocol)
    _judge_dates(root, place, protocol)


def _judge_design(place: Place, protocol: Protocol) -> None:
    if protocol.record.allocation is Allocation.NON_RANDOMIZED:
        place.fault(
            "this file describes a trial that is randomised; correct the record's word.", "allocation"
        )
    if protocol.record.intervention_model is Model.SINGLE_GROUP:
        place.fault(
            "this file has %(arms)s arms; correct one of them.", "intervention_model", arms=len(protocol.arms)
        )


def _judge_masking(place: Place, protocol: Protocol) -> None:
    masking = protocol.record.masking
    if masking is not None and masking.roles != len(protocol.masked):
        _tension(
            place,
            protocol,
            "masking",
            ("trial.masked",),
            Sentence(
                "means %(roles)s masked roles beside %(masked)s in trial.masked",
                roles=masking.roles,
                masked=len(protocol.masked),
            ),
        )


def _judge_ages(place: Place, protocol: Protocol) -> None:
    """The record sums up both ages as let in; a criterion may draw the line elsewhere."""
    lowest, highest = protocol.record.minimum_age, protocol.record.maximum_age
    if lowest is not None and highest is not None and highest < lowest:
        place.fault(
            "%(highest)s lies below the lowest age, %(lowest)s; correct one of them.",
            "maximum_age",
            highest=highest,
            lowest=lowest,
        )
        return
    ages = next((row for row in protocol.questions() if row.kind is CriterionKind.AGE), None)
    if ages is None:
        return
    for key, bound, letting_in in (
        ("minimum_age", protocol.record.minimum_age, _lowest(ages)),
        ("maximum_age", protocol.record.maximum_age, _highest(ages)),
    ):
        if bound is not None and letting_in is not None and bound != letting_in:
            _tension(
                place,
                protocol,
                key,
                tuple(f"{where}.{name}" for where in _places(ages) for name in _BOUNDS[key]),
                Sentence(
                    "is %(age)s beside %(other)s in criterion %(criterion)s",
                    age=bound,
                    other=letting_in,
                    criterion=ages.id,
                ),
                bound,
            )


_BOUNDS = {"minimum_age": ("minimum", "above"), "maximum_age": ("maximum", "below")}


def _places(ages: Criterion) -> tuple[str, ...]:
    """How a file names the criterion, or the part of one that asks for the age."""
    number, letter = ages.id.rstrip("abcdefghijklmnopqrstuvwxyz"), ages.id[-1]
    return (f"criteria[{number}]", f"criteria[{number}].parts[{letter}]")


def _lowest(ages: Criterion) -> int | None:
    if ages.above is not None:
        return int(ages.above) + 1
    return None if ages.minimum is None else int(ages.minimum)


def _highest(ages: Criterion) -> int | None:
    if ages.below is not None:
        return int(ages.below) - 1
    return None if ages.maximum is None else int(ages.maximum)


def _judge_years(root: Place, place: Place, protocol: Protocol) -> None:
    for key, day in (
        ("started_on", protocol.record.started_on),
        ("completed_on", protocol.record.completed_on),
    ):
        if day is None:
            continue
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            place.fault(
                "%(year)s is no year of a trial; write one from %(first)s to %(last)s.",
                key,
                year=f"{day.year:04}",
                first=str(FIRST_YEAR),
                last=str(LAST_YEAR),
            )
        elif not USUAL_YEARS[0] <= day.year <= USUAL_YEARS[1]:
            found = Sentence("%(year)s is the year of hardly any trial", year=str(day.year))
            ask(place, protocol, root, key, day.year, found)


def _judge_dates(root: Place, place: Place, protocol: Protocol) -> None:
    """A study ends after it begins, and lasts at least as long as recruiting is planned to."""
    started, completed = protocol.record.started_on, protocol.record.completed_on
    if started is None or completed is None:
        return
    if completed < started:
        place.fault("lies before `started_on`; correct one of them.", "completed_on")
    elif LONGEST_STUDY < (years := _years(started, completed)) <= LAST_YEAR - FIRST_YEAR:
        found = Sentence("comes %(years)s years after `started_on`", years=years)
        ask(place, protocol, root, "completed_on", completed.isoformat(), found)
    elif protocol.recruitment_months and add_months(started, protocol.recruitment_months) > completed:
        _tension(
            place,
            protocol,
            "completed_on",
            ("trial.recruitment_months", "record.started_on"),
            Sentence(
                "comes before %(months)s months of recruitment are over", months=protocol.recruitment_months
            ),
        )


def _years(started: date, completed: date) -> int:
    return completed.year - started.year - ((completed.month, completed.day) < (started.month, started.day))


def _tension(
    place: Place,
    protocol: Protocol,
    key: str,
    others: tuple[str, ...],
    found: Sentence,
    value: int | None = None,
) -> None:
    """Two sides that disagree; a row of either has to say which counts, and name the value if given one."""
    fields = (f"record.{key}", *others)
    rows = [row for row in protocol.assumptions if any(row.touches(field) for field in fields)]
    if not any(value is None or names(row.reason, value) for row in rows):
        place.fault("%(found)s; correct one, or say in [[assumptions]] which one counts.", key, found=found)
