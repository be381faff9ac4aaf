"""Every act of the clinic's people and systems, each such that it succeeds, for the run in which all fails.

Run after Thursday, at the first site. Whoever makes an act is put back to where they were before it, so
that each begins from the same state.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from allauth.mfa import app_settings
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.db import connection
from django.urls import resolve

from dosing.demo_world import passing_answers
from randomization.models import Envelope
from tests.amended import a_week_later
from tests.blinding.clinic_later import WholeClinic, done
from tests.blinding.clinic_time import moment
from tests.blinding.people import NOBODY, Person
from tests.blinding.set_up import protocol_text
from tests.checklist import in_boxes, in_words
from trial.models import ApiToken, Invitation, Site
from trial.people.amendments import install_amendment
from trial.people.duties.log import digest_of_log, duties_for, log_lines
from trial.protocol.files import parse_protocol
from trial.walls.database import _guard

TODAY, NOON = "2015-10-08", "2015-10-08 12:00"
WHY = {"reason": "Told by telephone."}


@dataclass(frozen=True)
class Act:
    """One act: who sends what where. `refused` with a status where this trial has no such thing to do."""

    person: str
    path: str
    body: Mapping[str, Any] = field(default_factory=dict)
    refused: int = 0

    @property
    def by_token(self) -> bool:
        """Whether a system makes it, and no browser."""
        return self.path.startswith("/api/")


def route_of(path: str) -> str:
    """The route of the URLconf that a path, with or without a query, leads to."""
    return resolve(path.partition("?")[0]).route


@contextmanager
def as_owner() -> Iterator[None]:
    """What the owner of the tables does at a command line meets no guard of the clinic's (SQLite)."""
    connection.connection.set_authorizer(None)
    try:
        yield
    finally:
        _guard(connection)


