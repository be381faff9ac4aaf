"""Versions of a trial that count months, and calendars as they were written when months went one by one."""

from __future__ import annotations

from datetime import date

import pytest

from tests.faulty_files import GOOD
from tests.site_fixture import SiteFixture, paris
from tests.trial_fixture import START
from trial.audit import record
from trial.core.dates import Spot, add
from trial.core.protocol import Interval
from trial.models import Participant, ProtocolVersion, Trial
from trial.protocol.files import parse_protocol

MONTHS = (
    (
        "days = [1, 2, 3, 4, 5]\nconsecutive_days = 5\nrepeats = 3\n",
        "days = [1]\nrepeats = 2\n",
    ),
    (
        "max_shift_days = 7\n",
        'max_shift_days = 7\n\n[[courses]]\ncode = "MNT"\nlabel = { en = "M", fr = "M" }\ndrug = "STUDY"\n'
        "offset = { months = 3 }\ndays = [1]\nrepeats = 4\nevery = { months = 3 }\n"
        "window = { before = 2, after = 2 }\nmax_shift_days = 3\n",
    ),
    ("injections = 15", "injections = 6"),
)
"""Two injections four weeks apart, then one every three months: 30 November, 29 February, 30 May …"""

MEETING = (
    (
        "days = [1, 2, 3, 4, 5]\nconsecutive_days = 5\nrepeats = 3\nevery = { days = 28 }\n",
        "days = [1]\nrepeats = 3\nevery = { days = 31 }\n",
    ),
    (
        "max_shift_days = 7\n",
        'max_shift_days = 7\n\n[[courses]]\ncode = "ALSO"\nlabel = { en = "M", fr = "M" }\ndrug = "STUDY"\n'
        "offset = { months = 1 }\ndays = [1]\n",
    ),
    ("injections = 15", "injections = 4"),
)
"""One course every 31 days, and an injection a month after day 1: 12 November, after 12 October, has both."""


def version_with(trial: Trial, version: str, *changes: tuple[str, str]) -> ProtocolVersion:
    """A version as an earlier Velum installed it, whatever a judge of today says of it."""
    text = GOOD.replace('version = "1"', f'version = "{version}"', 1)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    file = parse_protocol(text)
    written = ProtocolVersion.objects.create(
        trial=trial, version=version, digest=file.digest, text=text, installed_at=START
    )
    body: dict[str, object] = {"digest": file.digest, "sites": [], "version": version}
    record(action="protocol.amended", subject=trial.key, by=None, at=START, trial=trial, body=body)
    return written


def step_by_step(self: Spot, interval: Interval) -> Spot:
    """How months were counted before: each step from the day that the one before it reached."""
    return Spot(add(self.day, interval))


def booked_before(ward: SiteFixture) -> Participant:
    """Somebody whose day 1 is 30 November 2015 and whose calendar was written with months one by one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Spot, "later", step_by_step)
        return ward.booked(date(2015, 11, 30), at=paris("2015-11-25 09:00"))
