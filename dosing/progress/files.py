"""A figure to take along: a table, a picture, a page. The same facts give the same bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date

from reportlab.graphics.shapes import Drawing as Sheet
from reportlab.graphics.shapes import PolyLine, Rect, String
from reportlab.lib import colors
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from dosing.core.drawing import COLOURS, WIDTH, Drawing, Line, Rectangle, Shape
from dosing.progress.figure import Cell, Figure
from trial.core.french import printable
from trial.wording.words import medium_day

KINDS = {"csv": "text/csv; charset=utf-8", "svg": "image/svg+xml", "pdf": "application/pdf"}
"""Kind -> media type."""

HEAD = ParagraphStyle("head", fontName="Helvetica-Bold", fontSize=18, leading=22, spaceAfter=6)
TEXT = ParagraphStyle("text", fontName="Helvetica", fontSize=10.5, leading=14, spaceAfter=4)
CELL = ParagraphStyle("cell", fontName="Helvetica", fontSize=9.5, leading=12)
TITLE = ParagraphStyle("title", parent=CELL, fontName="Helvetica-Bold")


def as_csv(figure: Figure) -> bytes:
    """The table in UTF-8 with a header. What a spreadsheet would take for a formula gets an apostrophe."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(figure.columns)
    writer.writerows([_safe(cell) for cell in row] for row in figure.rows)
    return sheet.getvalue().encode()


def _safe(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in set("=+-@\t\r") else cell


def as_picture(figure: Figure) -> bytes:
    """The chart as a file of SVG."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{figure.svg}\n'.encode()


def as_page(figure: Figure, *, language: str, facts: Sequence[str]) -> bytes:
    """Title, chart, table, and at the foot of every sheet `facts`: of what, for whom, when."""
    file = io.BytesIO()
    document = SimpleDocTemplate(
        file,
        pagesize=A4,
        invariant=1,
        lang=language[:2],
        title=figure.title,
        author="Velum",
        leftMargin=18 * mm,
        rightMargin=18 * mm,
        topMargin=16 * mm,
        bottomMargin=20 * mm,
    )

    def foot(canvas: object, _document: object) -> None:
        canvas.setFont("Helvetica", 8)  # type: ignore[attr-defined]
        canvas.drawString(18 * mm, 12 * mm, printable(" · ".join(facts)))  # type: ignore[attr-defined]

    document.build(_story(figure, document.width), onFirstPage=foot, onLaterPages=foot)
    return file.getvalue()


def _story(figure: Figure, width: float) -> list[Flowable]:
    story: list[Flowable] = [Paragraph(_plain(figure.title), HEAD), Paragraph(_plain(figure.sentence), TEXT)]
    if figure.drawing:
        story += [Spacer(1, 6), _sheet(figure.drawing), Spacer(1, 12)]
    story.append(_table(figure, width) if figure.rows else Paragraph(_plain(figure.empty), TEXT))
    if figure.note:
        story += [Spacer(1, 8), Paragraph(_plain(figure.note), TEXT)]
    return story


def _table(figure: Figure, width: float) -> Table:
    head = [Paragraph(_plain(name), TITLE) for name in figure.columns]
    rows = [[Paragraph(_plain(cell), CELL) for cell in row] for row in figure.rows]
    others = len(figure.columns) - 1
    first = width * (0.7 if others == 1 else 0.3)
    widths = [first, *([(width - first) / others] * others)]
    style = [("LINEBELOW", (0, 0), (-1, -1), 0.5, colors.grey), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    return Table([head, *rows], colWidths=widths, repeatRows=1, style=TableStyle(style))


def _plain(cell: Cell) -> str:
    """Words for reportlab, which reads tags."""
    text = printable(medium_day(cell) if isinstance(cell, date) else str(cell))
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _sheet(drawing: Drawing) -> Sheet:
    sheet = Sheet(WIDTH, drawing.height)
    for shape in drawing.shapes:
        sheet.add(_drawn(shape, drawing.height))
    return sheet


def _drawn(shape: Shape, height: float) -> object:
    """One shape for paper, where y grows upwards."""
    if isinstance(shape, Rectangle):
        colour = HexColor(COLOURS[shape.look])
        fill, border = (colors.white, colour) if shape.outline else (colour, None)
        bottom = height - shape.y - shape.height
        return Rect(shape.x, bottom, shape.width, shape.height, fillColor=fill, strokeColor=border)
    if isinstance(shape, Line):
        points = [value for x, y in shape.points for value in (x, height - y)]
        dashes = [6, 4] if shape.dashed else None
        look = HexColor(COLOURS[shape.look])
        return PolyLine(points, strokeColor=look, strokeWidth=shape.thick, strokeDashArray=dashes)
    font = "Helvetica-Bold" if shape.bold else "Helvetica"
    text = String(shape.x, height - shape.y, printable(shape.text), fontName=font, fontSize=shape.size)
    text.fillColor, text.textAnchor = HexColor(COLOURS[shape.look]), shape.anchor
    return text
