"""Lists longer than a batch: written piece by piece, checked piece by piece, with somebody watching."""

from __future__ import annotations

import io
import tracemalloc
from datetime import datetime
from types import SimpleNamespace

import pytest

from randomization.core.design import Design, StratumSize
from randomization.core.sealed_record import RECORD_BYTES
from randomization.list_checks import list_faults
from randomization.models import Envelope, RandomizationList
from randomization.sealed.lists import seeds, writing
from randomization.sealed.lists.making import design_of, make_list
from randomization.sealed.lists.progress_bar import ProgressBar
from randomization.sealed.lists.steps import ListDamaged, refuse_false_contents
from randomization.sealed.models import Seal
from tests.randomization.test_verify import tampering
from tests.trial_fixture import TrialFixture
from trial.models import Delegation


@pytest.fixture
def design(world: TrialFixture) -> Design:
    """Two strata, which a batch of 50 cuts in the middle."""
    from randomization.core.design_file import Plan

    arms = design_of(world.trial, Plan()).arms
    return Design(arms, (StratumSize("a", 72), StratumSize("b", 63, reserve=9)), block_sizes=(3, 6, 9))


@pytest.fixture
def long_list(
    world: TrialFixture,
    statistician: Delegation,
    at: datetime,
    design: Design,
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[RandomizationList, list[int]]:
    """A list made in three batches, and what the watcher was told."""
    monkeypatch.setattr(writing, "BATCH", 50)
    told: list[int] = []
    made = make_list(
        trial=world.trial,
        environment="live",
        design=design,
        by=statistician,
        at=at,
        progress=told.append,
        confirmed={"a": 72, "b": 72},
    )
    return made, told


def test_a_list_of_three_batches_is_whole_and_in_order(
    long_list: tuple[RandomizationList, list[int]],
) -> None:
    made, told = long_list
    assert told == [50, 100, 144]
    assert list(list_faults(made)) == []
    assert Seal.objects.count() == 2 * 144
    refuse_false_contents(made)


def test_a_seal_that_is_gone_is_missed_by_name(long_list: tuple[RandomizationList, list[int]]) -> None:
    made, _ = long_list
    gone = Envelope.objects.get(stratum__list=made, stratum__key="b", position=9)
    with tampering():
        Seal.objects.filter(envelope=gone, recipient="pharmacy").delete()
    with pytest.raises(ListDamaged, match=f"Envelope {gone.number} .* has no seal"):
        refuse_false_contents(made)


def test_a_longer_list_needs_hardly_more_memory(
    world: TrialFixture,
    statistician: Delegation,
    at: datetime,
    design: Design,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """900 envelopes more: less than one record's bytes for each. Held, each would be four times that.

    What grows is the bit for each possible number and, up to 30,000 places, the counts of sequences. The
    numbers of lists up to `seeds.LONGEST` are looked at as a whole before anything is sealed.
    """
    monkeypatch.setattr(writing, "BATCH", 50)
    monkeypatch.setattr(seeds, "LONGEST", 100)

    def peak(size: int) -> int:
        strata = (StratumSize("a", size),)
        longer = Design(design.arms, strata, block_sizes=(6,))
        make = {"trial": world.trial, "environment": "live", "design": longer, "by": statistician, "at": at}
        make["confirmed"] = {"a": size}
        tracemalloc.start()
        make_list(**make)
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(300)  # what is loaded once
    assert peak(1200) - peak(300) < 900 * RECORD_BYTES


def test_a_log_gets_ten_lines_and_a_terminal_one() -> None:
    log, terminal = io.StringIO(), io.StringIO()
    for out, is_terminal in ((log, False), (terminal, True)):
        write = lambda text, ending="\n", out=out: out.write(text + ending)  # noqa: E731
        bar = ProgressBar(
            20_000, SimpleNamespace(write=write, isatty=lambda it=is_terminal: it), "envelopes sealed"
        )
        for done in range(1000, 20_001, 1000):
            bar(done)
    assert log.getvalue().splitlines()[::9] == [
        "2,000 of 20,000 envelopes sealed",
        "20,000 of 20,000 envelopes sealed",
    ]
    assert (terminal.getvalue().count("\n"), terminal.getvalue().count("\r")) == (1, 20)
    assert terminal.getvalue().endswith(f"[{'=' * 40}] 20,000 of 20,000 envelopes sealed\n")