class Acts:
    """The acts of one world; `clinic` has come as far as Thursday."""

    def __init__(self, clinic: WholeClinic) -> None:
        self.clinic, self.numbers = clinic, clinic.numbers
        self.link = ""

    def prepare(self) -> None:
        """Bring somebody into each state that an act begins from, and amend the protocol."""
        clinic = self.clinic
        clinic.screen("to consent", consent=False)
        clinic.screen("to judge")
        for life in ("to draw", "to enter", "to book"):
            clinic.screen(life)
            clinic.check(life)
        clinic.draw("to book")
        missed = {"outcome": "missed", "reason": "Fever", "happened_at": None, "place": None}
        clinic.inject("no reminders", 3, NOON, **missed)
        lost = {"scope": "lost", "reason": "Moved away", "day": "2015-10-07"}
        done(clinic.people.call("system.one", f"{clinic.one('moved')}withdrawal/", lost))
        seen = {"day": TODAY, "reason": "Fever"}
        done(clinic.people.call("system.one", f"{clinic.one('no reminders')}unscheduled-visits/", seen))
        clinic.screen("a slip")
        done(clinic.people.call("system.one", f"{clinic.one('a slip')}mistake/", WHY))
        invited = done(clinic.people.page("administrator", "/people-invite/", "POST", **self.invitation()))
        self.set_up_second_factor("monitor")
        elsewhere = Person("nurse.one", "study_nurse")
        elsewhere.enter()
        clinic.watch.ask("nurse.one elsewhere:", elsewhere.client, "GET", "/today/")
        self.link = re.findall(r"/invitation/([\w-]+)/", invited.content.decode())[0]
        text = a_week_later(protocol_text().replace('version = "1"', 'version = "2"', 1))
        with as_owner():
            install_amendment(file=parse_protocol(text), at=moment(NOON))

    def set_up_second_factor(self, name: str) -> None:
        """Give somebody an app and recovery codes, so that there is something to look at."""
        page, here = self.clinic.people.page, "/accounts/2fa/totp/activate/"
        password = self.clinic.people.password()
        done(page(name, "/accounts/reauthenticate/", "POST", password=password))
        seed = re.findall(r"\b[A-Z2-7]{32}\b", done(page(name, here)).content.decode())[0]
        step = int(moment(NOON).timestamp()) // app_settings.TOTP_PERIOD
        done(page(name, here, "POST", code=format_hotp_value(hotp_value(seed, step))))

    def all(self) -> Iterator[Act]:
        """Every act, by systems and on pages."""
        yield from self.by_systems()
        yield from self.on_pages()
        yield from self.about_people()
        yield from self.about_oneself()

    def api(self, life: str, end: str) -> str:
        """The address of somebody's `end` in the API."""
        return f"/api/v1/trials/{self.clinic.people.trial}/{self.clinic.one(life)}{end}"

    def page(self, life: str, end: str) -> str:
        """The address of somebody's page of that name."""
        return f"/participants/{self.numbers[life]}/{end}"

    def by_systems(self) -> Iterator[Act]:
        """What the hospital's systems send."""
        trial = f"/api/v1/trials/{self.clinic.people.trial}"
        given = {"outcome": "given", "happened_at": moment(f"{TODAY} 08:50").isoformat(), "place": "hospital"}
        given["without_release"] = True
        option = {"option": "move", "course": 2, "start": "2015-11-04"}
        moved = {"outcome": "moved", "day": "2015-10-14"} | WHY
        digest, seen = self.digest(), {"day": TODAY, "hour": "14:30", "reason": "Fever"}
        for person, path, body in (
            ("system.one", f"{trial}/participants/", {"consent_signed_on": TODAY}),
            ("system.one", f"{trial}/closed-days/", {"site": "01", "day": "2015-12-01", "name": "Strike"}),
            ("system.one", self.api("to consent", "consent/"), {"signed_on": TODAY}),
            ("system.one", self.api("to judge", "eligibility/"), self.judged()),
            ("system.one", self.api("to draw", "randomization/"), {}),
            ("system.one", self.api("to book", "first-injection/"), {"day": "2015-10-12"}),
            ("system.one", self.api("whole course", "contact/"), self.address()),
            ("system.one", self.api("whole course", "injections/3/"), given),
            ("system.one", self.api("whole course", "injections/3/"), {"outcome": "missed"} | WHY),
            ("system.one", self.api("whole course", "visits/V2/"), moved),
            ("system.one", self.api("whole course", "injections/3/hour/"), {"hour": "09:30"}),
            ("system.one", self.api("whole course", "visits/V2/hour/"), {"hour": "14:00"}),
            ("system.one", self.api("whole course", "unscheduled-visits/"), seen),
            ("system.one", self.api("no reminders", "unscheduled-visits/1/"), seen | {"why": "Misread"}),
            ("system.one", self.api("no reminders", "unscheduled-visits/1/taken-back/"), {"why": "A slip"}),
            ("system.one", self.api("whole course", "hold/"), WHY),
            ("system.one", self.api("on hold", "release/"), WHY),
            ("system.one", self.api("no reminders", "options/"), option | WHY),
            ("system.one", self.api("whole course", "withdrawal/"), {"scope": "trial"} | WHY),
            ("system.one", self.api("moved", "found-again/"), WHY),
            ("system.one", self.api("moved", "withdrawal/correction/"), {"scope": "never"} | WHY),
            ("system.one", self.api("moved", "withdrawal/correction/"), {"scope": "trial"} | WHY),
            ("system.one", self.api("to judge", "mistake/"), WHY),
            ("system.one", self.api("a slip", "no-mistake/"), WHY),
            ("manager", self.api("whole course", "version/"), {"digest": digest} | WHY),
            (
                "manager",
                self.api("no reminders", "deviations/1/"),
                {"important": False, "assessment": "Seen.", "closed": True},
            ),
        ):
            yield Act(person, path, body)
        confirmed = self.api("to draw", "eligibility/confirmation/")
        yield Act("investigator.one", confirmed, {"check": 1}, refused=409)

    def on_pages(self) -> Iterator[Act]:
        """What nurses and investigators type."""
        signed = WHY | {"password": self.clinic.people.password()}
        site = Site.objects.get(number="01").pk
        free = Envelope.objects.filter(participant=None).order_by("stratum__list__sequence", "position")[0]
        paper = {"number": free.number, "time": "11:00"} | in_boxes(day=TODAY)
        where = {"body_site": "abdomen_left", "place": "hospital", "given_by": "A. B."}
        where["without_release"] = "on"
        given = {"time": "08:50"} | in_boxes(day=TODAY) | where
        later = {"day": "2015-10-14"} | WHY
        nurse, doctor = "nurse.one", "investigator.one"
        by_nurse, by_doctor = (signed | {"user_name": name} for name in (nurse, doctor))
        yield Act(nurse, "/participants/new/", {"site": site} | in_boxes(consent_signed_on=TODAY))
        yield Act(nurse, "/closed-days/", {"site": site, "day": "2015-12-01", "name": "Strike"})
        yield Act(nurse, "/feeds/")
        yield Act(nurse, self.page("to consent", "consent/"), in_boxes(signed_on=TODAY))
        yield Act(nurse, self.page("whole course", "consent/correction/"), in_boxes(signed_on=TODAY) | WHY)
        yield Act(nurse, self.page("to judge", "eligibility/"), self.typed())
        yield Act(nurse, self.page("to judge", "eligibility/"), {"keep": "yes", "I1": "yes"})
        yield Act(nurse, self.page("to draw", "randomize/"), {"confirmed": "on"} | by_nurse)
        yield Act(nurse, self.page("to book", "first-injection/"), {"day": "2015-10-12"})
        yield Act(nurse, self.page("whole course", "contact/"), in_words(self.address()))
        yield Act(nurse, self.page("whole course", "injections/3/"), given)
        yield Act(nurse, self.page("whole course", "injections/3/?outcome=missed"), WHY)
        yield Act(nurse, self.page("whole course", "visits/V2/?outcome=moved"), later)
        yield Act(nurse, self.page("whole course", "hours/"), {"day": "visit:V2", "hour": "9 h 30"})
        seen = in_boxes(day=TODAY) | {"hour": "14 h 30", "reason": "Fever"}
        yield Act(nurse, self.page("whole course", "unscheduled/"), seen)
        yield Act(nurse, self.page("no reminders", "unscheduled/1/"), seen | {"why": "Misread"})
        yield Act(nurse, self.page("whole course", "feeds/"))
        yield Act(
            nurse,
            self.page("whole course", "withdraw/"),
            {"scope": "reminders"} | in_boxes(day=TODAY) | by_nurse,
        )
        yield Act(nurse, self.page("moved", "correct-end/"), {"scope": "never"} | by_nurse)
        yield Act(nurse, self.page("to judge", "mistake/"), WHY)
        yield Act(nurse, self.page("a slip", "no-mistake/"), WHY)
        yield Act(nurse, self.page("no reminders", "options/"), {"option": "move:2:2015-11-04"} | WHY)
        yield Act(nurse, self.page("moved", "found-again/"), WHY)
        yield Act(doctor, self.page("whole course", "hold/"), WHY)
        yield Act(doctor, self.page("whole course", "erase/"), WHY)
        yield Act(doctor, self.page("on hold", "release/"), WHY)
        yield Act(doctor, self.page("whole course", "version/"), WHY)
        yield Act(doctor, "/protocol-versions/", WHY)
        review = {"number": 1, "important": "no", "assessment": "Seen.", "closed": "on"}
        yield Act(doctor, self.page("no reminders", "deviations/"), review | by_doctor)
        yield Act(doctor, self.page("to enter", "paper/"), paper | by_doctor)
        yield Act(doctor, self.page("whole course", "randomized-in-error/"), by_doctor)
        yield Act(doctor, self.page("whole course", "true-stratum/"), by_doctor, refused=409)
        confirmed = {"check": 1} | by_doctor
        yield Act(doctor, self.page("to draw", "eligibility/confirmation/"), confirmed, refused=409)
        yield Act(nurse, "/countersign/", by_nurse, refused=422)

    def about_people(self) -> Iterator[Act]:
        """What an administrator does about people; and whom she invites sets a password."""
        who = "administrator"
        colleague, token = "people/nurse.two", self.token_key()
        again = {"username": "nurse.two"}
        yield Act(who, "/people-invite/", self.invitation() | {"username": "paper"})
        yield Act(who, "/people-invite/", self.invitation() | {"username": "mail", "email": "m@home.example"})
        yield Act(who, "/people-invite/", self.invitation() | again)
        yield Act(who, f"/people-invited/{self.invited()}/cancel/")
        chosen = "seven quiet harbours"
        yield Act(NOBODY, f"/invitation/{self.link or 'x'}/", {"password": chosen, "again": chosen})
        yield Act(who, f"/{colleague}/duties/{self.clinic.people['nurse.two'].delegation.pk}/end/", WHY)
        yield Act(who, f"/{colleague}/shut/", WHY)
        yield Act(who, f"/{colleague}/sessions/", WHY)
        yield Act(who, "/people/nurse.one/addresses/", WHY)
        yield Act(who, f"/people/system.two/tokens/{token}/", WHY)
        yield Act(who, "/people/investigator.two/code/", WHY)
        signed = {"statement": "Every duty is needed.", "seen": self.seen()}
        signature = {"user_name": who, "password": self.clinic.people.password()}
        yield Act(who, "/people-review/", signed | signature)

    def about_oneself(self) -> Iterator[Act]:
        """Language, duty, the tour and logging in, which are about nobody's treatment."""
        password = self.clinic.people.password()
        yield Act("nurse.one", "/language/", {"language": "fr"})
        yield Act("nurse.one", "/duty/", {"delegation": self.clinic.people["nurse.one"].delegation.pk})
        yield Act("nurse.one", "/help/tour/go/", {"go": "start"})
        yield Act(NOBODY, "/accounts/login/", {"login": "nurse.one", "password": password})
        yield Act("nurse.one", "/accounts/reauthenticate/", {"password": password})
        yield Act("nurse.one", "/accounts/sessions/")
        new = {"password1": password * 2, "password2": password * 2}
        yield Act("nurse.one", "/accounts/password/change/", {"oldpassword": password} | new)
        yield Act("nurse.one", "/accounts/logout/")

    def choices(self) -> dict[str, tuple[dict[str, str], ...]]:
        """Parameters that exist, for the addresses about people."""
        duty = str(self.clinic.people["nurse.two"].delegation.pk)
        return {
            "end_duty": ({"username": "nurse.two", "duty": duty},),
            "revoke_token": ({"username": "system.two", "key": self.token_key()},),
            "invitation": ({"link": self.link},),
        }

    def digest(self) -> str:
        """The newest protocol version's."""
        return str(self.clinic.people["manager"].delegation.trial.protocol_version.digest)

    def answers(self) -> dict[str, Any]:
        """Answers to the criteria that let in."""
        protocol = self.clinic.people["manager"].delegation.trial.protocol_version.protocol
        return passing_answers(protocol, date.fromisoformat(TODAY))

    def judged(self) -> dict[str, Any]:
        """The criteria as a system answers them."""
        return {"birth_date": "1960-05-17", "answers": self.answers()}

    def typed(self) -> dict[str, Any]:
        """The criteria as a nurse answers them."""
        return in_words({"birth_date": "1960-05-17"} | self.answers())

    @staticmethod
    def invitation() -> dict[str, Any]:
        """Who is invited to what, on paper."""
        name = {"username": "newcomer", "first_name": "Nora", "last_name": "Newcomer", "email": ""}
        duty = {"role": "study_nurse", "site": Site.objects.get(number="01").pk}
        return name | duty | WHY | {"language": "en-gb"}

    @staticmethod
    def invited() -> UUID:
        """The invitation that was made before."""
        return UUID(str(Invitation.objects.get(username="newcomer").pk))

    @staticmethod
    def token_key() -> str:
        """The beginning of the digest of a system's token, by which a page names it."""
        return ApiToken.objects.get(delegation__user__username="system.two").token_key

    def seen(self) -> str:
        """The digest of the delegation log, as the page of the review shows it."""
        return digest_of_log(
            log_lines(duties_for(self.clinic.people["administrator"].delegation), everywhere="")
        )

    @staticmethod
    def address() -> dict[str, str]:
        """Where reminders go."""
        return {"email": "new@home.example", "language": "en", "consented_on": "2015-10-05"}
