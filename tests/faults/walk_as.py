"""Run as a program in the environment of a service: one stretch of the main job with its database role.

`owner` installs and makes the list, `clinic` goes from log-in to a recorded injection, `pharmacy`
from log-in to a released syringe and a code break. Whatever a role is not granted fails here.
"""

from __future__ import annotations

import os
import sys
from datetime import date, timedelta

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "trial.settings"
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from trial.models import Delegation, Environment, Participant, Site, Trial, User  # noqa: E402
from trial.permissions import Role  # noqa: E402
from trial.protocol.files import PROTOCOLS, load_protocol  # noqa: E402

TRIAL = "nct03039673"
PASSWORD = "seven-quiet-herons-42"


def owner() -> None:
    """Install a second trial beside whatever is there, with people and an active list."""
    from randomization.core.design_file import Plan
    from randomization.sealed.lists.acceptance import check_list
    from randomization.sealed.lists.making import design_of, make_list
    from randomization.sealed.lists.steps import activate_list, seal_list
    from trial.people.delegating import delegate
    from trial.people.installing import install_trial
    from trial.people.site_days import open_site

    at = timezone.now() - timedelta(hours=1)
    trial = install_trial(
        file=load_protocol(PROTOCOLS / f"{TRIAL}.toml"), environment=Environment.TEST, at=at
    )
    site = open_site(site=trial.sites.order_by("number")[0], on=date(2020, 1, 1), by=None, at=at)
    people = {}
    for name, role in (
        ("w-nurse", Role.STUDY_NURSE),
        ("w-doctor", Role.INVESTIGATOR),
        ("w-maker", Role.UNBLINDED_STATISTICIAN),
        ("w-starter", Role.UNBLINDED_STATISTICIAN),
        ("w-first", Role.PHARMACIST),
        ("w-second", Role.PHARMACIST),
    ):
        user = User.objects.create_user(name, password=PASSWORD)
        people[name] = delegate(user=user, trial=trial, role=role, site=None, by=None, at=at)
    strata = trial.protocol_version.protocol.stratum_keys()
    design = design_of(trial, Plan(targets=dict.fromkeys(strata, 12)))
    made = make_list(trial=trial, environment=Environment.TEST, design=design, by=people["w-maker"], at=at)
    check_list(list_=made, by=people["w-maker"], at=at)
    seal_list(list_=made, by=people["w-maker"], at=at)
    activate_list(list_=made, by=people["w-starter"], at=at)
    print(site.number)


def duty(name: str) -> Delegation:
    """The delegation of one of the people."""
    return Delegation.objects.select_related("user", "trial", "site").get(user__username=name)


def log_in(name: str) -> None:
    """Log in through the door's own page, as a browser would behind the proxy, and read a page."""
    client = Client(headers={"x-forwarded-proto": "https", "x-forwarded-for": "127.0.0.1"})
    answer = client.post("/accounts/login/", {"login": name, "password": PASSWORD})
    assert answer.status_code == 302, answer.status_code
    assert client.get("/").status_code in {200, 302}


def clinic() -> None:
    """Log in, screen, judge, draw, book, record."""
    from dosing.demo_world import passing_answers
    from dosing.services.booking import book_first_injection
    from dosing.services.judging import SaidOfInjection
    from dosing.services.recording import record_injection
    from dosing.tick import tick
    from randomization.services import draw_envelope
    from trial.screening.services import check_eligibility, screen

    log_in("w-nurse")
    nurse, at = duty("w-nurse"), timezone.now()
    site = Site.objects.select_related("trial").filter(trial=TRIAL).order_by("number")[0]
    today = at.astimezone(site.tzinfo).date()
    protocol = site.trial.protocol_version.protocol
    one = screen(site=site, by=nurse, at=at, consent_signed_on=today - timedelta(days=3))
    answers = passing_answers(protocol, today - timedelta(days=3))
    strata = {factor.code: factor.levels[0].code for factor in protocol.strata}
    check_eligibility(
        participant=one, birth_date=date(1970, 1, 2), answers=answers, strata=strata, by=nurse, at=at
    )
    draw_envelope(participant=one, by=nurse, at=at)
    book_first_injection(participant=one, day=today, by=nurse, at=at)
    said = SaidOfInjection(outcome="given", happened_at=at, without_release=True)
    record_injection(participant=one, number=1, said=said, by=nurse, at=at)
    tick(at=at)
    print(one.number)


def pharmacy() -> None:
    """Log in, take stock, prepare tomorrow's syringe, check, release, break the code, verify."""
    from dosing.pharmacy.demo_morning import stock_up
    from dosing.pharmacy.preparing import mark_checked, mark_prepared, release
    from dosing.pharmacy.worklist import preparations
    from randomization.sealed.opening.revealing import code_break

    log_in("w-first")
    first, second, doctor, at = duty("w-first"), duty("w-second"), duty("w-doctor"), timezone.now()
    one = Participant.objects.select_related("site", "trial").get(trial=TRIAL)
    stock_up(site=one.site, by=first, at=at)
    tomorrow = at.astimezone(one.site.tzinfo).date() + timedelta(days=1)
    view = preparations(day=tomorrow, by=first, at=at)[0]
    mark_prepared(preparation=view.id, lot=view.lots[0].id, by=first, at=at)
    mark_checked(preparation=view.id, by=second, at=at)
    release(preparation=view.id, by=first, at=at)
    arm = code_break(participant=one, by=doctor, at=at, reason="Anaphylaxis in the emergency room.")
    assert arm.code in {row.code for row in Trial.objects.get(pk=TRIAL).protocol_version.protocol.arms}
    call_command("verify")


if __name__ == "__main__":
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    {"owner": owner, "clinic": clinic, "pharmacy": pharmacy}[sys.argv[1]]()
