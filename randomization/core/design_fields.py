"""Reading the fields of a design file, each with a sentence for whatever is no such thing."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .design import DesignFault

KINDS = {str: "text in quotes", list: "list", dict: "table", bool: "true or false"}


def refuse_unknown(data: Mapping[str, Any], fields: set[str], where: str) -> None:
    """Raise DesignFault for the first field that `fields` does not have."""
    if unknown := sorted(data.keys() - fields):
        raise DesignFault(f"{unknown[0]} is no field of {where}. The fields are {', '.join(sorted(fields))}.")


def typed(data: Mapping[str, Any], name: str, kind: type, default: Any, place: str = "") -> Any:
    """The value of a field, or `default`; `place` is the table it stands in. Raises DesignFault."""
    value = data.get(name, default)
    if not isinstance(value, kind):
        raise DesignFault(f"{_named(name, place)} must be a {KINDS[kind]}, not {_shown(value)}.")
    return value


def wholes(data: Mapping[str, Any], name: str, place: str = "") -> tuple[int, ...]:
    """A list of whole numbers; empty where there is none. Raises DesignFault."""
    return tuple(whole(_named(name, place), value) for value in typed(data, name, list, [], place))


def optional(data: Mapping[str, Any], name: str) -> int | None:
    """A whole number, or None where there is none. Raises DesignFault."""
    return whole(name, data[name]) if name in data else None


def whole(name: str, value: object) -> int:
    """`value`, if it is a whole number of 0 or more. Raises DesignFault."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise DesignFault(f"{name} has {_shown(value)} where a whole number belongs.")
    return value


def fraction(name: str, value: object) -> Fraction:
    """A decimal number, or a text such as "2/3", exactly as it is written."""
    try:
        return Fraction(str(value))
    except (ValueError, ZeroDivisionError) as fault:
        sentence = f'{name} has {_shown(value)} where a number such as 0.8 or "2/3" belongs.'
        raise DesignFault(sentence) from fault


def _named(name: str, place: str) -> str:
    return f"{place}.{name}" if place else name


def _shown(value: object) -> str:
    return str(value) if isinstance(value, Decimal) else repr(value)
