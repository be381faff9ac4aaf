"""The published figures beside Velum's, each difference with its reason. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.tools.pilot.lives import (
    ARMS,
    BASELINE,
    CAUSES,
    COMPLETED,
    DEATH,
    FAILED,
    LENGTH,
    code_of,
    patch_days,
)

WORDS = {
    "adverse_event": "adverse event",
    "death": "death",
    "lack_of_efficacy": "lack of efficacy",
    "lost_to_follow_up": "lost to follow-up",
    "physician_decision": "decision of the physician",
    "protocol_deviation": "deviation from the protocol",
    "study_terminated_by_sponsor": "trial stopped by the sponsor",
    "withdrawal_by_subject": "withdrawal by the participant",
}
"""What *Progress* calls each reason."""


@dataclass(frozen=True)
class Line:
    """One figure: what was published, what Velum says, and why they differ, if they do."""

    figure: str
    published: int
    velum: int
    why: str = ""

    @property
    def difference(self) -> str:
        """The reason, where there is a difference."""
        return self.why if self.published != self.velum else "–"

    @property
    def explained(self) -> bool:
        return self.published == self.velum or bool(self.why)


def lines(facts: Mapping[str, Any], said: Mapping[str, Any], arms: Mapping[str, str]) -> list[Line]:
    """Every figure. `arms` is what the envelopes held, by Velum's number."""
    return [*_people(facts, said, arms), *_ends(facts, said), *_visits(facts, said), *_doses(facts, said)]


def table(rows: Sequence[Line]) -> str:
    """The figures as a table of a document."""
    head = "| figure | published | Velum | the difference |\n|---|---:|---:|---|\n"
    return head + "\n".join(
        f"| {row.figure} | {row.published:,} | {row.velum:,} | {row.difference} |" for row in rows
    )


def _people(facts: Mapping[str, Any], said: Mapping[str, Any], arms: Mapping[str, str]) -> Iterator[Line]:
    subjects, flow = facts["subjects"], said["figures"]["flow"]
    drawn = [subject for subject in subjects if subject["arm"]]
    yield Line("assessed for eligibility", len(subjects), _of(flow, "Assessed for eligibility"))
    failed = sum(subject["end"] == FAILED for subject in subjects)
    yield Line("not eligible", failed, _of(flow, "– not eligible"))
    yield Line("randomised", len(drawn), _of(flow, "Randomised"))
    for published, code in ARMS.items():
        count = sum(subject["arm"] == published for subject in drawn)
        yield Line(f"… to {code}, opened afterwards", count, Counter(arms.values())[code])
    same = sum(arms.get(said["numbers"][subject["id"]]) == ARMS[subject["arm"]] for subject in drawn)
    yield Line("… each to the published arm", len(drawn), same)
    yield Line("began treatment", sum(bool(patch_days(one)) for one in drawn), _of(flow, "Began treatment"))


def _ends(facts: Mapping[str, Any], said: Mapping[str, Any]) -> Iterator[Line]:
    flow = said["figures"]["flow"]
    ends = Counter(subject["end"] for subject in facts["subjects"])
    yield Line("completed", ends[COMPLETED], _of(flow, "– completed"))
    yield Line("treatment finished", ends[COMPLETED], _of(flow, "– finished"))
    stopped = sum(count for end, count in ends.items() if end in CAUSES)
    yield Line("treatment stopped", stopped, _of(flow, "Treatment stopped"))
    at = next((place for place, row in enumerate(flow) if row[0] == "Treatment stopped"), len(flow))
    for end, cause in CAUSES.items():
        yield Line(f"… {end.lower()}", ends[end], _of(flow[at + 1 :], f"– {WORDS[cause]}"))


def _visits(facts: Mapping[str, Any], said: Mapping[str, Any]) -> Iterator[Line]:
    published = {
        (subject["id"], code_of(subject, number), day)
        for subject in facts["subjects"]
        for number, _name, day in _planned_visits(subject)
    }
    ids = {number: subject for subject, number in said["numbers"].items()}
    ours = {(ids[number], code, day) for number, rows in said["visits"].items() for code, day in rows}
    why = _listed(published - ours, facts)
    yield Line("planned visits, on the published day", len(published), len(published & ours), why)
    strange = len(ours - published)
    yield Line("planned visits on another day", 0, strange, "a fault" if strange else "")
    others = Counter((subject["id"], day) for subject in facts["subjects"] for day in _other_days(subject))
    found = Counter((ids[number], day) for number, days in said["unscheduled"].items() for day in days)
    yield Line(
        "visits that the plan does not have, on the published day", others.total(), (others & found).total()
    )


def _other_days(subject: Mapping[str, Any]) -> Iterator[str]:
    """The days of visits that the plan does not have, and of a planned one that is there twice."""
    planned = _planned_visits(subject)
    rest = [visit for visit in subject["visits"] if visit[0] > BASELINE and visit not in planned]
    return (day for _number, _name, day in rest)


def _all_planned(subject: Mapping[str, Any]) -> list[Sequence[Any]]:
    return [visit for visit in subject["visits"] if code_of(subject, visit[0])]


def _planned_visits(subject: Mapping[str, Any]) -> list[Sequence[Any]]:
    """The first of each planned visit."""
    first: dict[float, Sequence[Any]] = {}
    for visit in _all_planned(subject):
        first.setdefault(visit[0], visit)
    return list(first.values())


def _listed(missing: set[tuple[str, str, str]], facts: Mapping[str, Any]) -> str:
    died = {subject["id"]: subject["died"] for subject in facts["subjects"] if subject["end"] == DEATH}
    said = [
        f"{who} died on {died[who]} and has {code} on {day}: refused, the data contradict themselves"
        for who, code, day in sorted(missing)
        if who in died and day > died[who]
    ]
    return "; ".join(said) if len(said) == len(missing) else ""


def _doses(facts: Mapping[str, Any], said: Mapping[str, Any]) -> Iterator[Line]:
    subjects = facts["subjects"]
    closed = sum(len(subject["patch_days"]) for subject in subjects)
    known = sum(len(patch_days(subject)) for subject in subjects)
    given = sum(said["doses"].values())
    beyond = sum(row["kind"] == "beyond" for row in said["refused"])
    accounted = closed + (known - closed) - beyond == given
    why = (
        f"{known - closed} intervals have no end: the first day of each is known, and counted. {beyond} "
        f"patch days lie after day {LENGTH}: Velum cannot record a dose beyond the plan yet, and refused them"
    )
    yield Line("patch days of intervals with an end", closed, given, why if accounted else "")


def _of(rows: Sequence[Sequence[str]], name: str) -> int:
    """The count beside that heading; -1 where there is none."""
    return next((int(row[1]) for row in rows if row[0] == name), -1 if not name.startswith("–") else 0)
