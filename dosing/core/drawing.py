"""A drawing as values: shapes on a sheet, and the SVG that shows them. No colour carries a meaning alone.

Lengths are units of a sheet that is WIDTH wide, about CSS pixels on a telephone; y grows downwards. Each
shape has a `look`: a name that a page's style sheet may colour for its theme, with a colour of its own for
files.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree

WIDTH = 420
FONT = "Inter, Helvetica, Arial, sans-serif"
SMALL, NORMAL = 12.5, 14.0
LETTER = 0.5
"""The width of a letter on average, in units of its size."""

COLOURS = {
    "done": "#12683a",
    "hold": "#b57a1a",
    "late": "#a81e17",
    "open": "#0b5c69",
    "planned": "#c3ccd4",
    "stopped": "#6f7c88",
    "ink": "#15202b",
    "soft": "#4d5b69",
    "line": "#c3ccd4",
    "plan": "#6f7c88",
    "paper": "#ffffff",
}
"""Look -> the colour that a file has for it."""


@dataclass(frozen=True)
class Rectangle:
    """A filled rectangle; with `outline` it is white with a border."""

    x: float
    y: float
    width: float
    height: float
    look: str
    outline: bool = False


@dataclass(frozen=True)
class Line:
    """A line through points; `dashed` tells a plan from what happened."""

    points: tuple[tuple[float, float], ...]
    look: str
    thick: float = 1.0
    dashed: bool = False


@dataclass(frozen=True)
class Words:
    """One line of text; `x` is its start, middle or end, `y` its base line."""

    x: float
    y: float
    text: str
    look: str = "ink"
    size: float = NORMAL
    anchor: str = "start"
    bold: bool = False


Shape = Rectangle | Line | Words


@dataclass(frozen=True)
class Drawing:
    """Shapes on a sheet WIDTH wide and `height` high."""

    shapes: tuple[Shape, ...]
    height: float


def wrapped(text: str, width: float, size: float = SMALL) -> list[str]:
    """The text in lines that fit a width, reckoned by the width of an average letter."""
    most, lines = max(1, int(width / (size * LETTER))), [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > most:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def as_svg(drawing: Drawing, *, title: str, description: str, name: str) -> str:
    """The drawing as one SVG element with a name and a description for whoever does not see it.

    `name` makes its identifiers the only ones of a page. The colours are attributes, so the file is whole by
    itself; classes let a style sheet override them. Numbers are written with points in every language.
    """
    root = ElementTree.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": "drawing",
            "viewBox": f"0 0 {WIDTH} {_short(drawing.height)}",
            "role": "img",
            "aria-labelledby": f"{name}-title {name}-desc",
            "font-family": FONT,
        },
    )
    ElementTree.SubElement(root, "title", {"id": f"{name}-title"}).text = title
    ElementTree.SubElement(root, "desc", {"id": f"{name}-desc"}).text = description
    for shape in drawing.shapes:
        _add(root, shape)
    return ElementTree.tostring(root, encoding="unicode")


def _add(root: ElementTree.Element, shape: Shape) -> None:
    if isinstance(shape, Rectangle):
        place = {"x": shape.x, "y": shape.y, "width": shape.width, "height": shape.height}
        ElementTree.SubElement(root, "rect", _lengths(place) | _filled(shape))
    elif isinstance(shape, Line):
        points = " ".join(f"{_short(x)},{_short(y)}" for x, y in shape.points)
        ElementTree.SubElement(root, "polyline", {"points": points} | _stroke(shape))
    else:
        ElementTree.SubElement(
            root, "text", _lengths({"x": shape.x, "y": shape.y}) | _type(shape)
        ).text = shape.text


def _filled(shape: Rectangle) -> dict[str, str]:
    if not shape.outline:
        return {"class": f"fill-{shape.look}", "fill": COLOURS[shape.look]}
    border = {"stroke": COLOURS[shape.look], "stroke-width": "1.5"}
    return {"class": f"border-{shape.look}", "fill": COLOURS["paper"]} | border


def _stroke(shape: Line) -> dict[str, str]:
    dashes = {"stroke-dasharray": "6 4"} if shape.dashed else {}
    return {
        "class": f"stroke-{shape.look}",
        "fill": "none",
        "stroke": COLOURS[shape.look],
        "stroke-width": _short(shape.thick),
    } | dashes


def _type(shape: Words) -> dict[str, str]:
    bold = {"font-weight": "650"} if shape.bold else {}
    return {
        "class": f"fill-{shape.look}",
        "fill": COLOURS[shape.look],
        "font-size": _short(shape.size),
        "text-anchor": shape.anchor,
    } | bold


def _lengths(place: dict[str, float]) -> dict[str, str]:
    return {name: _short(value) for name, value in place.items()}


def _short(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
