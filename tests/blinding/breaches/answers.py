"""Leaks in what is sent: text, size, order, headers, status, files."""

from __future__ import annotations

import json
import random
import re
from typing import Any

from tests.blinding.breaches import Secret, breach
from tests.blinding.breaches.hooks import on_answer, on_any_answer, refilled


@breach("the arm's name on the participant's page")
def arm_in_page(secret: Secret) -> None:
    on_answer(
        "participant",
        secret=secret,
        change=lambda _, r, held: refilled(r, r.content + held["label"].encode()),
    )


@breach("the arm's name on the page of somebody who left the trial", until="whole sweep")
def arm_of_who_left(secret: Secret) -> None:
    def change(request: Any, response: Any, held: dict[str, Any]) -> Any:
        from trial.models import ParticipantStatus

        number = request.resolver_match.kwargs["number"]
        last = ParticipantStatus.objects.filter(participant__number=number).order_by("sequence").last()
        left = response.status_code == 200 and last and last.status in {"withdrawn", "follow_up"}
        return refilled(response, response.content + held["label"].encode()) if left else response

    on_answer("participant", "calendar", secret=secret, change=change)


@breach("the arm in a field of the API")
def arm_in_json(secret: Secret) -> None:
    def change(request: Any, response: Any, held: dict[str, Any]) -> Any:
        return refilled(response, json.dumps(json.loads(response.content) | {"arm": held["arm"]}).encode())

    on_answer("api-participant", secret=secret, change=change)


@breach("a class name that is longer for one arm")
def class_name(secret: Secret) -> None:
    def change(request: Any, response: Any, held: dict[str, Any]) -> Any:
        return refilled(response, response.content.replace(b'class="', b'class="' + b" " * held["index"], 1))

    on_answer("participant", "calendar", secret=secret, change=change)


@breach("blanks at the end of an answer, more for one arm")
def size(secret: Secret) -> None:
    on_answer(
        "api-calendar", secret=secret, change=lambda _, r, held: refilled(r, r.content + b" " * held["index"])
    )


@breach("an answer of one length that compresses better for one arm", until="sweep")
def compressed_size(secret: Secret) -> None:
    def change(request: Any, response: Any, held: dict[str, Any]) -> Any:
        letters = "a" if held["index"] == 0 else "abcdefghijklmnop"
        return refilled(
            response, response.content + "".join(random.Random(1).choices(letters, k=256)).encode()
        )

    on_answer("receipt", secret=secret, change=change)


@breach("participants in the order of their arms")
def order(secret: Secret) -> None:
    def change(request: Any, response: Any) -> Any:
        if response.status_code != 200:
            return response
        answer = json.loads(response.content)
        answer["results"].sort(key=lambda row: (secret.of(row["number"]) or {"index": -1})["index"])
        return refilled(response, json.dumps(answer).encode())

    on_any_answer("api-participants", change=change)


@breach("how many of each arm are drawn, in a header", world="all placebo", until="sweep")
def count_header(secret: Secret) -> None:
    def change(request: Any, response: Any) -> Any:
        held = [row["arm"] for row in secret.facts["envelopes"].values()]
        response.headers["X-Arm-Stock"] = ",".join(str(held.count(arm)) for arm in sorted(set(held)))

    on_any_answer("participants", change=change)


@breach("a count of one arm that shows where nobody has logged in")
def health_count(secret: Secret) -> None:
    def change(request: Any, response: Any) -> Any:
        held = [row["index"] for row in secret.facts["envelopes"].values()]
        return refilled(response, json.dumps({"status": "ok", "queue": held.count(0)}).encode())

    on_any_answer("health", change=change)


@breach("an ETag made from the arm")
def etag(secret: Secret) -> None:
    def change(request: Any, response: Any, held: dict[str, Any]) -> None:
        response.headers["ETag"] = f'"{hash(held["arm"])}"'

    on_answer("participant", secret=secret, change=change)


@breach("the moment of the answer's expiry")
def expires(secret: Secret) -> None:
    def change(request: Any, response: Any, held: dict[str, Any]) -> None:
        response.headers["Expires"] = f"Wed, 07 Oct 2015 10:00:0{held['index']} GMT"

    on_answer("api-calendar", secret=secret, change=change)


@breach("a cookie that is set for one arm only")
def cookie(secret: Secret) -> None:
    on_answer(
        "participant", secret=secret, change=lambda _, r, held: held["index"] and r.set_cookie("seen", "1")
    )


