"""Run as a program in the environment of a service: puts one reminder into the database, due now."""

from __future__ import annotations

import os
from datetime import timedelta

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "trial.settings"
django.setup()

from django.utils import timezone  # noqa: E402

from dosing.models import Reminder  # noqa: E402
from tests.site_fixture import SiteFixture  # noqa: E402
from tests.trial_fixture import new_trial  # noqa: E402


def plant() -> str:
    """A participant whose site is to be reminded of tomorrow's injection."""
    world, now = new_trial(), timezone.now()
    world.nurse.user.email = "nurse@site.example"
    world.nurse.user.save()
    participant = SiteFixture(world).eligible()
    Reminder.objects.create(
        key="planted",
        participant=participant,
        rule="injection",
        recipient="site",
        event="injection:1",
        event_date=now.date() + timedelta(days=1),
        due_at=now,
    )
    return participant.number


print(plant())
