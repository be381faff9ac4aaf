"""Every page of a door, from its URLconf, and what is looked at on each. No page is listed by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import requests

from tests.journeys.demonstration import TRIAL, Demonstration
from tests.journeys.visitor import Visitor

ROUTES = """
import json
from tests.blinding.addresses import addresses
print(json.dumps([[one.name, one.route] for one in addresses() if not one.is_api]))
"""
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
PEOPLE = {
    "clinic": ("investigator", "monitor", "manager", "admin"),
    "pharmacy": ("pharmacist", "statistician", "investigator"),
}
STATE = {
    "consent": "screening",
    "eligibility": "screening",
    "randomize": "eligible",
    "book": "randomized",
    "release": "on_hold",
    "correct_end": "withdrawn",
    "paper_randomization": "eligible",
}
"""The state of the participant whose page it is, where it matters; otherwise somebody on treatment."""

LOOK = """() => {
  const faults = [];
  const apart = ".skip, .hidden-but-read";
  const seen = (it) => it.checkVisibility({ visibilityProperty: true }) && !it.closest(apart);
  const short = (it) => it.outerHTML.slice(0, 110).replace(/\\s+/g, " ");
  const controls = [...document.querySelectorAll("a[href], button, summary, input, select, textarea")]
    .filter((it) => it.type !== "hidden" && seen(it));
  const long = (it) => it.innerText.trim().length;
  const inSentence = (it) => it.matches("a") && long(it.parentElement) > long(it) + 3
    && getComputedStyle(it).display === "inline";
  for (const it of controls) {
    if (inSentence(it)) continue;
    const target = it.matches("[type=radio], [type=checkbox]") ? it.closest("label") : it;
    const box = target.getBoundingClientRect();
    const size = `${box.width.toFixed()} x ${box.height.toFixed()}`;
    if (box.height < 43.5 || box.width < 24) faults.push(`target of ${size}: ${short(it)}`);
  }
  for (const it of controls) {
    it.focus({ focusVisible: true, preventScroll: true });
    const styles = [it, it.closest("label")].filter(Boolean).map((one) => getComputedStyle(one));
    const ring = styles.some((one) => one.outlineStyle !== "none" && parseFloat(one.outlineWidth) >= 2);
    if (document.activeElement === it && !ring) faults.push(`no ring: ${short(it)}`);
  }
  document.activeElement.blur();
  for (const it of document.querySelectorAll(".badge")) {
    if (!it.innerText.trim()) faults.push(`colour alone: ${short(it)}`);
  }
  for (const it of document.querySelectorAll(".square:not(.planned):not(.due):not(.ready)")) {
    if (!it.querySelector("svg")) faults.push(`colour alone: ${short(it)}`);
  }
  for (const it of document.querySelectorAll(".day:not(.planned)")) {
    if (!it.querySelector(".day-state")) faults.push(`colour alone: ${short(it)}`);
  }
  if (document.getAnimations().length) faults.push("something moves, though less motion is wished for");
  return faults;
}"""
SHIFTED = """() => new Promise((done) => {
  let sum = 0;
  const moved = new Set();
  const words = (node) => (node?.nodeType === 1 ? node.outerHTML : node?.textContent) ?? "";
  const at = (box) => `${box.x},${box.y} ${box.width}x${box.height}`;
  const from = (one) => `from ${at(one.previousRect)} to ${at(one.currentRect)}`;
  const tell = (one) => moved.add(`${words(one.node).trim().slice(0, 80)} ${from(one)}`);
  const add = (list) => {
    for (const one of list.getEntries()) {
      if (one.hadRecentInput) continue;
      sum += one.value;
      one.sources.forEach(tell);
    }
  };
  const tellAll = () => done([sum, [...moved].join("; ")]);
  new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(tellAll, 30)));
})"""


@dataclass(frozen=True)
class PageOf:
    """One page: its name in the URLconf, and its address."""

    name: str
    path: str


def routes(demonstration: Demonstration, door: str) -> list[tuple[str, str]]:
    """Name and route of everything behind that door but the API."""
    said = demonstration.manage("shell", "--no-imports", "-c", ROUTES, door=door)
    return [(name, route) for name, route in json.loads(said.splitlines()[-1])]


def pages(demonstration: Demonstration, people: list[Visitor]) -> Iterator[PageOf]:
    """Every page of these people's door with what the demonstration knows filled in."""
    found = Found(demonstration, people)
    for name, route in routes(demonstration, people[0].door):
        yield PageOf(name, found.path(name, route))


