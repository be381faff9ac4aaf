"""How many taps and keys the five daily tasks take, beside the least that each needs; and what a page weighs.

The figures are printed with `-s` and stand in docs/evidence.md. Seconds belong to the machine; the counts
are held here.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from tests.journeys.checklist import answers
from tests.journeys.conftest import Visit
from tests.journeys.every_page import shifted
from tests.journeys.pharmacy import first_syringe
from tests.journeys.test_nurse_morning import first_due, say_given
from tests.journeys.test_screening_to_receipt import screened
from tests.journeys.visitor import PHONE, Visitor

FIRST_VISIT = 100_000
"""Bytes over the wire, compressed, with nothing in the browser's cache."""


@dataclass
class Count:
    """What one task took: taps, keys typed, seconds of the scripted person."""

    taps: int = 0
    keys: int = 0
    seconds: float = 0.0
    person: Visitor = field(repr=False, default=None)  # type: ignore[assignment]


@contextmanager
def counted(task: str, person: Visitor) -> Iterator[Count]:
    """Count what is done within; axe and the other looks are left out of the time."""
    person.examine = lambda: None  # type: ignore[method-assign]
    person.fresh()
    count, started = Count(person=person), time.monotonic()
    yield count
    count.seconds, count.taps = time.monotonic() - started, person.taps
    print(f"\n{task}: {count.taps} taps, {count.keys} keys, {count.seconds:.1f} s")


def typed(count: Count, label: str, words: str) -> None:
    """Type into a field, key by key."""
    count.person.page.get_by_label(label).first.press_sequentially(words)
    count.keys += len(words)


def test_recording_todays_injection_takes_two_taps(visit: Visit) -> None:
    nurse = visit("nurse", width=PHONE)
    nurse.go("/today/")
    with counted("record today's injection", nurse) as count:
        _number, card = first_due(nurse)
        taps = say_given(nurse, card)
    assert (count.taps, count.keys) == (taps, 0)


def test_finding_a_participant_takes_the_number_and_one_tap(visit: Visit) -> None:
    nurse = visit("nurse", width=PHONE)
    nurse.go("/participants/")
    number = nurse.page.locator("a.row-link").first.inner_text()
    nurse.go("/today/")
    with counted("find a participant", nurse) as count:
        nurse.tap("Participants", within=nurse.page.locator("header.door"))
        typed(count, "Participant number", number.replace("-", ""))
        nurse.tap("Find")
        nurse.sees(number)
    assert (count.taps, count.keys) == (2, 7)


def test_randomizing_takes_three_taps_and_the_password(arrive: Visit) -> None:
    """The longest way: the first signature after a log-in, which wants both parts."""
    nurse = arrive()
    nurse.sign_in("nurse")
    number = screened(nurse)
    nurse.tap("Check eligibility")
    for name, answer in answers().items():
        nurse.answer(name, answer)
    nurse.tap("Check the answers")
    with counted("randomise", nurse) as count:
        nurse.tap("Randomise")
        nurse.tick("Consent and eligibility are checked")
        typed(count, "Your user name", "nurse")
        typed(count, "Your password", nurse.demonstration.password)
        nurse.tap("Draw the envelope of")
        nurse.sees("Receipt of randomisation", number)
    assert count.taps == 3
    assert count.keys == len("nurse") + len(nurse.demonstration.password)


def test_preparing_a_syringe_takes_one_tap(visit: Visit) -> None:
    """One of tomorrow's: today's are left to the pharmacists' morning."""
    pharmacist = visit("pharmacist", door="pharmacy")
    pharmacist.go("/preparations/")
    tomorrow = pharmacist.page.locator("main section").nth(1)
    with counted("prepare a syringe", pharmacist) as count:
        pharmacist.tap("Prepared by me", within=tomorrow)
        pharmacist.sees("is prepared")
    assert (count.taps, count.keys) == (1, 0)


def test_opening_a_code_takes_two_taps_and_what_must_be_said(visit: Visit) -> None:
    """The first one shows whose code it is."""
    number, _content = first_syringe(visit("pharmacist", door="pharmacy"))
    doctor = visit("investigator", door="pharmacy", width=PHONE)
    doctor.go("/code-break/")
    with counted("open a code", doctor) as count:
        typed(count, "Participant number", number.replace("-", ""))
        typed(count, "Why must you know?", "Shock")
        doctor.tap("Find this participant")
        typed(count, "Your password again", doctor.demonstration.password)
        doctor.tap("Break the code of this participant")
        doctor.sees("The code is broken")
    assert count.taps == 2
    assert count.keys == 7 + 5 + len(doctor.demonstration.password)


@pytest.mark.parametrize(
    ("person", "door", "path"),
    [("nurse", "clinic", "/today/"), ("pharmacist", "pharmacy", "/preparations/")],
)
def test_a_first_visit_is_light_and_nothing_on_it_moves(
    visit: Visit, arrive: Visit, person: str, door: str, path: str
) -> None:
    """The first page of the day in an empty browser, with its style, scripts and typeface."""
    cookies = visit(person, door=door).context.storage_state()
    visitor = arrive(door=door, width=PHONE, cookies=cookies)
    wire = visitor.context.new_cdp_session(visitor.page)
    weighed: list[float] = []
    wire.on("Network.loadingFinished", lambda event: weighed.append(event["encodedDataLength"]))
    wire.send("Network.enable")
    visitor.page.goto(visitor.base + path, wait_until="networkidle")
    moved, _what = shifted(visitor)
    print(f"\nfirst visit, {path}: {sum(weighed):,.0f} bytes in {len(weighed)} answers, moved {moved:.4f}")
    assert 20_000 < sum(weighed) < FIRST_VISIT
    assert moved == 0


def test_what_moves_would_be_seen(arrive: Visit) -> None:
    """The measure finds a shift where one is planted."""
    visitor = arrive()
    late = "setTimeout(() => document.body.prepend(document.createElement('textarea')), 300)"
    page = f"<!doctype html><title>Planted</title><p>first</p><script>{late}</script>"
    visitor.context.route("**/planted", lambda route: route.fulfill(body=page, content_type="text/html"))
    visitor.page.goto(f"{visitor.base}/planted")
    visitor.page.wait_for_timeout(500)
    assert shifted(visitor)[0] > 0
