"""Reading a body: strict JSON, bounded in size and depth."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any

from django.core.exceptions import RequestDataTooBig
from django.http.request import UnreadablePostError
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser

MAX_BYTES = 64 * 1024
MAX_DEPTH = 5


class StrictJSONParser(BaseParser):
    """UTF-8 JSON whose top level is an object.

    Refuses what others read in different ways: a name given twice, NaN and infinities, a byte-order
    mark, lone surrogates, NUL, any other character set; and what is too large or too deep.
    """

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The object in the body. Raises ParseError, UnsupportedMediaType or RequestDataTooBig."""
        _refuse_charset(media_type or "")
        return _read(_bytes(stream))


def _refuse_charset(media_type: str) -> None:
    for parameter in media_type.split(";")[1:]:
        name, _equals, value = parameter.strip().partition("=")
        if name.lower() == "charset" and value.strip('"').lower() not in {"utf-8", "utf8"}:
            raise UnsupportedMediaType(media_type)


def _bytes(stream: IO[Any]) -> bytes:
    try:
        content: bytes = stream.read(MAX_BYTES + 1)
    except UnreadablePostError as fault:
        raise ParseError(_("The body broke off.")) from fault
    if len(content) > MAX_BYTES:
        raise RequestDataTooBig
    return content


def _read(content: bytes) -> dict[str, Any]:
    try:
        data = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_no_constant,
            parse_float=_with_every_digit,
        )
    except UnicodeDecodeError as fault:
        raise ParseError(_("The body is not UTF-8 text.")) from fault
    except RecursionError as fault:
        raise ParseError(_too_deep()) from fault
    except ValueError as fault:
        raise ParseError(_("The body is not JSON: %(fault)s.") % {"fault": str(fault)[:200]}) from fault
    if not isinstance(data, dict):
        raise ParseError(_('The body must be a JSON object, such as {"reason": "…"}.'))
    _look_into(data, 1)
    return data


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number")


def _with_every_digit(text: str) -> Decimal:
    """A number as it was sent. A float would keep some seventeen digits and lose the rest without a word."""
    if not math.isfinite(float(text)):
        raise ValueError("a number is out of range")
    return Decimal(text)


def _look_into(value: Any, depth: int) -> None:
    """Refuse depth, and characters that no database or reader agrees on."""
    if depth > MAX_DEPTH:
        raise ParseError(_too_deep())
    if isinstance(value, str):
        _refuse_unstorable(value)
    elif isinstance(value, dict):
        for name, item in value.items():
            _refuse_unstorable(name)
            _look_into(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _look_into(item, depth + 1)


def _refuse_unstorable(text: str) -> None:
    if any(character == "\0" or "\ud800" <= character <= "\udfff" for character in text):
        raise ParseError(_("The body holds a NUL or half a character. Send plain text."))


def _too_deep() -> str:
    return _("The body is nested too deeply; %(depth)d levels are enough here.") % {"depth": MAX_DEPTH}
