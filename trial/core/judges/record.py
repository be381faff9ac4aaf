"""Judges whether the record and the rules of a file say the same, or an assumption says which one counts."""

from __future__ import annotations

from trial.core.dates import add_months
from trial.core.faults import Place
from trial.core.protocol import Criterion, CriterionKind, Protocol
from trial.core.record.values import Allocation, Model
from trial.core.sentences import Sentence


def judge_record(root: Place, protocol: Protocol) -> None:
    """Note what contradicts, where no row of `[[assumptions]]` speaks of either side."""
    if "record" not in root:
        return
    place = root["record"]
    _judge_design(place, protocol)
    _judge_masking(place, protocol)
    _judge_ages(place, protocol)
    _judge_dates(place, protocol)


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


def _judge_dates(place: Place, protocol: Protocol) -> None:
    """A study ends after it begins, and lasts at least as long as recruiting is planned to."""
    started, completed = protocol.record.started_on, protocol.record.completed_on
    if started is None or completed is None:
        return
    if completed < started:
        place.fault("lies before `started_on`; correct one of them.", "completed_on")
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


def _tension(place: Place, protocol: Protocol, key: str, others: tuple[str, ...], found: Sentence) -> None:
    fields = (f"record.{key}", *others)
    if not any(row.touches(field) for row in protocol.assumptions for field in fields):
        place.fault("%(found)s; correct one, or say in [[assumptions]] which one counts.", key, found=found)
