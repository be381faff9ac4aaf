"""What each subject of the pilot study did, as acts in the order of time. Pure: facts in, acts out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

SCREENING, BASELINE = 1.0, 3.0
FAILED, COMPLETED, DEATH, LOST = "SCREEN FAILURE", "COMPLETED", "DEATH", "LOST TO FOLLOW-UP"
ARMS = {"Pbo": "PBO", "Xan_Lo": "XAN-LO", "Xan_Hi": "XAN-HI"}
"""From the arm codes of DM to those of the protocol file."""
VISITS = {
    3.0: "BASE",
    3.5: "ECG-ON",
    4.0: "W2",
    5.0: "W4",
    6.0: "ECG-OFF",
    7.0: "W6",
    8.0: "W8",
    8.1: "W10T",
    9.0: "W12",
    9.1: "W14T",
    10.0: "W16",
    10.1: "W18T",
    11.0: "W20",
    11.1: "W22T",
    12.0: "W24",
    13.0: "W26",
}
"""From the visit numbers of SV and TV to the visits of the protocol file."""
CAUSES = {
    "ADVERSE EVENT": "adverse_event",
    "DEATH": "death",
    "LACK OF EFFICACY": "lack_of_efficacy",
    "LOST TO FOLLOW-UP": "lost_to_follow_up",
    "PHYSICIAN DECISION": "physician_decision",
    "PROTOCOL VIOLATION": "protocol_deviation",
    "STUDY TERMINATED BY SPONSOR": "study_terminated_by_sponsor",
    "WITHDRAWAL BY SUBJECT": "withdrawal_by_subject",
}
"""From DS's standard terms to ours. CDISC renamed “protocol violation” to “protocol deviation” later."""
RETRIEVAL, WEEK_24 = 201.0, 12.0
"""Who stopped early comes once more, when week 24 would be (TV): for the file it is the same visit."""
ENDS_ALL = {DEATH: "death", LOST: "lost"}
"""What ends treatment and visits at once, and its scope."""
LENGTH = 182
"""Planned patch days."""


@dataclass(frozen=True, order=True)
class Act:
    """Something that is done for a subject at a moment of the site's clock.

    Acts sort by time; at one moment the earlier kind of `ORDER` comes first. `what` is the day, visit or
    end that it is about.
    """

    day: date
    clock: time
    subject: str
    kind: str
    what: str = ""
    number: int = 0


def acts_of(subjects: Sequence[Mapping[str, Any]], planned: Mapping[str, int]) -> list[Act]:
    """All acts of all subjects in the order of time. `planned` is the trial day of each visit."""
    return sorted(act for subject in subjects for act in _life(subject, planned))


def randomized(subjects: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Whoever was given an arm, in the order of the draws: by the day of baseline, then the number."""
    drawn = [subject for subject in subjects if subject["arm"]]
    return sorted(drawn, key=lambda subject: (day_of(subject, BASELINE), subject["id"]))


def day_of(subject: Mapping[str, Any], number: float) -> date:
    """The day of that visit, the first if there are several. Raises StopIteration."""
    return next(date.fromisoformat(day) for visit, _name, day in subject["visits"] if visit == number)


def patch_days(subject: Mapping[str, Any]) -> list[date]:
    """Each day with a patch. Of an interval without an end its first day is known, and no other."""
    days = {*subject["patch_days"], *subject["first_days_of_open_intervals"]}
    return sorted(map(date.fromisoformat, days))


def _life(subject: Mapping[str, Any], planned: Mapping[str, int]) -> Iterator[Act]:
    who = subject["id"]
    screened = day_of(subject, SCREENING)
    yield Act(screened, time(8, 0), who, "screen")
    yield Act(screened, time(8, 10), who, "check")
    if not subject["arm"]:
        return
    first = day_of(subject, BASELINE)
    yield Act(first, time(8, 20), who, "draw")
    yield Act(first, time(8, 30), who, "book")
    yield from _patches(subject, first)
    yield from _visits(subject, first, planned)
    yield from _end(subject)


def _patches(subject: Mapping[str, Any], first: date) -> Iterator[Act]:
    """Patches on their days; and, as long as somebody is treated, the days without one."""
    who, worn = subject["id"], set(patch_days(subject))
    for day in sorted(worn):
        number = (day - first).days + 1
        yield Act(day, time(9, 0), who, "patch" if number <= LENGTH else "beyond", number=number)
    last = date.max if subject["end"] == COMPLETED else _stopped(subject)
    for number in range(1, LENGTH + 1):
        day = first + timedelta(number - 1)
        if day not in worn and day <= last:
            yield Act(day, time(17, 30), who, "no patch", number=number)


def _visits(subject: Mapping[str, Any], first: date, planned: Mapping[str, int]) -> Iterator[Act]:
    done = set()
    for number, name, day in subject["visits"]:
        code = code_of(subject, number)
        if number < BASELINE:
            continue
        again = code in done
        done.add(code)
        kind = "visit" if code and not again else "unscheduled"
        yield Act(date.fromisoformat(day), time(10, 0), subject["id"], kind, code or name)
    last_one = date.max if subject["end"] == COMPLETED else _stopped(subject)
    for code, trial_day in planned.items():
        day = first + timedelta(trial_day - 1)
        if code not in done and day <= last_one:
            yield Act(day, time(17, 40), subject["id"], "no visit", code)


def _end(subject: Mapping[str, Any]) -> Iterator[Act]:
    """Treatment ends with the last patch. Who does not come at week 24 leaves after the last visit."""
    if subject["end"] == COMPLETED:
        return
    who, left = subject["id"], date.fromisoformat(subject["died"] or subject["ended"])
    if subject["end"] in ENDS_ALL:
        yield Act(left, time(18, 0), who, "end", ENDS_ALL[subject["end"]])
    else:
        last = max(date.fromisoformat(day) for _number, _name, day in subject["visits"])
        yield Act(_stopped(subject), time(18, 0), who, "end", "treatment")
        if not any(code_of(subject, number) == VISITS[WEEK_24] for number, _name, _day in subject["visits"]):
            yield Act(max(last, left), time(18, 10), who, "end", "trial")


def code_of(subject: Mapping[str, Any], number: float) -> str:
    """The planned visit that one of SV is; empty if the plan has none."""
    early = number == RETRIEVAL and WEEK_24 not in [visit for visit, _name, _day in subject["visits"]]
    return VISITS[WEEK_24] if early else VISITS.get(number, "")


def _stopped(subject: Mapping[str, Any]) -> date:
    """The last day on which anything was known of the treatment; a death and a loss are days of their own."""
    if subject["end"] in ENDS_ALL:
        return date.fromisoformat(subject["died"] or subject["ended"])
    return max(patch_days(subject))
