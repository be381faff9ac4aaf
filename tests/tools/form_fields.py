"""Finds what must not be on a page: fields in which the browser decides what was typed.

In a browser's number field the comma goes by the browser's language; in its date and time fields so do the
order of day and month, and the count to 12 or 24. Django's own fields for these read the country's order.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PACKAGES = ("trial", "randomization", "dosing")
TYPES = {"number", "range", "time", "datetime-local", "month", "week"}
"""Types of an input that a form never has. A date may be chosen from the browser's calendar."""
FIELDS = {
    "IntegerField",
    "DecimalField",
    "FloatField",
    "DurationField",
    "DateField",
    "DateTimeField",
    "TimeField",
}
WIDGETS = {
    "NumberInput",
    "DateInput",
    "DateTimeInput",
    "TimeInput",
    "SplitDateTimeWidget",
    "SelectDateWidget",
}
CALENDAR = Path("trial/pages/day_fields.py")
"""The one place that builds on Django's field and widget of a date: for a day from a calendar, as ISO."""
_TAG = re.compile(r"<input\b[^>]*>", re.IGNORECASE)
_TYPE = re.compile(r"""\btype\s*=\s*["']?([\w-]+)""", re.IGNORECASE)


def in_sources(root: Path) -> list[str]:
    """Each use of a form's field or widget of Django's for numbers, days or times, as `file: name`."""
    return [
        f"{path.relative_to(root)}: {name}"
        for package in PACKAGES
        for path in sorted((root / package).rglob("*.py"))
        if path.relative_to(root) != CALENDAR
        for name in _used(ast.parse(path.read_text()))
    ]


def _used(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "forms":
            yield from {node.attr} & (FIELDS | WIDGETS)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("django.forms"):
            yield from {alias.name for alias in node.names} & (FIELDS | WIDGETS)


def in_markup(text: str) -> list[str]:
    """The types that a form never has, of the inputs in a template or a page."""
    types = [kind[1].lower() for tag in _TAG.findall(text) if (kind := _TYPE.search(tag))]
    return [kind for kind in types if kind in TYPES]


def in_templates(root: Path) -> list[str]:
    """Each such input of the templates, as `file: type`."""
    return [
        f"{path.relative_to(root)}: {kind}"
        for path in sorted((root / "templates").rglob("*.html"))
        for kind in in_markup(path.read_text())
    ]


def in_forms(forms: list[type]) -> list[str]:
    """Each field of these classes that Velum does not read itself, or shows as such an input."""
    return [
        f"{form.__module__}.{form.__name__}.{name}"
        for form in forms
        for name, field in getattr(form, "base_fields", {}).items()
        if _is_the_browsers(field)
    ]


def _is_the_browsers(field: Any) -> bool:
    kinds = {one.__name__ for one in type(field).__mro__ if one.__module__ == "django.forms.fields"}
    own = type(field).__module__.startswith(PACKAGES)
    return getattr(field.widget, "input_type", "") in TYPES or (bool(kinds & FIELDS) and not own)
