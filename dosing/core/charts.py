"""Three kinds of chart from numbers and words: bars of parts, a curve beside its plan, a flow of people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dosing.core.drawing import LETTER, NORMAL, SMALL, WIDTH, Drawing, Line, Rectangle, Shape, Words, wrapped

BAR = 16.0
LEADING = 17.0


@dataclass(frozen=True)
class Part:
    """A part of a bar: how many, the same in words (`12 given`), and how it looks."""

    count: int
    label: str
    look: str


@dataclass(frozen=True)
class Bar:
    """One bar: its name and its parts. Below it stands every part that is not empty, in words."""

    name: str
    parts: tuple[Part, ...]

    @property
    def total(self) -> int:
        """The sum of the parts."""
        return sum(part.count for part in self.parts)

    @property
    def words(self) -> str:
        """`12 given · 1 missed`; the parts that are empty are left out."""
        return " · ".join(part.label for part in self.parts if part.count)


def bars(rows: Sequence[Bar], *, empty: str) -> Drawing:
    """Bars under each other on one scale. `empty` is said of a bar without anything, and without bars."""
    longest = max((row.total for row in rows), default=0) or 1
    shapes: list[Shape] = [] if rows else [Words(0, NORMAL, empty, "soft")]
    y = 0.0 if rows else LEADING
    for row in rows:
        y = _bar(shapes, row, y, longest, empty)
    return Drawing(tuple(shapes), y)


def _bar(shapes: list[Shape], row: Bar, y: float, longest: int, empty: str) -> float:
    shapes.append(Words(0, y + NORMAL, row.name, bold=True))
    shapes.append(Words(WIDTH, y + NORMAL, str(row.total), anchor="end", bold=True))
    y += NORMAL + 6
    x = 0.0
    shapes.append(Rectangle(0, y, WIDTH, BAR, "line", outline=True))
    for part in row.parts:
        width = part.count / longest * WIDTH
        if part.count:
            shapes.append(Rectangle(x, y, max(width - 1, 1), BAR, part.look))
        x += width
    y += BAR + LEADING
    for line in wrapped(row.words or empty, WIDTH):
        shapes.append(Words(0, y, line, "soft", SMALL))
        y += LEADING
    return y + 6


@dataclass(frozen=True)
class Curve:
    """Counts over time: `points` lie between 0 and 1 of the time shown; `end` is written beside the last."""

    points: tuple[tuple[float, float], ...]
    end: str
    plan: bool = False


@dataclass(frozen=True)
class Axis:
    """What stands along the sides: the highest count, and the words below with their places in time."""

    highest: int
    ticks: tuple[tuple[float, str], ...]


LEFT, RIGHT, TOP, FOOT, PLOT = 30.0, 6.0, 20.0, 26.0, 200.0


def curves(lines: Sequence[Curve], axis: Axis) -> Drawing:
    """Curves over one axis, the plan dashed. Each curve is named at its end, above or below its line."""
    shapes: list[Shape] = []
    for count in _steps(axis.highest):
        y = _height(count, axis)
        shapes.append(Line(((LEFT, y), (WIDTH - RIGHT, y)), "line"))
        shapes.append(Words(LEFT - 6, y + 4, str(count), "soft", SMALL, "end"))
    for place, words in axis.ticks:
        anchor = "start" if place < 0.06 else "end" if place > 0.94 else "middle"
        shapes.append(Words(_across(place), TOP + PLOT + 18, words, "soft", SMALL, anchor))
    for curve in lines:
        shapes += _curve(curve, axis)
    return Drawing(tuple(shapes), TOP + PLOT + FOOT)


def _curve(curve: Curve, axis: Axis) -> list[Shape]:
    """The line and its name: a plan's before its end, where a rising line leaves room; a count's after it."""
    points = tuple((_across(place), _height(count, axis)) for place, count in curve.points)
    x, y = points[-1]
    if curve.plan:
        name = Words(x - 16, y + 2, curve.end, "soft", SMALL, "end")
        return [Line(points, "plan", 2.0, dashed=True), name]
    room = x + 8 + len(curve.end) * SMALL * LETTER < WIDTH
    place = (x + 8, y + 5, "start") if room else (x, y - 8, "end")
    name = Words(*place[:2], curve.end, "ink", SMALL, place[2], bold=True)
    return [Line(points, "open", 3.0), name]


def _across(place: float) -> float:
    return LEFT + place * (WIDTH - LEFT - RIGHT)


def _height(count: float, axis: Axis) -> float:
    return TOP + PLOT * (1 - count / axis.highest)


def _steps(highest: int) -> list[int]:
    """Four or five round counts from nothing to the highest."""
    step = next(
        size * 10**zeros for zeros in range(9) for size in (1, 2, 5) if size * 10**zeros * 5 >= highest
    )
    return list(range(0, highest + 1, step))


@dataclass(frozen=True)
class Box:
    """A box of a flow: a head with its number, and lines below it."""

    head: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stage:
    """A step of the flow: the box that people pass, and the one in which some of them stay."""

    main: Box
    side: Box | None = None


MAIN, GAP, INSET = 196.0, 28.0, 9.0
SPINE = MAIN / 2


def flow(stages: Sequence[Stage]) -> Drawing:
    """Boxes from top to bottom with arrows, as CONSORT draws them; who leaves stands at the side."""
    shapes: list[Shape] = []
    y = 1.0
    for place, stage in enumerate(stages):
        bottom = _box(shapes, stage.main, 1, y, MAIN)
        if stage.side:
            middle = bottom + 18
            end = _box(shapes, stage.side, MAIN + GAP, bottom + 2, WIDTH - MAIN - GAP - 1)
            shapes.append(Line(((SPINE, bottom), (SPINE, middle)), "soft", 1.5))
            shapes += _arrow((SPINE, middle), (MAIN + GAP, middle))
            below = max(end, bottom + 18) + 18
        else:
            below = bottom + 26
        if place < len(stages) - 1:
            shapes += _arrow((SPINE, bottom), (SPINE, below))
        y = below if place < len(stages) - 1 else max(bottom, below - 18)
    return Drawing(tuple(shapes), y + 2)


def _box(shapes: list[Shape], box: Box, x: float, y: float, width: float) -> float:
    """Add a box; returns where it ends."""
    head = wrapped(box.head, width - 2 * INSET, SMALL + 0.8)
    body = [part for line in box.lines for part in wrapped(line, width - 2 * INSET)]
    height = LEADING * (len(head) + len(body)) + 2 * INSET - 3
    shapes.append(Rectangle(x, y, width, height, "soft", outline=True))
    for place, line in enumerate([*head, *body]):
        bold = place < len(head)
        shapes.append(Words(x + INSET, y + INSET + LEADING * (place + 0.7), line, "ink", SMALL, bold=bold))
    return y + height


def _arrow(start: tuple[float, float], end: tuple[float, float]) -> list[Shape]:
    (x, y), down = end, start[0] == end[0]
    head = ((x - 4, y - 6), (x, y), (x + 4, y - 6)) if down else ((x - 6, y - 4), (x, y), (x - 6, y + 4))
    return [Line((start, end), "soft", 1.5), Line(head, "soft", 1.5)]
