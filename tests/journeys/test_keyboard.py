"""A nurse without a mouse: everything is reached by Tab, in the order of the page, and works by Enter."""

from __future__ import annotations

from tests.journeys.conftest import Visit
from tests.journeys.visitor import Visitor

FOCUSED = """() => {
  const it = document.activeElement;
  if (it === document.body) return "";
  return `${it.tagName} ${it.getAttribute("href") || it.name || ""} ${it.innerText || ""}`;
}"""
IN_ORDER = """() => [...document.querySelectorAll("a[href], button, summary, input, select, textarea")]
  .filter((it) => it.type !== "hidden" && (it.matches(".skip") || it.checkVisibility()))
  .map((it) => `${it.tagName} ${it.getAttribute("href") || it.name || ""} ${it.innerText || ""}`)"""


def tab(person: Visitor) -> str:
    """Press Tab; what has the focus now."""
    person.page.keyboard.press("Tab")
    return str(person.page.evaluate(FOCUSED)).strip()


def tab_to(person: Visitor, words: str, most: int = 80) -> None:
    """Press Tab until something with those words has the focus."""
    for _press in range(most):
        if words in tab(person):
            return
    raise AssertionError(f"{words} is not reached by Tab")


def enter(person: Visitor) -> None:
    """Press Enter, and examine the page that comes."""
    with person.page.expect_navigation():
        person.page.keyboard.press("Enter")
    person.examine()


def test_the_first_tab_leads_to_the_content(visit: Visit) -> None:
    nurse = visit("nurse")
    nurse.go("/today/")
    assert "#content" in tab(nurse)
    nurse.page.keyboard.press("Enter")
    assert "Today" not in tab(nurse)  # past the navigation


def test_tab_goes_through_the_whole_page_in_its_order_and_is_never_caught(visit: Visit) -> None:
    nurse = visit("nurse")
    nurse.go("/today/")
    wanted = [one.strip() for one in nurse.page.evaluate(IN_ORDER)]
    assert [tab(nurse) for _one in wanted] == wanted


def test_a_visit_is_recorded_without_a_mouse(visit: Visit) -> None:
    nurse = visit("nurse")
    nurse.go("/today/")
    tab_to(nurse, "Open the visit")
    enter(nurse)
    tab_to(nurse, "Record")
    enter(nurse)
    nurse.sees("is recorded: done.")


def test_a_menu_opens_and_closes_by_keyboard(visit: Visit) -> None:
    nurse = visit("nurse")
    nurse.go("/today/")
    tab_to(nurse, "SUMMARY")
    nurse.page.keyboard.press("Enter")
    assert nurse.page.locator(".door details[open]").count() == 1
    nurse.page.keyboard.press("Escape")
    assert nurse.page.locator(".door details[open]").count() == 0
    assert nurse.page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_what_is_wrong_gets_the_focus_and_leads_to_its_question(visit: Visit) -> None:
    nurse = visit("nurse")
    nurse.go("/today/")
    nurse.tap("Injection given")
    nurse.tap("Not given")
    nurse.tap("Record", role="button", status=422)
    assert nurse.page.evaluate("document.activeElement.className") == "problem-list"
    tab_to(nurse, "#id_reason", most=2)
    nurse.page.keyboard.press("Enter")
    assert "reason" in tab(nurse)
    described = nurse.page.locator("#id_reason").get_attribute("aria-describedby") or ""
    assert nurse.page.locator(f"#{described.split()[-1]}").is_visible()
