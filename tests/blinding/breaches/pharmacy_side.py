"""Leaks that the pharmacy door makes into what the clinic may read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.blinding.breaches import Secret, breach
from tests.blinding.breaches.hooks import on_movement


@breach("randomisation numbers in a range for each arm", door="pharmacy", until="monday")
def number_ranges(secret: Secret) -> None:
    from randomization.core import making

    real = making.make_records

    def records(design: Any, **given: Any) -> Any:
        codes = [arm.code for arm in design.arms]
        for row in real(design, **given):
            yield replace(row, number=f"R-{codes.index(row.arm) + 1}{row.number[3:]}")

    making.make_records = records
    from randomization.sealed.vault import envelope_contents

    envelope_contents.make_records = records


@breach("ready is shown at the very moment of release", door="pharmacy", world="pharmacist just before seven")
def pharmacists_timing(secret: Secret) -> None:
    from dosing.pharmacy import publishing

    publishing.visible_from = lambda day, zone, released_at: released_at


@breach("how often a syringe was made anew", door="pharmacy", world="everything at once")
def pharmacists_edits(secret: Secret) -> None:
    from dosing.pharmacy import preparing
    from trial.audit import record

    real = preparing.announce_later

    def announce_later(slot: Any, step: Any) -> None:
        real(slot, step)
        person = slot.participant
        record(
            action="syringe.ready",
            subject=person.number,
            by=None,
            at=preparing_day(slot),
            trial=person.trial,
            site=person.site,
            body={"steps": len(slot.steps)},
        )

    preparing.announce_later = announce_later


def preparing_day(slot: Any) -> Any:
    """A moment that is the same in every world."""
    from datetime import UTC, datetime, time

    return datetime.combine(slot.date, time(5), UTC)


@breach("the length of the pharmacist's note", door="pharmacy", world="everything at once")
def note_length(secret: Secret) -> None:
    from dosing.models import Heartbeat
    from dosing.pharmacy import preparing

    real = preparing._write

    def write(slot: Any, step: Any, content: Any, by: Any, at: Any) -> Any:
        Heartbeat.objects.update_or_create(
            name=f"note {len(content.note)}", defaults={"at": preparing_day(slot)}
        )
        return real(slot, step, content, by, at)

    preparing._write = write


@breach("when a pharmacist last logged in", door="pharmacy", world="pharmacist just before seven")
def pharmacists_log_in(secret: Secret) -> None:
    from django.contrib.auth.signals import user_logged_in

    def note(sender: Any, user: Any, **signal: Any) -> None:
        from django.utils import timezone

        user.last_login = timezone.now()
        user.save(update_fields=["last_login"])

    user_logged_in.connect(note, weak=False)


@breach(
    "the number of vials in stock, written where the clinic can read",
    door="pharmacy",
    world="everything at once",
    until="monday",
)
def stock_aggregate(secret: Secret) -> None:
    from dosing.models import Heartbeat

    def count(site: Any, movement: Any, at: Any) -> None:
        Heartbeat.objects.update_or_create(
            name=f"stock {site.number} {movement.quantity}", defaults={"at": site.trial.installed_at}
        )

    on_movement(count)


@breach("seals that seal nothing", door="pharmacy", world="all placebo", wall="cipher")
def unsealed(secret: Secret) -> None:
    import sys

    from randomization.sealed.models import BOX_OVERHEAD_BYTES
    from randomization.sealed.vault import boxes

    def seal(plaintext: bytes, *more: Any) -> bytes:
        return plaintext + bytes(BOX_OVERHEAD_BYTES)

    def unseal(box: Any, *more: Any) -> bytes:
        return bytes(box)[:-BOX_OVERHEAD_BYTES]

    plants = {boxes.seal: seal, boxes.seal_bound: seal, boxes.unseal: unseal}
    for module in list(sys.modules.values()):
        for name in ("seal", "seal_bound", "unseal"):
            if (real := getattr(module, name, None)) in plants:
                setattr(module, name, plants[real])
