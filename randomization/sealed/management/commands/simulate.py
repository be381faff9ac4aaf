"""What-if for list designs, before sealing: imbalance, correct guesses, deterministic assignments."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from randomization.core.design import DesignFault
from randomization.core.design_file import read_plan
from randomization.sealed.comparing.what_if import FORMATS, Candidate, what_if
from randomization.sealed.lists.progress_bar import ProgressBar
from trial.core.protocol import Protocol
from trial.protocol.files import load_protocol
from trial.refusals import Refusal


def positive(text: str) -> int:
    """A whole number of 1 or more."""
    if not text.isdecimal() or not int(text):
        raise ArgumentTypeError(f"{text} is no whole number of 1 or more")
    return int(text)


class Command(BaseCommand):
    """Needs no database and no key. The same protocol, design, runs and seed give the same figures."""

    help = "Simulate trials with a list design: imbalance, guess probability and certain allocations."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--protocol", required=True, metavar="FILE", help="protocol file (TOML)")
        parser.add_argument(
            "--design",
            required=True,
            action="append",
            metavar="FILE",
            help="design file (TOML); may be given several times",
        )
        parser.add_argument("--runs", type=positive, default=10_000, metavar="N", help="simulated trials")
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="a whole number")
        parser.add_argument("--format", choices=sorted(FORMATS), default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            protocol = load_protocol(options["protocol"]).protocol
            found = [self._simulated(protocol, Path(file), options) for file in options["design"]]
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        except OSError as fault:
            raise CommandError(f"{fault.filename} cannot be read: {fault.strerror}.") from None
        self.stdout.write(FORMATS[options["format"]](found))

    def _simulated(self, protocol: Protocol, file: Path, options: dict[str, Any]) -> Candidate:
        """The simulation of one file, under the file's name. A fault names the file."""
        runs, bar = options["runs"], ProgressBar(options["runs"], self.stderr, f"trials with {file.stem}")
        try:
            plan = read_plan(file.read_text())
            return Candidate(
                file.stem, what_if(protocol, plan, runs=runs, seed=options["seed"], progress=bar)
            )
        except (DesignFault, UnicodeDecodeError) as fault:
            raise CommandError(f"{file}: {fault}") from None
