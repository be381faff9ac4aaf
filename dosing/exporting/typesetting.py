"""Paper that is read aloud as well: tagged PDF (PDF/UA-1) with its fonts inside, set by typst.

The same words give the same bytes: no clock is read, and no font of the machine is used. The fonts inside
know Latin, Greek, Cyrillic, Hebrew, Arabic and Devanagari. A sign of another script (a site's name in
Chinese) is set as BOX, and a sentence on the sheet says so: PDF/UA-1 allows no sign without its letter, and
a sheet with a box is better than none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import typst

BOX = "\u25a1"
"""What stands where the fonts have no letter."""

LACKING = re.compile(r'the text `"((?:\\.|[^"\\])*)"` could not be displayed')
"""How typst names a sign that no font has, as Rust writes it: itself, or as \\u{e38}."""
CODED = re.compile(r"\\(?:u\{([0-9a-f]+)\}|(.))")
CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}


def pdf(source: str, words: Mapping[str, object]) -> bytes:
    """Set a document. Its words come in as data, so that none of them can be taken for markup.

    `lacks` among the words is what the sheet says where a sign had to be set as BOX; else it is left out.
    Raises typst.TypstError for a fault of the source.
    """
    data = json.dumps({**words, "lacks": ""}, ensure_ascii=False, sort_keys=True)
    boxed: set[str] = set()
    while True:
        try:
            return _set(source, data)
        except typst.TypstError as error:
            new = _lacking(error) - boxed
            if not new:
                raise
            boxed |= new
            data = json.dumps(_boxed(words, boxed), ensure_ascii=False, sort_keys=True)


def _set(source: str, data: str) -> bytes:
    made = typst.compile(
        source.encode(),
        format="pdf",
        sys_inputs={"words": data},
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
        timestamp=0,
    )
    if not isinstance(made, bytes):
        raise TypeError("A document of typst comes as one file.")
    return made


def _lacking(error: typst.TypstError) -> set[str]:
    """The signs that no font has. One of ASCII is named only where a foreign one stands in the same word."""
    named = {CODED.sub(_decoded, said) for said in LACKING.findall(error.diagnostic or "")}
    return {sign for sign in named if not sign.isascii()} or named


def _decoded(coded: re.Match[str]) -> str:
    return chr(int(coded[1], 16)) if coded[1] else CONTROLS.get(coded[2], coded[2])


def _boxed(said: object, signs: set[str]) -> object:
    """The same words with BOX for each of these signs, however deep they lie."""
    match said:
        case str():
            for sign in sorted(signs, key=len, reverse=True):
                said = said.replace(sign, BOX)
            return said
        case Mapping():
            return {name: _boxed(inner, signs) for name, inner in said.items()}
        case list() | tuple():
            return [_boxed(inner, signs) for inner in said]
        case _:
            return said


HEAD = """
#let words = json(bytes(sys.inputs.words))
#set document(title: words.title, author: "Velum", date: none)
#set text(font: "Libertinus Serif", lang: words.lang)
"""
"""What every document begins with."""

CALENDAR = (
    HEAD
    + """
#set page("a4", margin: (x: 16mm, top: 16mm, bottom: 20mm), footer: context align(center, text(
  size: 11pt,
  words.number + " · " + str(counter(page).get().first()) + " / " + str(counter(page).final().first()))))
#set text(size: words.size * 1pt)
#show heading: set text(size: 20pt)
= #words.title
#words.site \\
#words.telephone.name #box(if words.telephone.number != "" [*#words.telephone.number*] else [#words.blank])
#v(4pt)
#set table(stroke: 0.6pt, inset: (x: 5pt, y: words.size * 0.32pt))
#table(
  columns: (auto, 1fr, 1fr, 17%),
  table.header(..words.columns.map(cell => [*#cell*])),
  ..words.rows.map(row => row.map(cell => [#cell])).flatten())
#v(4pt)
#for line in words.foot [#line \\
]
#words.lacks
"""
)
"""A title, who to telephone, one table over as many pages as it needs with its head on each, and the foot."""

CARD = (
    HEAD
    + """
#set page("a4", margin: 20mm)
#set text(size: 10pt)
#box(width: 85.6mm, height: 54mm, stroke: (dash: "dashed", thickness: 0.6pt), inset: 4mm)[
  #heading(level: 1, text(size: 12pt, words.title))
  #v(1mm)
  #set text(size: 10.5pt)
  #grid(columns: (auto, 1fr), column-gutter: 3mm, row-gutter: 2mm,
    ..words.facts.map(((name, said)) => ([#name], [*#said*])).flatten())
  #v(1mm)
  #set text(size: 9pt)
  #words.asks
]
#v(6mm)
#words.cut

#words.lacks
"""
)
"""A card of 85.6 by 54 millimetres (ISO/IEC 7810, ID-1), to be cut out."""
