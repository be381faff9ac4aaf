"""Leaks at the pharmacy door to those who stay blinded, and by what that door sends and writes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.blinding.breaches import Secret, breach
from tests.blinding.breaches.hooks import on_any_answer, on_movement, refilled


def counted(secret: Secret) -> bytes:
    """How many envelopes of each arm are drawn."""
    from randomization.models import Envelope

    drawn = Envelope.objects.exclude(participant=None)
    held = [secret.of_number(number)["index"] for number in drawn.values_list("number", flat=True)]
    return repr(sorted(held)).encode()


@breach("arms counted where anybody asks for the pharmacy's health", door="pharmacy", until="onlookers")
def pharmacys_health(secret: Secret) -> None:
    on_any_answer("health", change=lambda _, answer: refilled(answer, answer.content + counted(secret)))


@breach("a list of arms beside the form for breaking one code", door="pharmacy", until="onlookers")
def beside_the_form(secret: Secret) -> None:
    on_any_answer("code_break", change=lambda _, answer: refilled(answer, answer.content + counted(secret)))


@breach("the product in a letter to the ward", door="pharmacy")
def letter_to_the_ward(secret: Secret) -> None:
    from django.core.mail import send_mail

    from dosing.pharmacy import preparing

    real = preparing._say_ready

    def say_ready(slot: Any, at: Any) -> None:
        real(slot, at)
        held = secret.of(slot.participant.number) or {}
        send_mail("Ready", held["product"], "pharmacy@hospital.example", ["ward@hospital.example"])

    preparing._say_ready = say_ready


@breach(
    "a product that is set aside, in the blinded trail",
    door="pharmacy",
    until="onlookers",
    world="other lots",
)
def recall_in_the_trail(secret: Secret) -> None:
    from dosing.pharmacy import stock
    from trial.audit import record

    def tell(site: Any, movement: Any, at: Any) -> None:
        if movement.reason:
            lots = [lot.number for lot in stock.lots_of(site).values() if lot.id == movement.lot]
            record(
                action="lot.moved", subject=site.number, by=None, at=at, trial=site.trial, body={"lots": lots}
            )

    on_movement(tell)


@breach("rows that lie as syringes were released", door="pharmacy", world="pharmacist just before seven")
def order_of_release(secret: Secret) -> None:
    from dosing.models import Readiness
    from dosing.pharmacy import preparing

    def say_ready(slot: Any, at: Any) -> None:
        moment = preparing.visible_from(slot.date, slot.participant.site.tzinfo, at)
        Readiness.objects.create(
            participant=slot.participant, number=slot.number, date=slot.date, visible_from=moment
        )

    preparing._say_ready = say_ready


@breach("a syringe that shows as soon as it is released", world="pharmacist just before seven")
def ready_too_early(secret: Secret) -> None:
    from dosing.reading import queries

    real = queries.Readiness.objects.filter
    far = datetime(2099, 1, 1, tzinfo=UTC)

    def every(*words: Any, **named: Any) -> Any:
        return real(*words, **named | ({"visible_from__lte": far} if "visible_from__lte" in named else {}))

    queries.Readiness.objects.filter = every
