"""Checks a protocol file without any database: what it says, or every fault by line and field."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from trial.core.judges.untranslated import untranslated
from trial.core.protocol import Protocol
from trial.protocol.files import LocatedFault, ProtocolFile, UnreadableProtocol, load_protocol
from trial.protocol.judging import faults_in


class Command(BaseCommand):
    """Exit status 0 and a summary for a good file; 1 and the faults, one a line, for any other."""

    help = "Check a protocol file; name line and field of each fault."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the path of the protocol file."""
        parser.add_argument("file", help="the protocol file, TOML")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print faults or summary."""
        try:
            read = load_protocol(options["file"])
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from None
        except UnreadableProtocol as unreadable:
            self._tell_faults(options["file"], unreadable.faults)
            sys.exit(1)
        if faults := faults_in(read.text):
            self._tell_faults(options["file"], faults)
            sys.exit(1)
        self.stdout.write("\n".join(summary(read)))
        if note := untranslated(read.protocol):
            self.stderr.write(str(note))

    def _tell_faults(self, file: str, faults: Sequence[LocatedFault]) -> None:
        for fault in faults:
            self.stdout.write(str(fault))
        number = len(faults)
        self.stderr.write(f"{file}: {number} fault{'s' if number > 1 else ''}; correct and check again.")


def summary(read: ProtocolFile) -> list[str]:
    """What a good file says, one fact a line."""
    protocol = read.protocol
    facts = {
        "trial": f"{protocol.key} ({protocol.acronym}), version {protocol.version}",
        "digest": f"sha256 {read.digest}",
        "target": f"{protocol.target} participants{_planned(protocol)}",
        "sites": "; ".join(f"{site.number} {site.city} ({site.zone})" for site in protocol.sites),
        "arms": ", ".join(f"{arm.code} {arm.ratio}" for arm in protocol.arms),
        "masked": ", ".join(protocol.masked).replace("_", " ") or "nobody (open trial)",
        "strata": f"{len(protocol.stratum_keys())} ({', '.join(protocol.stratum_keys())})",
        "criteria": f"{len(protocol.criteria)}, asked in {len(protocol.questions())} questions",
        "injections": _injections(protocol),
        "visits": ", ".join([protocol.screening.code, *(visit.code for visit in protocol.every_visit)]),
        "reminders": str(len(protocol.reminders)),
        "assumptions": str(len(protocol.assumptions)),
    }
    return [f"{name:12} {fact}" for name, fact in facts.items()]


def _planned(protocol: Protocol) -> str:
    months = protocol.recruitment_months
    return f", planned within {months} months" if months else ""


def _injections(protocol: Protocol) -> str:
    courses = "; ".join(
        f"{course.code}: {len(course.days)} day{'s' if len(course.days) > 1 else ''} x {course.repeats}"
        for course in protocol.courses
    )
    return f"{protocol.injections} ({courses})"
