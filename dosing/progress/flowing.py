"""The participant flow of CONSORT 2025, as far as a blinded trial can draw it: one column, no arms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from dosing.core.charts import Box, Stage, flow
from dosing.progress.facts import Facts, Person
from dosing.progress.figure import Cell, Figure
from trial.core.protocol import Protocol
from trial.models import EndReason, Status
from trial.queries import CountedEnd
from trial.refusals import in_page_language

BEFORE = (Status.SCREENING, Status.ELIGIBLE)

Counted = tuple[str, int]
"""Words, and how many they are said of."""


@dataclass(frozen=True)
class Group:
    """Some participants under one heading, and what they are made up of. Parts that are empty are not said.

    A part that begins with a dash is a criterion: the diagram writes its number, the table its words.
    """

    head: str
    count: int
    parts: tuple[Counted, ...] = ()

    @property
    def rows(self) -> list[tuple[Cell, ...]]:
        """The group as rows of the table; what it is made up of stands behind a dash."""
        return [(self.head, self.count), *((f"– {name}", count) for name, count in self.parts if count)]

    @property
    def box(self) -> Box:
        """The group as the diagram writes it."""
        lines = ((name.partition(":")[0] if name.startswith("–") else name, n) for name, n in self.parts if n)
        return Box(_written(self.head, self.count), tuple(_written(*line) for line in lines))


def _written(name: str, count: int) -> str:
    return f"{name} (n\u00a0=\u00a0{count})"


def participant_flow(facts: Facts) -> Figure:
    """Assessed, excluded with reasons, randomised, treated, followed (the diagram of CONSORT 2025)."""
    pairs = _pairs(facts)
    drawn = sum(bool(person.randomized) for person in facts.people)
    said = {"all": len(facts.people), "drawn": drawn}
    sentence = _("%(all)s were assessed for eligibility, %(drawn)s of them randomised.") % said
    if facts.mistakes:
        sentence += " " + _mistaken(facts.mistakes)
    return Figure(
        key="flow",
        title=_("Participant flow (CONSORT 2025)"),
        sentence=sentence,
        columns=(_("Step"), _("Participants")),
        rows=[row for pair in pairs for group in pair for row in group.rows]
        + ([(_("Screened by mistake, not counted"), facts.mistakes)] if facts.mistakes else []),
        drawing=flow([Stage(main.box, side.box) for main, side in pairs]),
        note=_("The arms stand beside each other only when the trial is over and its list has been opened."),
    )


def _mistaken(count: int) -> str:
    """How many numbers were given by mistake and are in no count."""
    return ngettext(
        "%(n)s number was given by mistake and is not counted.",
        "%(n)s numbers were given by mistake and are not counted.",
        count,
    ) % {"n": count}


def _pairs(facts: Facts) -> list[tuple[Group, Group]]:
    """Each step of the way: who came to it, and who did not go on or not yet."""
    people = facts.people
    drawn = [person for person in people if person.randomized]
    begun = [person for person in drawn if person.begun]
    return [
        (Group(_("Assessed for eligibility"), len(people)), _not_randomized(people, facts.protocol)),
        (Group(pgettext("count", "Randomised"), len(drawn), _in_error(drawn)), _not_begun(drawn)),
        (Group(_("Began treatment"), len(begun), _treatment(begun)), _stopped(begun)),
        (Group(_("Follow-up"), len(drawn), _followed(drawn)), _left(drawn)),
    ]


def _not_randomized(people: Iterable[Person], protocol: Protocol) -> Group:
    """Excluded with reasons; and apart from them who is still on the way."""
    others = [person for person in people if not person.randomized]
    failed = [person for person in others if person.status == Status.SCREEN_FAILED]
    left = [person for person in others if person.status == Status.WITHDRAWN]
    waiting = [person for person in others if person.status in BEFORE]
    why = _reasons(failed, protocol)
    parts = (
        (_("not eligible"), len(failed)),
        *why,
        *_ended(person.ends[-1] for person in left),
        (_("still being screened"), len(waiting)),
    )
    return Group(_("Not randomised"), len(others), parts)


def _reasons(failed: Iterable[Person], protocol: Protocol) -> tuple[Counted, ...]:
    """Each criterion that somebody failed, in the protocol's words; nobody's own values stand here.

    Some people fail more than one, so the numbers may add up to more than the people.
    """
    counts = Counter(name for person in failed for name in person.failures)
    order = [(criterion.id, criterion.text) for criterion in protocol.criteria]
    words = [(f"– {name}: {in_page_language(text)}", counts.pop(name, 0)) for name, text in order]
    return (*words, *((f"– {name}", count) for name, count in sorted(counts.items())))


def _in_error(drawn: list[Person]) -> tuple[Counted, ...]:
    return ((_("of them in error"), sum(person.in_error for person in drawn)),)


def _not_begun(drawn: list[Person]) -> Group:
    others = [person for person in drawn if not person.begun]
    over = [person for person in others if _ended_treatment(person)]
    stopped = [person.stopped for person in over if person.stopped]
    parts = (
        (_("day 1 lies ahead"), len(others) - len(over)),
        *_ended(stopped),
        (_("every injection missed"), len(over) - len(stopped)),
    )
    return Group(_("Treatment not begun"), len(others), parts)


def _ended_treatment(person: Person) -> bool:
    return person.status in {Status.WITHDRAWN, Status.FOLLOW_UP, Status.COMPLETED}


def _treatment(begun: list[Person]) -> tuple[Counted, ...]:
    states = Counter(person.status for person in begun)
    finished = sum(_finished(person) for person in begun)
    on = states[Status.ON_TREATMENT] + states[Status.RANDOMIZED]
    return ((_("on treatment"), on), (_("on hold"), states[Status.ON_HOLD]), (_("finished"), finished))


def _finished(person: Person) -> bool:
    """Whether treatment went to its planned end: who stopped early and came to every visit has not."""
    return _ended_treatment(person) and not person.stopped


def _stopped(begun: list[Person]) -> Group:
    stopped = [person.stopped for person in begun if person.stopped]
    return Group(_("Treatment stopped"), len(stopped), _ended(stopped))


def _followed(drawn: list[Person]) -> tuple[Counted, ...]:
    """Who stopped treatment early and came to what was left is counted apart from who completed."""
    early = sum(person.status == Status.COMPLETED and bool(person.stopped) for person in drawn)
    states = Counter(person.status for person in drawn)
    still = sum(states[state] for state in (Status.RANDOMIZED, Status.ON_TREATMENT, Status.ON_HOLD))
    return (
        (_("treatment lies ahead or goes on"), still),
        (_("in follow-up"), states[Status.FOLLOW_UP]),
        (_("completed"), states[Status.COMPLETED] - early),
        (_("treatment stopped early, came to the visits that were left"), early),
    )


def _left(drawn: list[Person]) -> Group:
    gone = [person for person in drawn if person.status == Status.WITHDRAWN]
    return Group(_("Not followed to the end"), len(gone), _ended(person.ends[-1] for person in gone))


def _ended(ends: Iterable[CountedEnd]) -> tuple[Counted, ...]:
    """Who or what ended it, by the coded reasons in the order of the list; last, what has no code."""
    codes = Counter(end.cause for end in ends)
    coded = ((str(reason.label), codes[reason]) for reason in EndReason)
    return (*coded, (_("reason not coded"), codes[None]))
