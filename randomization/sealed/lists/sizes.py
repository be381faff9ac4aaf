"""Sizes of a list, asked about before it is made or brought."""

from __future__ import annotations

from collections.abc import Mapping

from randomization.core.brought.list_csv import Expected
from randomization.core.design import Design
from randomization.core.list_sizes import confirmable, doubtful_blocks, doubtful_first, doubtful_sizes
from trial.models import Trial
from trial.refusals import refuse_unconfirmed


def refuse_doubtful_design(
    trial: Trial,
    design: Design,
    confirmed: Mapping[str, object],
) -> dict[str, str]:
    """What was confirmed of the sizes of a list that is made. Raises NotConfirmed or InvalidInput."""
    sizes = {stratum.key: stratum.target + stratum.reserve for stratum in design.strata}
    doubts = doubtful_sizes(sizes, _target(trial)) + doubtful_blocks(design.block_sizes, design.unit)
    return refuse_unconfirmed(doubts, confirmed, fields=confirmable(sizes))


def refuse_doubtful_file(
    trial: Trial,
    expected: Expected,
    confirmed: Mapping[str, object],
) -> dict[str, str]:
    """What was confirmed of the sizes of a list that is brought. Raises NotConfirmed or InvalidInput."""
    doubts = doubtful_sizes(expected.sizes, _target(trial)) + doubtful_first(expected.first_number)
    return refuse_unconfirmed(doubts, confirmed, fields=confirmable(expected.sizes))


def _target(trial: Trial) -> int:
    target: int = trial.protocol_version.protocol.target
    return target
