"""Numbers on pages: text fields that take comma and point, and never a browser's number field.

A browser's number field decides by its own language what a comma is, and drops what it does not know:
"69,5" became 695. Here the text arrives as it was typed, is read by `trial.core.typed_numbers`, and is
shown again as it was typed.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy

from trial.core.typed_numbers import MOST_DIGITS, MOST_PLACES, BadAmount, read_number, read_whole
from trial.refusals import in_page_language

_AS_TYPED = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}


class NumberText(forms.TextInput):
    """A line of text with a telephone's keys for numbers. A longest length would cut numbers off."""

    def __init__(self, *, keys: str) -> None:
        super().__init__(attrs={"inputmode": keys, "class": "figure-field", **_AS_TYPED})

    def format_value(self, value: Any) -> str | None:
        """What was typed, as it was typed; a number of ours in the language of the page."""
        return in_page_language(value) if isinstance(value, Decimal) else super().format_value(value)


class BoundNumber(forms.BoundField):
    """A number field of a form: what was typed as it was typed, what was kept in the language of the page."""

    def value(self) -> Any:
        """What the field shows."""
        shown = super().value()
        if self.form.is_bound or not isinstance(shown, str):
            return shown
        try:
            return read_number(shown, places=MOST_DIGITS, by_machine=True)
        except BadAmount:
            return shown


class WholeField(forms.Field):
    """A whole number. `min_value` and `max_value` belong to what is taken."""

    keys = "numeric"

    def __init__(
        self,
        *,
        min_value: int | Decimal | None = None,
        max_value: int | Decimal | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**{"widget": NumberText(keys=self.keys)} | options)
        if min_value is not None:
            self.validators.append(
                MinValueValidator(min_value, gettext_lazy("Write %(limit_value)s or more."))
            )
        if max_value is not None:
            self.validators.append(
                MaxValueValidator(max_value, gettext_lazy("Write %(limit_value)s or less."))
            )

    def to_python(self, value: Any) -> int | Decimal | None:
        """The number, or nothing where nothing was typed."""
        typed = "" if value is None else str(value)
        if not typed.strip():
            return None
        try:
            return self.read(typed)
        except BadAmount as bad:
            raise ValidationError(in_page_language(bad.sentence), code="invalid") from bad

    def read(self, typed: str) -> int | Decimal:
        """The number that was typed. Raises BadAmount."""
        return read_whole(typed)

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> BoundNumber:
        """The field of one form."""
        return BoundNumber(form, self, field_name)


class NumberField(WholeField):
    """A number that may have decimals, at most `places`."""

    keys = "decimal"

    def __init__(self, *, places: int = MOST_PLACES, **options: Any) -> None:
        super().__init__(**options)
        self.places = places

    def read(self, typed: str) -> Decimal:
        """The number that was typed. Raises BadAmount."""
        return read_number(typed, places=self.places)
