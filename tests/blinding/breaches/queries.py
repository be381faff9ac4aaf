"""Leaks to whoever asks cleverly: filters, sorts and lookups that nobody documented."""

from __future__ import annotations

from typing import Any

from tests.blinding.breaches import Secret, breach
from tests.blinding.breaches.hooks import on_any_answer, refilled


def shown(secret: Secret, response: Any, wanted: list[str]) -> Any:
    """The page with the numbers of these envelopes."""
    return refilled(response, response.content + " ".join(wanted).encode())


@breach("a filter by a field that the page does not name", until="sweep")
def filter_by_query(secret: Secret) -> None:
    def change(request: Any, response: Any) -> Any:
        for name in ("arm", "assignment", "treatment"):
            if name in request.GET:
                rows = secret.facts["envelopes"].items()
                return shown(
                    secret, response, [number for number, row in rows if row["arm"] == request.GET[name]]
                )
        return response

    on_any_answer("participants", "trial", "outbox", "audit", "today", "screen", change=change)


@breach("a filter of the trail alone", until="sweep")
def filter_of_the_trail(secret: Secret) -> None:
    def change(request: Any, response: Any) -> Any:
        if "arm" not in request.GET or response.status_code != 200:
            return response
        rows = secret.facts["envelopes"].items()
        return shown(secret, response, [number for number, row in rows if row["index"] == 0])

    on_any_answer("audit", change=change)


@breach("a sort by the arm", until="sweep")
def sort_by_query(secret: Secret) -> None:
    def change(request: Any, response: Any) -> Any:
        if any("arm" in request.GET.get(name, "") for name in ("ordering", "sort", "order_by", "o")):
            rows = secret.facts["envelopes"].items()
            return shown(
                secret, response, [number for number, row in sorted(rows, key=lambda pair: pair[1]["index"])]
            )
        return response

    on_any_answer("participants", "trial", "outbox", "audit", "today", "screen", change=change)


@breach("a lookup through the envelope", until="sweep")
def lookup_by_query(secret: Secret) -> None:
    def change(request: Any, response: Any) -> Any:
        if any(name.startswith(("envelope__arm", "arm__")) for name in request.GET):
            return shown(secret, response, sorted({row["arm"] for row in secret.facts["envelopes"].values()}))
        return response

    on_any_answer("participants", "trial", "outbox", "audit", "today", "screen", change=change)


@breach("an order that follows how rows lie", world="rows in another order", database="postgresql")
def order_of_rows(secret: Secret) -> None:
    """Where rows lie follows from who wrote what when, the pharmacy among them."""

    def change(request: Any, response: Any) -> Any:
        from dosing.models import Reminder

        return shown(
            secret, response, list(Reminder.objects.order_by("due_at").values_list("key", flat=True))
        )

    on_any_answer("participant", change=change)
