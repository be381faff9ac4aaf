"""Later parts of the clinic's script: what comes after the list is used up, and what only some runs do."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from randomization.models import Envelope
from tests.blinding.clinic import Clinic
from tests.blinding.people import NOBODY
from tests.blinding.set_up import OF_AN_INVITATION
from tests.checklist import in_boxes


class Fell(Exception):
    """An act that the script counts on was refused."""


def done(answer: Any) -> Any:
    """The answer to an act that has to succeed. Raises Fell."""
    if answer.status_code not in {200, 201, 302}:
        raise Fell(f"{answer.status_code}: {answer.content.decode('utf-8', 'replace')[-3000:]}")
    return answer


class WholeClinic(Clinic):
    """The clinic with all its parts."""

    def thursday(self) -> None:
        """After the reserve list came: a draw on paper, corrections, closed days, feeds, deviations."""
        self.at("2015-10-08 09:00", "nurse.one", "investigator.one", "manager", "system.one", "system.two")
        self.paper()
        self.put_right()
        self.plan_anew()
        self.deviations()
        self.feeds()
        self.tables()

    def paper(self) -> None:
        """Drawn on paper from the reserve, entered with the true time; a wrong number first."""
        free = Envelope.objects.filter(participant=None).order_by("stratum__list__sequence", "position")
        path = f"/participants/{self.numbers['late']}/paper/"
        words = {"time": "08:10", "reason": "The network was down."} | in_boxes(day="2015-10-08")
        for number in (free[2].number, free[0].number):
            signed = words | {"number": number} | self.signed("investigator.one")
            answer = self.people.page("investigator.one", path, "POST", **signed)
        done(answer)
        self.screen("after all")
        self.check("after all")
        self.draw("after all")

    def signed(self, name: str) -> dict[str, str]:
        """Both parts of a signature."""
        return {"user_name": name, "password": self.people.password()}

    def put_right(self) -> None:
        """A record is corrected, somebody was randomised in error, somebody is lost and found again."""
        call, again = self.people.call, {"correction": True, "reason": "Misread the clock"}
        self.inject("whole course", 1, "2015-10-06 08:40", **again)
        path = f"/participants/{self.numbers['drawn only']}/randomized-in-error/"
        signed = {"reason": "Too old."} | self.signed("investigator.one")
        done(self.people.page("investigator.one", path, "POST", **signed))
        lost = {"scope": "lost", "reason": "Moved away", "day": "2015-10-07"}
        done(call("system.one", f"{self.one('moved')}withdrawal/", lost))
        done(call("system.one", f"{self.one('moved')}found-again/", {"reason": "Came back"}))

    def plan_anew(self) -> None:
        """The site closes on a day of the calendar; a late first injection leads to a choice."""
        call = self.people.call
        closed = {"site": "01", "day": "2015-11-09", "name": "Strike"}
        done(call("system.one", "closed-days/", closed))
        done(call("system.one", "closed-days/", closed | {"day": "2015-11-10"}))
        done(call("system.one", "closed-days/", {"site": "01", "day": "2015-11-10", "closed": False}))
        done(call("system.one", f"{self.one('whole course')}options/"))
        for option in ("keep", "follow"):
            choice = {"option": option, "course": 1, "reason": "Agreed with the participant"}
            call("system.one", f"{self.one('missed some')}options/", choice)
        call("system.two", f"{self.one('missed some')}options/", choice | {"option": "keep"})

    def deviations(self) -> None:
        """They are read, taken along as a table, classified and closed."""
        rows = done(self.people.call("manager", "deviations/")).json()["results"]
        for row, closed in zip(rows[:2], (False, True), strict=False):
            word = {"important": closed, "assessment": "Looked into.", "closed": closed}
            path = f"participants/{row['participant']}/deviations/{row['number']}/"
            done(self.people.call("manager", path, word))
        done(self.people.call("manager", "deviations.csv"))
        done(self.people.page("investigator.one", "/deviations.csv"))

    def feeds(self) -> None:
        """Secret addresses for calendar programs, fetched by nobody in particular; one is taken back."""
        for path in ("/feeds/", f"/participants/{self.numbers['whole course']}/feeds/"):
            page = done(self.people.page("nurse.one", path, "POST")).content.decode()
            found = re.search(r"/feeds/[\w-]+\.ics", page)
            if not found:
                raise Fell("no address was shown")
            done(self.people.page(NOBODY, found[0]))
        open_ones = re.findall(
            r'name="revoke" value="(\w+)"', done(self.people.page("nurse.one", path)).content.decode()
        )
        done(self.people.page("nurse.one", path, "POST", revoke=open_ones[0]))
        for kind in ("ics", "csv", "pdf"):
            done(
                self.people.page("nurse.one", f"/participants/{self.numbers['whole course']}/calendar.{kind}")
            )

    def examined_elsewhere(self) -> None:
        """Whom the second hospital examines, where it is busy, while the list still has envelopes.

        One has a number, one signed the consent, one is not eligible and one is; nobody of them is drawn.
        """
        from dosing.demo_world import passing_answers

        self.at("2015-10-05 10:00", "nurse.two", "system.two")
        call, signed = self.people.call, {"consent_signed_on": "2015-10-05"}
        done(call("system.two", "participants/", {}))
        numbers = [done(call("system.two", "participants/", signed)).json()["number"] for _ in range(3)]
        protocol = self.people["manager"].delegation.trial.protocol_version.protocol
        passing = passing_answers(protocol, date(2015, 10, 5))
        for number, other in zip(numbers[1:], ({"E1": True}, {}), strict=True):
            body = {"birth_date": "1991-03-08", "answers": passing | other}
            done(call("system.two", f"participants/{number}/eligibility/", body))
        for number in numbers:
            done(self.people.page("nurse.two", f"/participants/{number}/"))

    def elsewhere(self) -> None:
        """What the second hospital does in the one twin in which it is busy, with nurses and systems.

        It screens and tries to draw. The list of this trial is one for all hospitals and is used up by now,
        as it was not when somebody was examined on Monday (`examined_elsewhere`): a draw that succeeds takes
        the envelope that somebody elsewhere would have had, which is by design.
        """
        self.at("2015-10-06 13:00", "nurse.two", "investigator.two", "system.two")
        call = self.people.call
        for _ in range(3):  # refused before anybody is examined: the list is used up
            call("system.two", "participants/", {"consent_signed_on": "2015-10-05"})
        self.draw("last envelope", "02")
        again = {"correction": True, "reason": "Misread the clock"}
        self.inject("last envelope", 1, "2015-10-06 08:40", "02", **again)
        visit = {"outcome": "moved", "day": "2015-10-15", "reason": "Asked for"}
        done(call("system.two", f"{self.one('last envelope')}visits/V2/", visit))
        done(call("system.two", f"{self.one('second hospital')}hold/", {"reason": "Busy"}))
        gone = {"reason": "Moved", "scope": "trial"}
        done(call("system.two", f"{self.one('off trial')}withdrawal/", gone))
        address = {"email": "other@home.example", "language": "en", "consented_on": "2015-10-06"}
        done(call("system.two", f"{self.one('held once')}contact/", address))
        done(call("system.two", "closed-days/", {"site": "02", "day": "2015-11-12", "name": "Strike"}))
        done(self.people.page("nurse.two", "/feeds/", "POST"))

    def failing_tasks(self) -> None:
        """Wednesday, ten past seven: what the worker does fails at its lines, and all is put back.

        Reminders of Tuesday evening and the notice of the night are due, and a hold has passed its last day.
        """
        from tests.blinding.failing_tasks import FailingTasks
        from tests.blinding.reset_state import database_as_it_is

        reset = database_as_it_is()
        self.at("2015-10-06 12:00", "manager")
        hold = {"reason": "Fever", "until": "2015-10-06"}
        done(self.people.call("system.one", f"{self.one('off treatment')}hold/", hold))
        self.at("2015-10-07 07:10", "manager")
        FailingTasks(self.people, self.watch, self.depth.failures).run()
        reset()

    def failures(self) -> None:
        """Every address and every act fails at its lines; who acts belongs to the first site."""
        from tests.blinding.acts import Acts
        from tests.blinding.failing import Failing, forbidden

        acts = Acts(self)
        self.at("2015-10-08 12:00")
        acts.prepare()
        failing = Failing(
            self.people,
            self.watch,
            self.depth.failures,
            acts.choices(),
            each_once=self.depth.each_line_once,
        )
        failing.run(self.numbers["whole course"], acts.all())
        secrets = forbidden(self.people) | {OF_AN_INVITATION: acts.link.encode()}
        words = "\n".join(f"{what}\t{word.decode()}" for what, word in secrets.items())
        self.watch.look("forbidden", {"words": words.encode()})
        self.watch.look("half-written", {"torn": "\n".join(failing.torn).encode()})
