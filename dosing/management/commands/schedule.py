"""`manage.py schedule`: the planned days of one participant, from a protocol file and a date."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dosing.core.planned import Calendar
from dosing.core.planning import plan
from dosing.core.refusals import CalendarRefusal
from dosing.core.reminders import site_clock
from dosing.core.starts import check_first_injection
from dosing.exporting.schedule_output import FORMATS
from dosing.reading.site_calendar import plan_at
from trial.core.dates import BadDate, parse_date
from trial.core.protocol import Protocol, ProtocolSite
from trial.protocol.files import load_protocol
from trial.refusals import Refusal


class Command(BaseCommand):
    """Prints a calendar. Needs no database, no key and no door; a fault is one sentence and exit 1."""

    help = "Print the planned injections and visits of one participant."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--protocol", required=True, metavar="FILE", help="protocol file (TOML)")
        parser.add_argument("--first-injection", required=True, metavar="YYYY-MM-DD", help="day 1")
        parser.add_argument("--randomized", metavar="YYYY-MM-DD", help="day of randomisation at the site")
        parser.add_argument("--zone", help="plan for the protocol's first site in this time zone")
        parser.add_argument("--format", choices=sorted(FORMATS), default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            calendar = self._calendar(**options)
        except (BadDate, CalendarRefusal, Refusal) as refusal:
            raise CommandError(str(refusal)) from None
        except OSError as fault:
            raise CommandError(f"{options['protocol']} cannot be read: {fault.strerror}.") from None
        self.stdout.write(FORMATS[options["format"]](calendar))

    def _calendar(
        self, *, protocol: str, first_injection: str, randomized: str | None, zone: str | None, **_: Any
    ) -> Calendar:
        day_1 = parse_date(first_injection)
        randomized_on = parse_date(randomized) if randomized else None
        rules = load_protocol(protocol).protocol
        if randomized_on:
            check_first_injection(rules, day=day_1, randomized_on=randomized_on)
        site = self._site(rules, zone)
        if site is None:
            return plan(rules, first_injection=day_1, randomized=randomized_on)
        return plan_at(site, rules, first_injection=day_1, randomized=randomized_on)

    def _site(self, rules: Protocol, zone: str | None) -> ProtocolSite | None:
        """The first site, or the first in the zone; without one, no public holidays are known."""
        if zone:
            site_clock(zone)
        sites = [site for site in rules.sites if zone in (None, site.zone)]
        if not sites:
            where = f" in {zone}" if zone else ""
            self.stderr.write(f"The protocol names no site{where}, so public holidays are not marked.")
        return next(iter(sites), None)
