"""What a reminder announces: one spelling for each, and an unknown text is refused."""

from __future__ import annotations

import pytest

from dosing.core.events import FOLLOW_UP, TREATMENT, DeviationEvent, Event, UnknownEvent, prefix
from trial.core.protocol import ReminderEvent

STORED = {
    "injection:7": Event.injection(7),
    "course:2": Event.course(2),
    "visit:V3": Event.visit("V3"),
    "visit:V3:b": Event.visit("V3:b"),
}


@pytest.mark.parametrize("text", STORED)
def test_the_stored_text_and_the_event_are_one(text: str) -> None:
    assert (Event.parse(text), str(STORED[text])) == (STORED[text], text)


@pytest.mark.parametrize("text", ["", "visit", "visit:", ":V3", "call:1", "Visit:V3", " visit:V3", "consent"])
def test_an_unknown_text_is_refused_in_words(text: str) -> None:
    with pytest.raises(UnknownEvent, match=r"is no event\. Known kinds: injection, course, visit\."):
        Event.parse(text)


def test_a_kind_is_found_by_the_beginning_of_its_text_and_no_other_is() -> None:
    for text, event in STORED.items():
        assert [kind for kind in ReminderEvent if text.startswith(prefix(kind))] == [event.kind]


def test_every_kind_belongs_to_treatment_or_to_follow_up() -> None:
    assert (TREATMENT, FOLLOW_UP) == (
        (ReminderEvent.INJECTION, ReminderEvent.COURSE),
        (ReminderEvent.VISIT,),
    )


def test_what_a_deviation_is_about_is_spelled_as_ever() -> None:
    named = [
        DeviationEvent.INJECTION.named(7),
        DeviationEvent.VISIT.named("V3"),
        DeviationEvent.HOLD.named(5),
    ]
    assert [*named, DeviationEvent.CONSENT.named(), DeviationEvent.DRAW.named()] == [
        *("injection:7", "visit:V3", "hold:5", "consent", "draw")
    ]
