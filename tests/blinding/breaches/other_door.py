"""Leaks at the pharmacy door to those who stay blinded, and by what that door sends and writes."""

from __future__ import annotations

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

    real = preparing.announce_later

    def announce_later(slot: Any, step: Any) -> None:
        real(slot, step)
        held = secret.of(slot.participant.number) or {}
        send_mail("Ready", held["product"], "pharmacy@hospital.example", ["ward@hospital.example"])

    preparing.announce_later = announce_later


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
    from dosing.pharmacy import publishing

    real = publishing._in_order

    def as_released(due: Any, trials: Any) -> Any:
        return sorted(real(due, trials), key=lambda row: row.step.at)

    publishing._in_order = as_released


@breach(
    "a row that is written at release and hidden from pages until its moment",
    door="pharmacy",
    world="pharmacist just before seven",
)
def ready_too_early(secret: Secret) -> None:
    from dosing.pharmacy import preparing, publishing

    real = preparing.announce_later

    def written_at_once(slot: Any, step: Any) -> None:
        publishing.publish_due(at=real(slot, step).due_at)

    preparing.announce_later = written_at_once
