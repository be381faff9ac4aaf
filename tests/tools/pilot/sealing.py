"""Behind the pharmacy door: the trial, its people, and the published order of the arms as a list in use.

`python -m tests.tools.pilot.sealing --keys` makes the keys, `… FACTS` prepares the trial, `… FACTS --open`
says after it which arm each participant's envelope holds.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from tests.tools.pilot.lives import ARMS, randomized

AT = datetime(2012, 6, 1, 12, tzinfo=UTC)
FILE = Path(__file__).with_name("cdiscpilot01.toml")


def order(subjects: Sequence[Mapping[str, Any]]) -> bytes:
    """The list as a statistician would export it: the arm of each place, in the order of the draws."""
    text = io.StringIO(newline="")
    out = csv.writer(text)
    out.writerow(["id", "treatment"])
    out.writerows([number, ARMS[who["arm"]]] for number, who in enumerate(randomized(subjects), 1))
    return text.getvalue().encode()


def make_keys() -> None:
    """New keys for this installation."""
    from django.conf import settings

    from randomization.key_files import make_key_files

    make_key_files(Path(settings.VELUM_KEYS))


def prepare(subjects: Sequence[Mapping[str, Any]]) -> None:
    """Install the trial, open its sites, name its people, bring the list and put it to use."""
    from django.core.management import call_command

    from randomization.sealed.lists.acceptance import check_list
    from randomization.sealed.lists.importing import expected_of, import_list
    from randomization.sealed.lists.steps import activate_list, seal_list
    from tests.keys import recovery_key_is_proved
    from trial.models import User
    from trial.people.delegating import delegate
    from trial.people.installing import install_trial
    from trial.people.site_days import open_site
    from trial.permissions import Role
    from trial.protocol.files import load_protocol

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    trial = install_trial(file=load_protocol(FILE), environment="live", at=AT)
    for site in trial.sites.all():
        open_site(site=site, on=date(2012, 6, 1), by=None, at=AT)

    def person(name: str, role: Role) -> Any:
        user = User.objects.create(username=name)
        return delegate(user=user, trial=trial, role=role, site=None, by=None, at=AT)

    one, two = (person(f"stat.{name}", Role.UNBLINDED_STATISTICIAN) for name in ("one", "two"))
    for name, role in (
        ("nurse", Role.STUDY_NURSE),
        ("investigator", Role.INVESTIGATOR),
        ("manager", Role.TRIAL_MANAGER),
    ):
        person(name, role)
    recovery_key_is_proved(one, AT)
    list_ = import_list(
        trial=trial,
        data=order(subjects),
        expected=expected_of(trial, "live", uneven=True),
        by=one,
        at=AT,
        reason="The published arms, in the order of the first day of treatment.",
    )
    check_list(list_=list_, by=one, at=AT)
    seal_list(list_=list_, by=one, at=AT)
    activate_list(list_=list_, by=two, at=AT)


def opened() -> dict[str, str]:
    """The arm in each drawn envelope, by participant number."""
    from randomization.models import RandomizationList
    from randomization.sealed.vault.envelope_contents import contents_of

    held = contents_of(RandomizationList.objects.get())
    return {row.participant.number: record.arm for row, record in held if row.participant}


if __name__ == "__main__":
    import django

    django.setup()
    if "--keys" in sys.argv:
        make_keys()
    elif "--open" in sys.argv:
        print(json.dumps(opened()))
    else:
        prepare(json.loads(Path(sys.argv[1]).read_text())["subjects"])
