"""One long list made, sealed and committed, beside the bare cryptographic calls that it needs.

    .venv/bin/python -m tests.bench_lists 1000000
    .venv/bin/python -m tests.bench_lists 1000000 --life

With `--life` what each later step of its life does to it follows, with seconds and memory.

Every 20,000 envelopes the bare calls for 1,000 envelopes are timed (two HPKE boxes, the salt's bytes,
commitment and Merkle hashes), so that both meet the same machine in the same minutes; their time is
taken out of the list's own. The ratio of processor time counts, since on a busy machine the other one says
who else was working. SQLite, in a folder that is removed afterwards.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import resource
import sys
import time
from datetime import UTC, datetime

from tests.plugins.lane import prepare

SAMPLE, EVERY = 1000, 20_000
LIMIT = 1.5
SAID = (
    "{envelopes:,} envelopes in {seconds:.0f} s; the bare calls need {bare:.0f} s: ratio {ratio:.2f}, of "
    "processor time {cpu_ratio:.2f}. Peak memory {memory_first} MiB after the first {every:,}, {memory_last} "
    "MiB at the end."
)


def bare(keys: list[object], stream: object, suite: object) -> int:
    """What no program can leave out for SAMPLE envelopes."""
    record = bytes(256)
    for _ in range(SAMPLE):
        for key in keys:
            suite.encrypt(record, key, info=bytes(80))  # type: ignore[attr-defined]
        stream.take(32)  # type: ignore[attr-defined]
        commitment = hashlib.sha256(record).digest()
        leaf = hashlib.sha256(b"\x00" + commitment).digest()
        hashlib.sha256(b"\x01" + leaf + leaf).digest()
    return SAMPLE


def clocks() -> tuple[float, float]:
    """The wall's clock and this process's own, which a busy machine does not stretch."""
    return time.perf_counter(), time.process_time()


def since(started: tuple[float, float]) -> tuple[float, float]:
    """What has passed on both."""
    now = clocks()
    return now[0] - started[0], now[1] - started[1]


def memory() -> int:
    """The most memory that this process has had so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def make(count: int) -> dict[str, float]:
    """Make a list of `count` envelopes and measure."""
    from randomization.core.design import ArmShare, Design, StratumSize
    from randomization.core.stream import Stream
    from randomization.sealed.lists.making import make_list
    from randomization.sealed.lists.progress_bar import ProgressBar
    from randomization.sealed.vault.boxes import _SUITE
    from randomization.sealed.vault.keys import recipient_keys
    from tests.trial_fixture import new_trial
    from trial.permissions import Role

    world = new_trial()
    statistician = world.person(Role.UNBLINDED_STATISTICIAN, "stat.one")
    keys, stream = list(recipient_keys().values()), Stream(bytes(32), "salts")
    bar = ProgressBar(count, _Stderr(), "envelopes sealed")
    samples: list[tuple[float, float]] = []
    peaks: dict[int, int] = {}

    def watch(done: int) -> None:
        bar(done)
        if not done % EVERY or done == count:
            started = clocks()
            bare(keys, stream, _SUITE)
            samples.append(since(started))
            peaks[done] = memory()

    design = Design(
        tuple(ArmShare(code, 1) for code in "ABC"),
        tuple(StratumSize(f"s{n}", count // 4) for n in range(4)),
        block_sizes=(3, 6, 9),
    )
    started = clocks()
    made = make_list(
        trial=world.trial,
        environment="live",
        design=design,
        by=statistician,
        at=datetime.now(UTC),
        progress=watch,
        confirmed={stratum.key: stratum.target for stratum in design.strata},
    )
    whole, made_count = since(started), made.envelope_count
    took, bare_took = [], []
    for clock in (0, 1):
        spent = sum(sample[clock] for sample in samples)
        took.append(whole[clock] - spent)
        bare_took.append(spent / len(samples) / SAMPLE * made_count)
    return {
        "envelopes": made_count,
        "seconds": took[0],
        "bare": bare_took[0],
        "ratio": took[0] / bare_took[0],
        "cpu_ratio": took[1] / bare_took[1],
        "memory_first": min(peaks.values()),
        "memory_last": max(peaks.values()),
    }


def live() -> None:
    """Do to the list what each later step does, the one that needs most memory last, and say what it took."""
    from randomization.list_checks import list_faults
    from randomization.models import RandomizationList
    from randomization.sealed.lists.acceptance import acceptance_report
    from randomization.sealed.lists.steps import refuse_damaged, refuse_false_contents

    list_ = RandomizationList.objects.get()
    by, at = list_.made_by, datetime.now(UTC)
    steps = {
        "activated (blinded half checked)": lambda: refuse_damaged(list_),
        "sealed (every box opened and compared)": lambda: refuse_false_contents(list_),
        "verified at the clinic door": lambda: list(list_faults(list_)),
        "checked (acceptance report with lint)": lambda: acceptance_report(list_=list_, by=by, at=at),
    }
    for name, step in steps.items():
        started = clocks()
        step()
        print(f"{name}: {since(started)[1]:.0f} s of processor time, peak memory {memory()} MiB")


class _Stderr:
    """The error stream as a command has it."""

    def isatty(self) -> bool:
        return sys.stderr.isatty()

    def write(self, text: str, ending: str = "\n") -> None:
        sys.stderr.write(text + ending)


def main() -> None:
    """Measure, print one line, and fail above the limit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", nargs="?", type=int, default=60_000)
    parser.add_argument("--life", action="store_true", help="take the list through its later steps as well")
    given = parser.parse_args()
    os.environ["VELUM_DOOR"] = "pharmacy"
    with prepare(None, "pharmacy"):
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        found = make(given.count // 12 * 12)
        print(SAID.format(every=EVERY, **found), flush=True)
        if given.life:
            live()
    if found["cpu_ratio"] > LIMIT:
        sys.exit(f"The ratio is above {LIMIT}.")


if __name__ == "__main__":
    main()
