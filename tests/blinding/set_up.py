"""Sets up the trial that all worlds copy: two sites, a list's worth of people, duties and tokens.

`python -m tests.blinding.set_up FACTS`, at the pharmacy door (which alone can name sealed fields).
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import django

START = datetime(2015, 10, 5, 7, 30, tzinfo=UTC)
"""Monday 5 October 2015, 09:30 in Montpellier."""
PLACES = 12
PASSWORD = "amber-birch-cedar-17"
QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SITES = {"01": "Hôpital Gui de Chauliac, CHU de Montpellier", "02": "Second hospital"}

OF_AN_INVITATION = "the secret of an invitation"
"""How it is said of the link that sets somebody's first password."""
PEOPLE: tuple[tuple[str, str, str | None], ...] = (
    ("nurse.one", "study_nurse", "01"),
    ("nurse.two", "study_nurse", "02"),
    ("investigator.one", "investigator", "01"),
    ("investigator.two", "investigator", "02"),
    ("monitor", "monitor", None),
    ("manager", "trial_manager", None),
    ("administrator", "administrator", None),
    ("system.one", "site_system", "01"),
    ("system.two", "site_system", "02"),
    ("stat.one", "unblinded_statistician", None),
    ("stat.two", "unblinded_statistician", None),
    ("pharma.one", "pharmacist", None),
    ("pharma.two", "pharmacist", None),
)
"""Username, role and site. Every role that exists stands here (`test_every_role_has_a_person`)."""


def protocol_text() -> str:
    """The protocol of NCT02059759 with a second site and a list that can be used up."""
    from trial.protocol.files import PROTOCOLS

    text = (PROTOCOLS / "nct02059759.toml").read_text()
    site = text[text.index("[[sites]]") : text.index("# What is given")]
    second = (
        site.replace('"01"', '"02"').replace(SITES["01"], SITES["02"]).replace('"Montpellier"', '"Nantes"')
    )
    return text.replace(site, site + second).replace("target = 36", f"target = {3 * PLACES}")


def set_up_trial(facts: Path) -> None:
    """Install the trial, open its sites, make people and tokens, and write down what a script needs."""
    from django.apps import apps

    from trial.models import User
    from trial.people.delegating import create_token, delegate
    from trial.people.installing import install_trial
    from trial.people.site_days import open_site
    from trial.permissions import DOORS, Role
    from trial.protocol.files import parse_protocol

    trial = install_trial(
        file=parse_protocol(protocol_text()), environment="live", at=START - timedelta(days=60)
    )
    sites = {site.number: site for site in trial.sites.all()}
    for site in sites.values():
        open_site(site=site, on=date(2015, 9, 1), by=None, at=START - timedelta(days=40))
    people: dict[str, dict[str, Any]] = {}
    duties = {}
    for username, role, where in PEOPLE:
        user = User(username=username, email=f"{username}@hospital.example")
        user.set_password(PASSWORD)
        user.save()
        given = {"role": Role(role), "site": sites.get(where or "")}
        duties[username] = delegate(user=user, trial=trial, by=None, at=START - timedelta(days=30), **given)
        people[username] = {"role": role, "site": where or "", "tokens": {}}
        people[username]["delegation"] = str(duties[username].pk)
    for username, role, _where in PEOPLE:
        for door in ("clinic", "pharmacy"):
            if role in DOORS[door]:
                people[username]["tokens"][door] = create_token(
                    delegation=duties[username],
                    name="twin",
                    expires_at=START + timedelta(days=900),
                    door=door,
                    at=START - timedelta(days=20),
                )
    names = {
        name
        for model in apps.get_models()
        for field in model._meta.get_fields()
        for name in {field.name, getattr(field, "attname", field.name)}
    }
    words = {"people": people, "fields": sorted(names), "trial": trial.key}
    facts.write_text(json.dumps(words, indent=1))


if __name__ == "__main__":
    from django.conf import settings

    settings.PASSWORD_HASHERS = QUICK
    django.setup()
    set_up_trial(Path(sys.argv[1]))
