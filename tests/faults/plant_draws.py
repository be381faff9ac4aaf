"""Run as a program in an installation: makes a trial with eligible people and a token, printed as JSON."""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "trial.settings"
django.setup()

from django.utils import timezone  # noqa: E402

from tests.site_fixture import SiteFixture  # noqa: E402
from tests.trial_fixture import new_trial  # noqa: E402
from trial.people.delegating import create_token  # noqa: E402


def plant(participants: int) -> dict[str, object]:
    """As many eligible people, an envelope for each and one to spare, and the nurse's token."""
    world = new_trial()
    world.blinded_list(participants + 1)
    numbers = [eligible(SiteFixture(world), place) for place in range(participants)]
    now = timezone.now()
    until = now + timedelta(days=1)
    token = create_token(delegation=world.nurse, name="drill", expires_at=until, door="clinic", at=now)
    return {"token": token, "numbers": numbers}


def eligible(ward: SiteFixture, place: int) -> str:
    """The number of somebody who was screened, consented and is eligible; no two are born in one month."""
    now = timezone.now()  # a draw of today for an old consent would be asked about
    participant = ward.consented(at=now)
    ward.check(participant, at=now, birth=f"{1960 + place % 20}-{1 + place // 20:02d}-17")
    return participant.number


print(json.dumps(plant(int(sys.argv[1]))))
