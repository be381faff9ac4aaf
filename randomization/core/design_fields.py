"""Reading the fields of a design file, each with a sentence for a value of the wrong kind."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from trial.core.sentences import Sentence, Words

from .design import DesignFault

KINDS = {
    str: Sentence("a text in quotes"),
    list: Sentence("a list"),
    dict: Sentence("a table"),
    bool: Sentence("true or false"),
}


def refuse_unknown(data: Mapping[str, Any], fields: set[str], where: Words) -> None:
    """Raise DesignFault for the first field that `fields` does not have."""
    if unknown := sorted(data.keys() - fields):
        raise DesignFault(
            "%(field)s is no field of %(where)s. The fields are %(fields)s.",
            field=unknown[0],
            where=where,
            fields=", ".join(sorted(fields)),
        )


def typed(data: Mapping[str, Any], name: str, kind: type, default: Any, place: str = "") -> Any:
    """The value of a field, or `default`; `place` is the table it stands in. Raises DesignFault."""
    value = data.get(name, default)
    if not isinstance(value, kind):
        raise DesignFault(
            "%(field)s must be %(kind)s, not %(value)s.",
            field=_named(name, place),
            kind=KINDS[kind],
            value=_shown(value),
        )
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
        raise DesignFault(
            "%(name)s has %(value)s where a whole number belongs.", name=name, value=_shown(value)
        )
    return value


def fraction(name: str, value: object) -> Fraction:
    """A decimal number, or a text such as "2/3", exactly as it is written."""
    try:
        return Fraction(str(value))
    except (ValueError, ZeroDivisionError) as fault:
        sentence = Sentence(
            '%(name)s has %(value)s where a number such as 0.8 or "2/3" belongs.',
            name=name,
            value=_shown(value),
        )
        raise DesignFault(sentence) from fault


def _named(name: str, place: str) -> str:
    return f"{place}.{name}" if place else name


def _shown(value: object) -> str:
    return str(value) if isinstance(value, Decimal) else repr(value)
