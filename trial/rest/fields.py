"""What a body or a query may hold: strict fields, and serializers that refuse what they do not know."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from trial.core.dates import BadDate, parse_date
from trial.refusals import Refusal, in_page_language

YEARS = range(1900, 2200)
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class UnknownField(Refusal):
    """The body holds a field that this address does not take."""

    code = "unknown_field"
    status = 422


class Body(serializers.Serializer):
    """A body. A field that is not declared is an error, never ignored."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The values by field. Raises UnknownField or ValidationError."""
        unknown = [name for name in data if name not in self.fields] if isinstance(data, Mapping) else []
        if unknown:
            sentence = _("There is no such field here; take it out.")
            names = {_short(name): sentence for name in unknown[:20]}
            known = ", ".join(self.fields) or "-"
            raise UnknownField(
                _("Unknown field: %(names)s. Known are: %(known)s.")
                % {"names": ", ".join(names), "known": known},
                names,
            )
        values: dict[str, Any] = super().to_internal_value(data)
        return values


def _short(name: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in name[:40])


class Line(serializers.CharField):
    """One line of text: a string, in Unicode form NFC, without control or direction characters."""

    allowed_controls = ""
    default_error_messages = {
        "not_text": _("Send text in quotation marks."),
        "control": _("Take out control characters and text direction marks."),
    }

    def to_internal_value(self, data: Any) -> str:
        """The text, composed and without white space at its ends."""
        if not isinstance(data, str):
            self.fail("not_text")
        text: str = unicodedata.normalize("NFC", super().to_internal_value(data))
        if any(self._is_refused(character) for character in text):
            self.fail("control")
        return text

    def _is_refused(self, character: str) -> bool:
        control = unicodedata.category(character) in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
        return character in _BIDI or (control and character not in self.allowed_controls)


class Prose(Line):
    """Several lines of text, such as a reason."""

    allowed_controls = "\n\t"

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 1000} | options)


class Email(Line, serializers.EmailField):
    """One address."""


@extend_schema_field(OpenApiTypes.DATE)
class Day(serializers.Field):
    """A calendar day as YYYY-MM-DD, from 1900 to 2199."""

    default_error_messages = {"year": _("Give a year from 1900 to 2199.")}

    def to_internal_value(self, data: Any) -> date:
        """The day. Raises ValidationError, saying what is wrong with it."""
        try:
            day = parse_date(data if isinstance(data, str) else str(data)[:40])
        except BadDate as fault:
            raise serializers.ValidationError(in_page_language(fault.sentence)) from fault
        if day.year not in YEARS:
            self.fail("year")
        return day

    def to_representation(self, value: date) -> str:
        """YYYY-MM-DD."""
        return value.isoformat()


@extend_schema_field(OpenApiTypes.DATETIME)
class Moment(serializers.Field):
    """A moment as RFC 3339 writes it, with its offset from UTC, from 1900 to 2199."""

    default_error_messages = {
        "form": _("Give date, time and offset from UTC, such as 2026-03-02T09:30:00+01:00."),
        "year": _("Give a year from 1900 to 2199."),
    }

    def to_internal_value(self, data: Any) -> datetime:
        """The moment with its zone. Refuses one that does not say its offset."""
        if not isinstance(data, str) or not _MOMENT.fullmatch(data):
            self.fail("form")
        try:
            moment = datetime.fromisoformat(data.upper())
        except ValueError:
            self.fail("form")
        if moment.year not in YEARS:
            self.fail("year")
        return moment

    def to_representation(self, value: datetime) -> str:
        """RFC 3339 in UTC."""
        text: str = serializers.DateTimeField().to_representation(value)
        return text


@extend_schema_field({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"})
class Clock(serializers.Field):
    """A time of day by a site's clock, from 00:00 to 23:59."""

    default_error_messages = {"form": _("Give hours and minutes by the 24-hour clock, such as 09:30.")}

    def to_internal_value(self, data: Any) -> time:
        """The time, without a zone."""
        if not isinstance(data, str) or not _CLOCK.fullmatch(data):
            self.fail("form")
        return time.fromisoformat(data)

    def to_representation(self, value: time) -> str:
        """Hours and minutes."""
        return f"{value:%H:%M}"


class Flag(serializers.BooleanField):
    """true or false, nothing that merely looks like it."""

    def to_internal_value(self, data: Any) -> bool:
        """The value. Refuses everything but a JSON boolean."""
        if not isinstance(data, bool):
            self.fail("invalid", input=_short(str(data)))
        return data
