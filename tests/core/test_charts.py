"""Charts drawn from numbers: nothing leaves the sheet, the words are all there, the file stands by itself."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree

import pytest

from dosing.core.charts import Axis, Bar, Box, Curve, Part, Stage, bars, curves, flow
from dosing.core.drawing import COLOURS, LETTER, WIDTH, Drawing, Line, Rectangle, Words, as_svg, wrapped
from dosing.core.recruitment import counted_by, months_between, planned_by

ROWS = (
    Bar(
        "Course 1",
        (Part(60, "60 given", "done"), Part(3, "3 missed", "late"), Part(0, "0 stopped", "stopped")),
    ),
    Bar("Course 2", (Part(21, "21 given", "done"), Part(42, "42 planned", "planned"))),
)
STAGES = (
    Stage(
        Box("Assessed (n = 12345)"),
        Box("Not randomised (n = 45)", ("not eligible (n = 40)", "– I7 (n = 40)")),
    ),
    Stage(Box("Randomised (n = 12300)", ("of them in error (n = 1)",))),
)
CURVES = (
    Curve(((0, 0), (1, 36)), "plan: 36", plan=True),
    Curve(((0, 0), (0.4, 12), (0.6, 14)), "randomised: 14"),
)
DRAWINGS = {
    "bars": bars(ROWS, empty="Nothing yet."),
    "flow": flow(STAGES),
    "curves": curves(CURVES, Axis(36, ((0.0, "Jan 2026"), (0.5, "Jul 2026"), (1.0, "Jan 2027")))),
    "nothing": bars((), empty="Nothing yet."),
}


def texts(drawing: Drawing) -> list[str]:
    return [shape.text for shape in drawing.shapes if isinstance(shape, Words)]


def extent(shape: object) -> list[tuple[float, float]]:
    """The corners of a shape; text as wide as its letters are on average."""
    if isinstance(shape, Rectangle):
        return [(shape.x, shape.y), (shape.x + shape.width, shape.y + shape.height)]
    if isinstance(shape, Line):
        return list(shape.points)
    assert isinstance(shape, Words)
    width = len(shape.text) * shape.size * LETTER
    start = shape.x - width * {"start": 0, "middle": 0.5, "end": 1}[shape.anchor]
    return [(start, shape.y), (start + width, shape.y)]


@pytest.mark.parametrize("name", DRAWINGS)
def test_nothing_leaves_the_sheet(name: str) -> None:
    drawing = DRAWINGS[name]
    corners = [corner for shape in drawing.shapes for corner in extent(shape)]
    assert all(-0.01 <= x <= WIDTH + 0.01 and -0.01 <= y <= drawing.height for x, y in corners)


def test_every_part_that_is_not_empty_is_said_in_words() -> None:
    assert "60 given · 3 missed" in texts(DRAWINGS["bars"])
    assert not [text for text in texts(DRAWINGS["bars"]) if "stopped" in text]


def test_the_parts_of_a_bar_are_as_long_as_their_counts() -> None:
    widths = [
        shape.width for shape in DRAWINGS["bars"].shapes if isinstance(shape, Rectangle) and not shape.outline
    ]
    assert [round(width + 1) for width in widths] == [round(WIDTH * n / 63) for n in (60, 3, 21, 42)]


def test_only_the_plan_is_dashed() -> None:
    lines = [shape for shape in DRAWINGS["curves"].shapes if isinstance(shape, Line) and shape.thick > 1]
    assert [(line.look, line.dashed) for line in lines] == [("plan", True), ("open", False)]


def test_the_file_names_itself_and_needs_nothing_else() -> None:
    root = ElementTree.fromstring(
        as_svg(DRAWINGS["bars"], title="Doses", description="81 given.", name="doses")
    )
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"] == "doses-title doses-desc"
    assert [child.text for child in root[:2]] == ["Doses", "81 given."]
    assert {one.attrib["fill"] for one in root.iter() if "fill" in one.attrib} <= {"none", *COLOURS.values()}
    assert not [one for one in root.iter() if "style" in one.attrib or "href" in str(one.attrib)]


def test_text_is_wrapped_between_words() -> None:
    assert wrapped("not eligible, for several reasons", 100) == ["not eligible,", "for several", "reasons"]


@pytest.mark.parametrize(
    ("day", "planned"),
    [
        (date(2026, 1, 1), 0),
        (date(2026, 7, 2), 18),
        (date(2026, 12, 31), 36),
        (date(2028, 1, 1), 36),
        (date(2025, 1, 1), 0),
    ],
)
def test_the_plan_is_even_and_ends_at_the_target(day: date, planned: int) -> None:
    assert planned_by(day, opened=date(2026, 1, 1), months=12, target=36) == planned


def test_months_and_counts_include_both_ends() -> None:
    days = [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 1)]
    assert list(months_between(days[0], days[2])) == [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]
    assert [counted_by(days, day) for day in days] == [1, 2, 3]
