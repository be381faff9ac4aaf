"""Words and values as a draft writes them in TOML, and the notes that it makes on the way."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from fractions import Fraction
from html import unescape

from trial.core.judges.unfinished import UNKNOWN

_TAG = re.compile(r'<usdm:(?:tag|ref)\b[^>]*?\bname="([^"]*)"[^>]*/?>(?:\s*</usdm:(?:tag|ref)>)?')
_ATTRIBUTES = r"""(?:\s+[\w:-]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*/?"""
_RAISED = re.compile(rf"<sup{_ATTRIBUTES}>", re.IGNORECASE)
_INLINE = re.compile(rf"</?(?:a|b|em|i|span|strong|sub|sup|u|usdm:[a-z]+){_ATTRIBUTES}>", re.IGNORECASE)
_BLOCK = re.compile(
    rf"</?(?:br|div|h[1-6]|hr|img|li|ol|p|table|tbody|td|th|thead|tr|ul){_ATTRIBUTES}>", re.IGNORECASE
)
_NOT_A_CODE = re.compile(r"[^A-Z0-9]+")


@dataclass
class Notes:
    """What was not carried over, and what was assumed: the field, and why it is open."""

    lost: list[str] = field(default_factory=list)
    assumed: list[tuple[str, str]] = field(default_factory=list)

    def assume(self, where: str, reason: str) -> None:
        """A value that is not the document's own stands at `where`; a person has to answer it."""
        self.assumed.append((where, reason))


def one_line(text: str) -> str:
    """The same as a comment can hold it: no line break, no control character."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def quoted(text: str) -> str:
    """A TOML string, `"?"` for no words: JSON's escapes are all TOML's as well."""
    return json.dumps(text.strip() or UNKNOWN, ensure_ascii=False).replace("\x7f", "\\u007f")


def both(english: str, french: str = UNKNOWN) -> str:
    """Words in both languages; a document has one, and a person translates."""
    return f"{{ en = {quoted(english)}, fr = {quoted(french)} }}"


def known(value: int | None) -> str:
    """A whole number, or `"?"`."""
    return quoted(UNKNOWN) if value is None else str(value)


def numbered(number: int, one: str, many: str = "") -> str:
    """1 visit, 2 visits."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def plain(text: str) -> str:
    """A sentence without markup; what USDM fills in from elsewhere is a gap with its name.

    Only elements of XHTML are markup: “< 2 x ULN or > 3” stays. What is raised keeps its sense: 10^9.
    """
    words = _TAG.sub(lambda tag: f"[? {_ungapped(tag.group(1))}]", text)
    words = _BLOCK.sub(" ", _INLINE.sub("", _RAISED.sub("^", words)))
    return re.sub(r"\s+", " ", unescape(words)).strip()


def decimal(number: Fraction) -> str:
    """A number without a trailing zero: 10, 0.5."""
    text = f"{float(number):.9f}"
    return text.rstrip("0").rstrip(".")


def codes(names: list[str]) -> list[str]:
    """A code for each name: capital letters, digits and dashes, at most 16, none twice; `?` for no name."""
    found: list[str] = []
    for name in names:
        stem = _NOT_A_CODE.sub("-", name.upper()).strip("-")[:16].strip("-") or "X"
        code, number = stem, 2
        while code in found or code == "SCREENING":
            code, number = f"{stem[:12].strip('-')}-{number}", number + 1
        found.append(code)
    return found


def _ungapped(name: str) -> str:
    return name.replace("[", "(").replace("]", ")")