class Found:
    """What stands in addresses, as the people find it on pages."""

    def __init__(self, demonstration: Demonstration, people: list[Visitor]) -> None:
        self.demonstration, self.people = demonstration, people
        self._numbers: dict[str, str] = {}
        self._links: dict[str, str] = {}

    def path(self, name: str, route: str) -> str:
        """The route with its parameters filled in."""
        return "/" + PARAMETER.sub(lambda at: self.value(at[1], name), route)

    def value(self, parameter: str, name: str) -> str:
        """Something for that parameter of that page."""
        if parameter == "number":
            return self.number(STATE.get(name, "on_treatment"))
        if parameter in {"preparation", "lot"}:
            return self.link({"preparation": "/preparations/", "lot": "/stock/"}[parameter])
        made = {"revoke_token": self.token, "end_duty": self.duty, "invitation": self.invitation}
        if name in made and parameter != "username":
            return made[name]()
        if parameter == "visit":
            return self.unscheduled(self.number(STATE.get(name, "on_treatment")))
        known = {
            "injection": "1",
            "code": "V1",
            "sequence": "1",
            "trial": TRIAL,
            "topic": "words",
        }
        return (known | {"username": "nurse"}).get(parameter, "x")

    @property
    def admin(self) -> Visitor:
        """Who sees what can be done about people."""
        return next(person for person in self.people if person.person == "admin")

    def token(self) -> str:
        """The beginning of a token that the nurse's system has."""
        self.demonstration.token("nurse", door="clinic")
        return re.findall(r'/tokens/([^/"]+)/"', shown(self.admin, "/people/nurse/"))[0]

    def unscheduled(self, number: str) -> str:
        """The number of an unscheduled visit of that participant, recorded by the nurse's system now."""
        answer = requests.post(
            f"{self.demonstration.clinic}/api/v1/trials/{TRIAL}/participants/{number}/unscheduled-visits/",
            json={"day": (date.today() - timedelta(days=1)).isoformat(), "reason": "Fever"},
            headers={
                "Authorization": f"Bearer {self.demonstration.token('nurse', door='clinic')}",
                "Idempotency-Key": f"every-page-{number}",
            },
            timeout=30,
        )
        return str(answer.json()["number"])

    def duty(self) -> str:
        """The nurse's duty."""
        return re.findall(r"/duties/([0-9a-f-]{36})/end/", shown(self.admin, "/people/nurse/"))[0]

    def invitation(self) -> str:
        """The link that the administrator hands to a new nurse."""
        admin = self.admin
        admin.go("/people-invite/")
        admin.write("First name", "Zoé")
        admin.write("Last name", "Lambert")
        admin.write("Log-in name", "newcomer")
        admin.page.get_by_label("Duty").select_option("study_nurse")
        admin.write("Why", "Begins in December.")
        admin.tap("Invite", role="button")
        return admin.page.locator("p.code").inner_text().rstrip("/").rpartition("/")[2]

    def number(self, state: str) -> str:
        """The first participant in that state."""
        if state not in self._numbers:
            text = self.text(f"/participants/?state={state}")
            self._numbers[state] = re.findall(r'href="/participants/([A-Z]+-\d+-\d)/"', text)[0]
        return self._numbers[state]

    def link(self, page: str) -> str:
        """The first thing that the page links to by its id."""
        if page not in self._links:
            self._links[page] = re.findall(rf'href="{page}([0-9a-f-]{{36}})/', self.text(page))[0]
        return self._links[page]

    def text(self, path: str) -> str:
        """The page as the first of the people gets it, without looking at it."""
        return next(filter(None, (shown(person, path) for person in self.people)), "")


def shown(person: Visitor, path: str) -> str:
    """The page of that address if there is one for this person; empty if it leads elsewhere."""
    answer = person.context.request.get(person.base + path, max_redirects=0)
    is_page = answer.status == 200 and "text/html" in answer.headers.get("content-type", "")
    return answer.text() if is_page else ""


def looked_at(visitor: Visitor) -> list[str]:
    """What is wrong on the page as it stands, but for what axe sees."""
    faults: list[str] = visitor.page.evaluate(LOOK)
    visitor.page.set_viewport_size({"width": 640, "height": 512})  # 1280 x 1024 at 200 %
    if visitor.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        faults.append("too wide at 200 %")
    return faults


def shifted(visitor: Visitor) -> tuple[float, str]:
    """How much of the page has moved since it began to load (the sum of layout shifts), and what."""
    moved, what = visitor.page.evaluate(SHIFTED)
    return float(moved), str(what)
