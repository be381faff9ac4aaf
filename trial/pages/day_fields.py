"""Days and times on pages. What a person knows is typed, what is chosen comes from the browser's calendar.

A day that somebody remembers or reads off a paper stands in three boxes: a browser's date field takes the
order of day and month from its own language, so 3 February typed into it can become 2 March without a word.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy

from trial.core.typed_days import BOXES, BadDay, BadTime, read_day, read_time
from trial.refusals import in_page_language

Typed = tuple[str, str, str]
"""What stands in the three boxes."""
_LABELS = {"day": gettext_lazy("Day"), "month": gettext_lazy("Month"), "year": gettext_lazy("Year")}


class DayBoxes(forms.Widget):
    """Three boxes: day, month, year; in English and in French in this order."""

    use_fieldset = True

    def __init__(self, *, unkept: bool = False, counted: bool = True) -> None:
        super().__init__()
        self.unkept, self.counted = unkept, counted
        self.at_fault: tuple[str, ...] = ()
        """The boxes that the field's own errors are about, one for each error."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Typed | None:
        """What was typed; nothing where all three are empty."""
        day, month, year = (str(data.get(f"{name}_{box}") or "") for box in BOXES)
        return (day, month, year) if f"{day}{month}{year}".strip() else None

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Whether the form had no such boxes."""
        return all(f"{name}_{box}" not in data for box in BOXES)

    def id_for_label(self, id_: str) -> str:
        """The first box: where a link to the question leads."""
        return f"{id_}_day" if id_ else ""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        """The boxes, each with its label."""
        given = attrs or {}
        wrong = set(self.at_fault or (BOXES if given.get("aria-invalid") else ()))
        boxes = [
            {"box": box, "label": _LABELS[box], "value": text, "wrong": box in wrong}
            for box, text in zip(BOXES, value or ("", "", ""), strict=True)
        ]
        context = {"name": name, "id": given.get("id", ""), "boxes": boxes}
        context |= {"unkept": self.unkept, "uncounted": not self.counted}
        return render_to_string("components/day_boxes.html", context)


class DayInBoxes(forms.BoundField):
    """A day field of a form, which knows to which box each of its errors belongs."""

    def links(self) -> Iterator[tuple[str, str]]:
        """Each error after the id of the box at fault; a service's refusal leads to the first one."""
        boxes = self.field.widget.at_fault  # type: ignore[attr-defined]
        for place, error in enumerate(self.errors):
            box = boxes[place] if place < len(boxes) else BOXES[0]
            yield f"{self.auto_id}_{box}", str(error)


class DayField(forms.Field):
    """A day that is known by heart or read off a paper."""

    widget: DayBoxes
    default_error_messages = {"required": gettext_lazy("Write the day, the month and the year.")}

    def __init__(self, *, unkept: bool = False, counted: bool = True, **options: Any) -> None:
        super().__init__(widget=DayBoxes(unkept=unkept, counted=counted), **options)

    def to_python(self, value: Typed | date | None) -> date | None:
        """The day, or nothing where all boxes are empty. Raises ValidationError, one error for each box."""
        self.widget.at_fault = ()
        if value is None or isinstance(value, date):
            return value
        try:
            return read_day(*value)
        except BadDay as bad:
            self.widget.at_fault = tuple(slip.box for slip in bad.slips)
            faults = [ValidationError(in_page_language(slip.sentence), code=slip.box) for slip in bad.slips]
            raise ValidationError(faults) from bad

    def prepare_value(self, value: Any) -> Typed | None:
        """What is shown: as it was typed, or a day of ours in figures."""
        day = date.fromisoformat(value) if isinstance(value, str) and value else value
        return (str(day.day), str(day.month), str(day.year)) if isinstance(day, date) else value or None

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> DayInBoxes:
        """The field of one form."""
        return DayInBoxes(form, self, field_name)


class DayInput(forms.DateInput):
    """The browser's own date picker; its value is ISO whatever the language."""

    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class CalendarField(forms.DateField):
    """A day that is chosen from a calendar. It is read as ISO alone, in no country's order."""

    widget = DayInput
    input_formats = ("%Y-%m-%d",)
    default_error_messages = {"invalid": gettext_lazy("Choose a day, or write it as 2026-03-02.")}


class TimeText(forms.TextInput):
    """A line of text. The browser's time field counts to 12 or 24 by its own language."""

    def __init__(self) -> None:
        keys = {"inputmode": "numeric", "class": "figure-field", "autocomplete": "off", "spellcheck": "false"}
        super().__init__(attrs=keys)

    def format_value(self, value: Any) -> str | None:
        """What was typed, as it was typed; a time of ours with its minutes."""
        return f"{value:%H:%M}" if isinstance(value, time) else super().format_value(value)


class ClockField(forms.Field):
    """A time of day by the 24-hour clock."""

    widget = TimeText

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"help_text": gettext_lazy("By the 24-hour clock, such as 14:30.")} | options)

    def to_python(self, value: Any) -> time | None:
        """The time, or nothing where nothing was typed."""
        if value is None or isinstance(value, time) or not str(value).strip():
            return value if isinstance(value, time) else None
        try:
            return read_time(str(value))
        except BadTime as bad:
            raise ValidationError(in_page_language(bad.sentence), code="invalid") from bad
