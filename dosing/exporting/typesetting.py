"""Paper that is read aloud as well: tagged PDF (PDF/UA-1) with its fonts inside, set by typst.

The same words give the same bytes: no clock is read, and no font of the machine is used.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import typst


def pdf(source: str, words: Mapping[str, object]) -> bytes:
    """Set a document. Its words come in as data, so that none of them can be taken for markup."""
    made = typst.compile(
        source.encode(),
        format="pdf",
        sys_inputs={"words": json.dumps(words, ensure_ascii=False, sort_keys=True)},
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
        timestamp=0,
    )
    if not isinstance(made, bytes):
        raise TypeError("A document of typst comes as one file.")
    return made


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
"""
)
"""A card of 85.6 by 54 millimetres (ISO/IEC 7810, ID-1), to be cut out."""
