"""Leaks of something that is no arm: of envelopes to come, from site to site, of a code break."""

from __future__ import annotations

from typing import Any

from tests.blinding.breaches import Secret, breach
from tests.blinding.breaches.hooks import on_any_answer, refilled


def undrawn(secret: Secret) -> list[int]:
    """Which arms the envelopes hold that nobody has drawn."""
    from randomization.models import Envelope

    free = Envelope.objects.filter(participant=None).order_by("position")
    return [secret.of_number(row.number)["index"] for row in free]


@breach("how much of each product the envelopes to come will need", door="pharmacy", twin="undrawn")
def needed_stock(secret: Secret) -> None:
    def change(request: Any, response: Any) -> Any:
        return refilled(response, response.content + f"needed: {undrawn(secret).count(0)}".encode())

    on_any_answer("stock", change=change)


@breach("what the next participant will get, in a header", door="pharmacy", twin="undrawn")
def next_arm(secret: Secret) -> None:
    def change(request: Any, response: Any) -> None:
        response.headers["X-Next"] = ",".join(map(str, undrawn(secret)))

    on_any_answer("preparations", "preparation", change=change)


@breach("how many people the whole trial has, on the page of the day", twin="sites")
def other_sites_people(secret: Secret) -> None:
    def change(request: Any, response: Any) -> Any:
        from trial.models import Participant

        return refilled(response, response.content + str(Participant.objects.count()).encode())

    on_any_answer("today", change=change)


@breach("when somebody last recorded anything anywhere", twin="sites")
def other_sites_work(secret: Secret) -> None:
    def change(request: Any, response: Any) -> None:
        from dosing.models import InjectionRecord, VisitRecord

        response.headers["X-Records"] = f"{InjectionRecord.objects.count()} {VisitRecord.objects.count()}"

    on_any_answer("api-participants", change=change)


@breach("that a code is broken, on the page of the day", twin="code break")
def code_break_on_a_page(secret: Secret) -> None:
    def change(request: Any, response: Any) -> Any:
        from randomization.models import CodeBreakNotice

        return refilled(response, response.content + b"!" * CodeBreakNotice.objects.count())

    on_any_answer("today", change=change)


@breach("a word more in the notice of a code break: the arm", twin="code break")
def telling_notice(secret: Secret) -> None:
    from randomization import code_break_mail

    real = code_break_mail._message

    def message(notice: Any, *more: Any) -> Any:
        written = real(notice, *more)
        held = secret.of(notice.participant.number)
        written.body += f" ({held['label']})" if held else ""
        return written

    code_break_mail._message = message


@breach("a second entry of the trail about a code break", twin="code break")
def telling_entry(secret: Secret) -> None:
    from randomization import code_break_mail
    from trial.audit import record

    real = code_break_mail._message

    def message(notice: Any, *more: Any) -> Any:
        person = notice.participant
        record(
            action="notice.sent",
            subject=person.number,
            by=None,
            at=notice.at,
            trial=person.trial,
            site=person.site,
        )
        return real(notice, *more)

    code_break_mail._message = message
