"""Turns the findings of the protocol file's JSON Schema into sentences about fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from difflib import get_close_matches
from typing import Any, cast

from jsonschema import Draft202012Validator, ValidationError

from trial.core.faults import Fault
from trial.core.paths import Path

_KINDS = {
    "object": "a table",
    "array": "a list",
    "string": "text in quotes",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}


def shape_faults(data: Mapping[str, Any], validator: Draft202012Validator) -> list[Fault]:
    """Every field that is unknown, missing or of the wrong kind."""
    return [fault for error in validator.iter_errors(data) for fault in _faults(error)]


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
        yield Fault(path, f"the field `{error.message.split(chr(39))[1]}` is missing.")
    else:
        yield Fault(path, _sentence(error))


def _unknown(name: str, known: Mapping[str, Any]) -> str:
    close = get_close_matches(name, known, n=1)
    hint = f"did you mean `{close[0]}`?" if close else f"known here: {', '.join(known)}."
    return f"there is no such field; {hint}"


def _sentence(error: ValidationError) -> str:
    meant = error.schema.get("description", "") if isinstance(error.schema, Mapping) else ""
    shown, rule = _shown(error.instance), cast(Any, error.validator_value)
    match error.validator:
        case "type":
            problem = f"must be {_KINDS[rule]}, not {shown}."
        case "enum":
            problem = f"{shown} is not one of {', '.join(rule)}."
        case "const":
            problem = f"must be {rule}, not {shown}."
        case "minItems":
            problem = "must not be empty."
        case "minLength":
            problem = "must not be empty."
        case "minimum" | "maximum":
            problem = f"{shown} is out of bounds; the {error.validator} is {rule}."
        case "minProperties" | "maxProperties":
            problem = "must hold exactly one field."
        case _:
            problem = f"{shown} does not fit."
    return f"{problem} {meant}".strip()


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (datetime, date, time)):
        return f"the date or time {value.isoformat()}"
    if isinstance(value, str):
        return f"“{value}”"
    return "a table" if isinstance(value, dict) else "a list" if isinstance(value, list) else str(value)
