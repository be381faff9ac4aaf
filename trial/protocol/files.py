"""Reads protocol files: TOML, checked for shape by a JSON Schema and for sense by `trial.core`.

The digest of a protocol version is the SHA-256 of its exact bytes, so that two people can tell
with any tool whether they speak of the same file.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from trial.core import paths
from trial.core.faults import Fault, ProtocolFaults
from trial.core.judges.unfinished import told_once
from trial.core.protocol import Protocol
from trial.core.protocol_reader import read_protocol
from trial.core.sentences import Sentence
from trial.core.toml_lines import line_of, locate
from trial.protocol.shape import shape_faults
from trial.refusals import InvalidInput

PROTOCOLS = Path(__file__).resolve().parents[1] / "protocols"
SCHEMA = PROTOCOLS / "protocol.schema.json"

_AT_LINE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)\Z")


@dataclass(frozen=True)
class ProtocolFile:
    """A protocol with the text it was read from. `digest` is the text's SHA-256, in hexadecimal."""

    protocol: Protocol
    digest: str
    text: str


@dataclass(frozen=True)
class LocatedFault:
    """A fault with its line in the file (from 1) and the name of its field."""

    line: int
    field: str
    message: Sentence

    @property
    def text(self) -> Sentence:
        """The message behind its line and field."""
        if not self.field:
            return Sentence("line %(line)s: %(message)s", line=self.line, message=self.message)
        form = Sentence("line %(line)s, %(field)s: %(message)s", line=self.line)
        return form.having(field=self.field, message=self.message)

    def __str__(self) -> str:
        return str(self.text)


class UnreadableProtocol(InvalidInput):
    """The protocol file has faults. `faults` holds all of them, in the order of their lines."""

    code = "unreadable_protocol"

    def __init__(self, faults: Iterable[LocatedFault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))
        super().__init__(
            "\n".join(map(str, self.faults))
        )  # commands show it, in English, with or without Django


def load_protocol(path: str | Path) -> ProtocolFile:
    """Read a protocol file. Raises UnreadableProtocol with every fault, or OSError."""
    content = Path(path).read_bytes()
    try:
        return parse_protocol(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UnreadableProtocol(
            [LocatedFault(line, "", Sentence("is not UTF-8 text; save the file as UTF-8."))]
        ) from None


def parse_protocol(text: str) -> ProtocolFile:
    """Read the text of a protocol file. Raises UnreadableProtocol with every fault.

    Faults are found in three steps, each only when the one before found none: TOML syntax (one
    fault), shape (fields and their types), sense (references, totals, order, blinding). What makes
    no file unreadable is not looked for here but by the judges of `trial.protocol.judging`.
    """
    data = parse_toml(text)
    faults: Iterable[Fault] = shape_faults(data, _validator())
    if not faults:
        try:
            protocol = read_protocol(data)
        except ProtocolFaults as found:
            faults = found.faults
    if faults:
        raise UnreadableProtocol(located(told_once(faults, data), data, text))
    return ProtocolFile(protocol, sha256(text.encode()).hexdigest(), text)


def located(faults: Iterable[Fault], data: object, text: str) -> list[LocatedFault]:
    """The faults with their lines and the names of their fields, in the order of the lines."""
    lines = locate(text)
    found = (
        LocatedFault(line_of(lines, fault.path), paths.dotted(data, fault.path), fault.message)
        for fault in faults
    )
    return sorted(found, key=lambda fault: fault.line)


def parse_toml(text: str) -> dict[str, Any]:
    """The tables of a TOML text, decimals exact. Raises UnreadableProtocol."""
    if text.startswith("\ufeff"):
        raise UnreadableProtocol(
            [LocatedFault(1, "", Sentence("begins with a byte-order mark; save as UTF-8 without it."))]
        )
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise UnreadableProtocol([_syntax_fault(str(error), text)]) from None


def _syntax_fault(message: str, text: str) -> LocatedFault:
    match = _AT_LINE.search(message)
    line = int(match.group(1)) if match and match.group(1) else text.count("\n") + 1
    said = _AT_LINE.sub("", message)
    form = Sentence("this is not TOML: %(fault)s.")
    if said.startswith(("Cannot overwrite", "Cannot declare", "Duplicate inline table key", "Cannot mutate")):
        form = Sentence("this is not TOML: this field or table is already given further up (%(fault)s).")
    return LocatedFault(line, "", form.having(fault=said))


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
