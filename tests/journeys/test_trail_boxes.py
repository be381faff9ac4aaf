"""The trail can be read at any width: no column runs into the next one, and nothing leaves the window."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import Visit
from tests.journeys.visitor import Visitor

WIDTHS = (390, 768, 1280, 1440, 1920)

OVERLAPS = """() => {
  const found = [];
  const box = (cell) => {
    const range = document.createRange();
    range.selectNodeContents(cell);
    return range.getBoundingClientRect();
  };
  for (const row of document.querySelectorAll("table.trail tr")) {
    const cells = [...row.children].filter((cell) => cell.offsetWidth > 1);
    const boxes = cells.map(box);
    boxes.forEach((one, i) => {
      const own = cells[i].getBoundingClientRect();
      if (one.right > own.right + 1 || one.left < own.left - 1) found.push("leaves: " + cells[i].innerText);
      boxes.slice(i + 1).forEach((other, j) => {
        const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
        const high = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
        if (wide > 1 && high > 1) found.push(cells[i].innerText + " | " + cells[i + 1 + j].innerText);
      });
    });
  }
  if (document.documentElement.scrollWidth > window.innerWidth) found.push("wider than the window");
  return found;
}"""
PLANT = """() => {
  const cell = document.querySelector("table.trail tbody td:nth-child(3)");
  cell.style.whiteSpace = "nowrap";
  cell.textContent = "calendar.planned_again_by_a_new_protocol_version".repeat(3);
}"""


def overlaps(person: Visitor, width: int) -> list[str]:
    person.page.set_viewport_size({"width": width, "height": 900})
    found: list[str] = person.page.evaluate(OVERLAPS)
    return found


@pytest.mark.parametrize(
    ("who", "door", "address"),
    [("monitor", "clinic", "/audit/"), ("statistician", "pharmacy", "/sealed-trail/")],
)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_column_of_the_trail_runs_into_the_next(
    visit: Visit, who: str, door: str, address: str, language: str
) -> None:
    person = visit(who, door=door)
    person.speak(language)
    person.go(address)
    assert person.page.locator("table.trail tbody tr").count() > 10
    assert {width: found for width in WIDTHS if (found := overlaps(person, width))} == {}


def test_a_code_that_does_not_break_is_seen(visit: Visit) -> None:
    """A planted fault, as the trail was before: a word longer than its column."""
    monitor = visit("monitor")
    monitor.go("/audit/")
    monitor.page.evaluate(PLANT)
    assert all(overlaps(monitor, width) for width in WIDTHS)
