"""Something for every component to show, on the page that shows them all. Nothing here is anybody's."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django import forms
from django.core.paginator import Paginator

from trial.screening.forms import ConsentForm, YesNo

STATES = ("done", "due", "late", "hold", "withdrawn", "planned", "ready", "missed", "partial")
WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri")


class SampleForm(ConsentForm):
    """One question of each kind; that of a day comes with the form of the consent."""

    number = forms.CharField(label="Participant number", help_text="As on the card, with or without dashes.")
    stable = YesNo(label="I5. Stable for more than three months?")
    reason = forms.CharField(label="Reason", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    sure = forms.BooleanField(label="This is the person in front of me")
    field_order = ("number", "signed_on", "stable", "reason", "sure")


def sample() -> dict[str, Any]:
    """The context of `trial/components.html`."""
    text = "11 November is Armistice Day. Book another Monday, or note who will inject."
    return {
        "number": "IM-0122-7",
        "randomization_number": "R-58213",
        "randomized": "Thu 3 Dec 2026, 14:07",
        "day_one": "Mon 7 Dec 2026",
        "state_label": "on treatment",
        "grid_caption": "Injections",
        "columns": [f"{n} of 5" for n in range(1, 6)],
        "courses": [_course(1, _FIRST), _course(2, _SECOND), _course(3, [("planned", "", "")] * 5)],
        "visits_label": "Visits",
        "visits": _visits(),
        "events": [
            {
                "what": "Injection 1 given, abdomen, left",
                "when": "Mon 7 Dec 2026, 08:31",
                "who": "study nurse",
            },
            {"what": "Envelope drawn: R-58213", "when": "Thu 3 Dec 2026, 14:07", "who": "study nurse"},
        ],
        "facts": [("Registry number", "NCT02059759"), ("Zone", "Europe/Paris")],
        "cards": _cards(),
        "done_what": "Course 1, day 2",
        "states": STATES,
        "banner_title": "One of fifteen injections meets a holiday",
        "banner_text": text,
        "empty_title": "Nobody to see today",
        "empty_text": "Injections and visits appear here, late ones first.",
        "table_columns": ["Participant", "Sent", "Subject"],
        "table_rows": [["IM-0122-7", "6 Dec 18:00", "Reminder"], ["IM-0117-0", "6 Dec 18:00", "Reminder"]],
        "page": Paginator(range(5), 1).get_page(2),
        "figure": _figure(),
        "tour": SimpleNamespace(
            place=2, length=5, text="Late things stand first.", url="#", here=True, last=False
        ),
        "form": SampleForm({"number": "IM-0122-8", "signed_on_day": "30", "reason": "As typed before"}),
    }


def _figure() -> SimpleNamespace:
    bars = '<rect x="10" y="10" width="60" height="20"/><rect x="10" y="40" width="25" height="20"/>'
    return SimpleNamespace(
        key="doses",
        title="Doses by course",
        sentence="60 doses were given, 2 were not.",
        drawing=True,
        svg=f'<svg viewBox="0 0 100 70" role="img" aria-label="Given 60, not given 2">{bars}</svg>',
        columns=["Course", "Given", "Not given"],
        rows=[["Course 1", "40", "1"], ["Course 2", "20", "1"]],
        about=False,
        empty="",
        note="",
    )


_FIRST = [("done", "08:31", "abdomen, left"), ("ready", "today, ready", "")] + [("planned", "", "")] * 3
_SECOND = [
    ("late", "late by 1 day", ""),
    ("partial", "partly given", "half"),
    ("missed", "not given", "fever"),
    ("hold", "on hold", ""),
    ("withdrawn", "stopped", ""),
]


def _course(number: int, days: list[tuple[str, str, str]]) -> dict[str, Any]:
    first = 28 * (number - 1) + 1
    cells = [
        {
            "state": state,
            "date": f"{6 + n} Dec",
            "word": f"{WEEK[n - 1]}, day {first + n - 1}",
            "state_label": label,
            "note": note,
            "url": "#" if state in {"ready", "late"} else "",
        }
        for n, (state, label, note) in enumerate(days, 1)
    ]
    return {"label": f"Course {number}", "days_label": f"days {first}–{first + 4}", "days": cells}


def _visits() -> list[dict[str, str]]:
    rows = [
        ("done", "Screening", "24 Nov", "done"),
        ("done", "Day 1", "7 Dec", "done"),
        ("due", "Day 8", "14 Dec", "13–16 Dec"),
        ("late", "Day 29", "4 Jan", "late by 2 days"),
        ("planned", "Day 57", "1 Feb", "29 Jan – 1 Feb"),
    ]
    return [
        {"state": s, "name": n, "date": d, "word": w, "url": "#" if s == "due" else ""} for s, n, d, w in rows
    ]


def _cards() -> list[dict[str, Any]]:
    strip = {"days": ["done", "ready", "planned", "planned", "planned"], "label": "day 1 given, day 2 today"}
    late = {"days": ["late", "planned", "planned", "planned", "planned"], "label": "day 1 late"}
    rows = [
        (
            "IM-0117-0",
            "Course 2, day 1",
            "planned for yesterday",
            "late",
            "late by 1 day",
            late,
            "Record what happened",
            "",
        ),
        (
            "IM-0122-7",
            "Course 1, day 2",
            "last: abdomen, left",
            "ready",
            "ready",
            strip,
            "Injection given",
            "",
        ),
        (
            "IM-0109-3",
            "Visit of day 85",
            "window 6–11 Dec",
            "due",
            "2 days left",
            None,
            "Open the visit",
            "second",
        ),
    ]
    names = ("number", "what", "place", "state", "state_label", "strip", "action_label", "action_kind")
    return [dict(zip(names, row, strict=True)) for row in rows]
