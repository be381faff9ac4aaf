"""The judges of protocol files, and who asks them: whoever checks or installs a file.

An installed version is never refused for what a judge finds: `ProtocolVersion.faults` lists it instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from trial.core.judges.alike import judge_arms_differ, judge_placebos
from trial.core.judges.arm_words import judge_arm_words
from trial.core.judges.counts import judge_counts
from trial.core.judges.dose_words import judge_dose_words
from trial.core.judges.doses import judge_doses
from trial.core.judges.doses_apart import judge_doses_apart
from trial.core.judges.plausible import judge_plausible
from trial.core.judges.record import judge_record
from trial.core.judges.said import judge_said
from trial.core.judges.unfinished import judge_assumptions, told_once
from trial.core.judges.zones import judge_zones
from trial.core.judging import Judge, judge
from trial.protocol.files import LocatedFault, ProtocolFile, located, parse_protocol, parse_toml
from trial.protocol.holiday_judge import judge_holidays
from trial.refusals import InvalidInput

JUDGES: tuple[Judge, ...] = (
    judge_assumptions,
    judge_holidays,
    judge_zones,
    judge_plausible,
    judge_counts,
    judge_doses,
    judge_dose_words,
    judge_arms_differ,
    judge_placebos,
    judge_doses_apart,
    judge_record,
    judge_said,
    judge_arm_words,
)
"""Every judge, in the order in which they are asked."""


class FaultyProtocol(InvalidInput):
    """The protocol file can be read and has faults. `faults` holds all, in the order of their lines."""

    code = "faulty_protocol"

    def __init__(self, faults: Iterable[LocatedFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


@lru_cache(maxsize=32)
def faults_in(text: str) -> tuple[LocatedFault, ...]:
    """What the judges find in the text of a protocol file that can be read, and what nobody has said yet.

    Raises UnreadableProtocol.
    """
    data = parse_toml(text)
    found = judge(data, parse_protocol(text).protocol, JUDGES)
    return tuple(located(told_once(found, data), data, text))


def refuse_faulty(file: ProtocolFile) -> None:
    """Raises FaultyProtocol where a judge finds something in the file."""
    if faults := faults_in(file.text):
        raise FaultyProtocol(faults)