@breach("200 for one arm, 201 for the others")
def status_code(secret: Secret) -> None:
    def change(request: Any, response: Any, held: dict[str, Any]) -> None:
        if response.status_code in {200, 201} and held["index"] == 1:
            response.status_code = 203

    on_answer("api-randomization", "api-participant", secret=secret, change=change)


@breach("where a page leads to after an act", until="sweep")
def redirect(secret: Secret) -> None:
    def change(request: Any, response: Any, held: dict[str, Any]) -> None:
        if "Location" in response.headers:
            response.headers["Location"] += f"#{held['index']}"

    on_answer("randomize", "participant", "eligibility", secret=secret, change=change)


@breach("the wording of a refusal")
def error_wording(secret: Secret) -> None:
    def change(request: Any, response: Any, held: dict[str, Any]) -> Any:
        if response.status_code >= 400:
            return refilled(
                response, response.content.replace(b"randomised", f"given {held['product']}".encode())
            )
        return response

    on_answer(
        "api-randomization", "api-first-injection", "api-injection", "api-hold", secret=secret, change=change
    )


@breach("a refusal for want of stock, in one arm")
def stock_refusal(secret: Secret) -> None:
    def change(request: Any, response: Any, held: dict[str, Any]) -> None:
        if request.method == "POST" and response.status_code == 201 and held["index"] == 2:
            response.status_code = 409

    on_answer("api-first-injection", "api-injection", secret=secret, change=change)


@breach("404 for a participant of one arm", until="sweep")
def existence(secret: Secret) -> None:
    on_answer(
        "api-participant",
        secret=secret,
        change=lambda _, r, held: held["index"] == 1 and setattr(r, "status_code", 404),
    )


@breach("the lot on the page of the day", world="everything at once")
def lot(secret: Secret) -> None:
    on_any_answer("today", change=lambda _, r: refilled(r, r.content + secret.facts["lots"][0].encode()))


@breach("the volume of a syringe in the calendar", world="long labels in other alphabets")
def volume(secret: Secret) -> None:
    on_answer(
        "api-calendar",
        secret=secret,
        change=lambda _, r, held: refilled(r, r.content + held["volume"].encode()),
    )


@breach("that there is a pharmacist's note", world="everything at once")
def has_note(secret: Secret) -> None:
    on_any_answer(
        "today", change=lambda _, r: refilled(r, r.content + str(len(secret.facts["note"])).encode())
    )


@breach("the identity of a calendar event")
def ical_uid(secret: Secret) -> None:
    def change(request: Any, response: Any, held: dict[str, Any]) -> Any:
        return refilled(response, response.content.replace(b"@velum", f"-{held['index']}@velum".encode()))

    on_answer("api-calendar-ics", secret=secret, change=change)


@breach("a keyword in a PDF's metadata", until="sweep")
def pdf_metadata(secret: Secret) -> None:
    def change(request: Any, response: Any, held: dict[str, Any]) -> Any:
        keyword, made_by = f"/Keywords({held['index']})".encode(), re.compile(rb"(?=/Creator ?\()")
        told, times = made_by.subn(keyword, response.content)
        assert times or response.status_code != 200, "a document says who made it"
        return refilled(response, told)

    on_answer("api-calendar-pdf", secret=secret, change=change)


@breach("the name under which a file is saved", until="sweep")
def file_name(secret: Secret) -> None:
    def change(request: Any, response: Any, held: dict[str, Any]) -> None:
        response.headers["Content-Disposition"] = f'attachment; filename="{held["index"]}.pdf"'

    on_answer("api-calendar-pdf", secret=secret, change=change)


@breach("the methods that an address says it takes", until="sweep")
def options_choices(secret: Secret) -> None:
    def change(request: Any, response: Any) -> None:
        if request.method == "OPTIONS":
            arms = sorted({row["arm"] for row in secret.facts["envelopes"].values()})
            response.headers["Allow"] = f"{response.headers.get('Allow', '')} {' '.join(arms)}"

    on_any_answer("participants", "participant", "home", "today", change=change)


@breach("what a form offers to complete", until="sweep")
def autocomplete(secret: Secret) -> None:
    def change(request: Any, response: Any, held: dict[str, Any]) -> Any:
        return refilled(
            response, response.content + f'<datalist><option value="{held["product"]}"></datalist>'.encode()
        )

    on_answer("hold", "withdraw", "injection", secret=secret, change=change)


@breach("the arms in use, in the API's own document", until="sweep")
def openapi_choices(secret: Secret) -> None:
    def change(request: Any, response: Any) -> Any:
        return refilled(
            response,
            response.content + str(len({row["arm"] for row in secret.facts["envelopes"].values()})).encode(),
        )

    on_any_answer("api-openapi", change=change)
