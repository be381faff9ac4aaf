"""Turns the findings of the protocol file's JSON Schema into sentences about fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, cast

from jsonschema import Draft202012Validator, ValidationError

from trial.core.faults import Fault
from trial.core.paths import Path
from trial.core.sentences import Sentence, Words

_KINDS = {
    "object": Sentence("a table"),
    "array": Sentence("a list"),
    "string": Sentence("text in quotes"),
    "integer": Sentence("a whole number"),
    "number": Sentence("a number"),
    "boolean": Sentence("true or false"),
}


def shape_faults(data: Mapping[str, Any], validator: Draft202012Validator) -> list[Fault]:
    """Every field that is unknown, missing or of the wrong kind."""
    if endless := list(_endless(data, ())):
        return endless  # nothing can be compared with them, so nothing else is looked at
    return [fault for error in validator.iter_errors(data) for fault in _faults(error)]


def _endless(value: object, path: Path) -> Iterator[Fault]:
    """Numbers of TOML that count nothing: `nan` and `inf`, which no bound can be compared with."""
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _endless(one, (*path, key))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _endless(one, (*path, index) if isinstance(one, Mapping) else path)
    elif isinstance(value, Decimal) and not value.is_finite():
        yield Fault(path, Sentence("%(value)s is no number that counts; write digits.", value=str(value)))


def _faults(error: ValidationError) -> Iterator[Fault]:
    path: Path = tuple(error.absolute_path)
    schema: Any = error.schema
    if error.validator == "additionalProperties":
        given: Any = error.instance
        for name in given:
            if name not in schema["properties"]:
                yield Fault((*path, name), _unknown(name, schema["properties"]))
    elif error.validator == "required":
        # jsonschema reports one missing field at a time; its words begin with the field's name.
        name = error.message.split(chr(39))[1]
        yield Fault(path, Sentence("the field `%(field)s` is missing.", field=name))
    else:
        yield Fault(path, _sentence(error))


def _unknown(name: str, known: Mapping[str, Any]) -> Sentence:
    if close := get_close_matches(name, known, n=1):
        return Sentence("there is no such field; did you mean `%(field)s`?", field=close[0])
    return Sentence("there is no such field; known here: %(fields)s.", fields=", ".join(known))


def _sentence(error: ValidationError) -> Sentence:
    meant = error.schema.get("description", "") if isinstance(error.schema, Mapping) else ""
    problem = _problem(error)
    return Sentence("%(first)s %(rest)s", first=problem, rest=meant) if meant else problem


def _problem(error: ValidationError) -> Sentence:
    shown, rule = _shown(error.instance), cast(Any, error.validator_value)
    match error.validator:
        case "type":
            return Sentence("must be %(kind)s, not %(value)s.", kind=_KINDS[rule], value=shown)
        case "enum":
            return Sentence("%(value)s is not one of %(known)s.", value=shown, known=", ".join(rule))
        case "const":
            return Sentence("must be %(kind)s, not %(value)s.", kind=str(rule), value=shown)
        case "minItems" | "maxItems" if rule > 1:
            return Sentence("must be a list of length %(length)s.", length=rule)
        case "minItems" | "minLength":
            return Sentence("must not be empty.")
        case "minimum":
            return Sentence("%(value)s is out of bounds; the minimum is %(bound)s.", value=shown, bound=rule)
        case "maximum":
            return Sentence("%(value)s is out of bounds; the maximum is %(bound)s.", value=shown, bound=rule)
        case "minProperties" | "maxProperties":
            one = "maxProperties" in cast("Mapping[str, Any]", error.schema)
            return Sentence("must hold exactly one field.") if one else Sentence("must not be empty.")
        case _:
            return Sentence("%(value)s does not fit.", value=shown)


def _shown(value: object) -> Words:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (datetime, date, time)):
        return Sentence("the date or time %(moment)s", moment=value.isoformat())
    if isinstance(value, str):
        return Sentence("“%(words)s”", words=value)
    kinds = (_KINDS[name] for name, kind in (("object", dict), ("array", list)) if isinstance(value, kind))
    return next(kinds, str(value))
