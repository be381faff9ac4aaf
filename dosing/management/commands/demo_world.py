"""`manage.py demo_world`: the participants of a demonstration. Used by `demo`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet
from django.utils import timezone

from dosing.demo_world import World
from dosing.models import Reminder, ReminderState
from dosing.reading.queries import CalendarView, calendar_of
from dosing.tick import tick
from randomization.queries import receipt_of
from trial.models import Delegation, Environment, Participant, Site, Trial
from trial.permissions import Role
from trial.queries import latest_check
from trial.wording.clock import local


class Command(BaseCommand):
    """Build the demonstration's world and tell the walk of one participant on the console."""

    help = "Builds the participants of a demonstration. Refuses anything but an empty training trial."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the key of the trial."""
        parser.add_argument("--trial", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Build, unless it has been built, then tell the walk."""
        trial = Trial.objects.get(pk=options["trial"])
        if trial.environment != Environment.TRAINING or Participant.objects.filter(trial=trial).exists():
            raise CommandError("The demonstration is built in an empty training trial only.")
        site = Site.objects.select_related("trial").get(trial=trial)
        duties = Delegation.objects.filter(trial=trial, ended_at=None).select_related("user", "site", "trial")
        people = {Role(row.role): row for row in duties}
        walk = World(site, people, timezone.now()).build()
        settings.MAIL_FOLDER.mkdir(parents=True, exist_ok=True)
        tick(at=timezone.now())
        self._tell(walk, timezone.now())

    def _tell(self, walk: Participant, at: datetime) -> None:
        check, receipt, view = latest_check(walk), receipt_of(walk), calendar_of(walk, at=at)
        if check is None or receipt is None or view is None:
            raise CommandError("The walk came to no end; this is a fault of the demonstration.")
        when = local(walk.screened_at, walk.site)
        self._say("Screened", f"{walk.number}, {when:%A %d %B, %H:%M}; consent signed the same day")
        answered, failed = len(check.answers), len(check.failures)
        self._say("Eligible", f"{answered} questions answered, {failed} criteria failed")
        who = receipt.drawn_by.user.shown_name
        self._say("Randomised", f"number {receipt.number}, drawn by {who}; no arm was read")
        self._say("", f"list root {receipt.list_root[:16]}…  audit head {receipt.audit_head[:16]}…")
        self._say("Calendar", f"day 1 is {view.first_injection:%A %d %B %Y}")
        self._courses(view)
        self._reminders(Reminder.objects.filter(participant=walk, state=ReminderState.SENT))

    def _courses(self, view: CalendarView) -> None:
        for number, days in view.courses:
            dates = "  ".join(f"{day.date:%a %d %b}" for day in days)
            self._say("", f"course {number}: {dates}")
        visits = "  ".join(f"{visit.code} {visit.date:%d %b}" for visit in view.visits)
        self._say("", f"visits:   {visits}")

    def _reminders(self, sent: QuerySet[Reminder]) -> None:
        first = sent.order_by("sent_at").first()
        if first is None or first.sent_at is None:
            raise CommandError("No reminder of the walk was sent; this is a fault of the demonstration.")
        count = f"{sent.count()} so far,"
        self._say("Reminder", f"the first one ({first.event}) left for the {first.recipient}; {count}")
        self._say("", f"each a mail in {settings.MAIL_FOLDER.name}/ and on the nurse's page “Outbox”")

    def _say(self, step: str, text: str) -> None:
        self.stdout.write(f"  {step:<12}{text}")
