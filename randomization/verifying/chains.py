"""What is checked of the entries of a chain while it is read once: hashes, times, actors, and their rows."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import F

from randomization.verifying.replaying import Told, heard, row_reports
from randomization.verifying.reports import Clock, Report
from trial.audit import chain_name, first_break
from trial.core.chain import moment
from trial.core.sentences import Sentence, Words
from trial.models import NO_DUTY, AuditChainBase, AuditEntry, AuditEntryBase, Delegation, Trial
from trial.models.replay import key_values, name_of

ALLOWED = timedelta(seconds=60)
"""As much as two machines that keep time, or two acts at once, may differ."""

CLOCK_MENDED = "clock.mended"
"""The action that explains times before it which lie ahead, and time running backwards to its own."""

NOBODY = frozenset({"system", "link", NO_DUTY})
"""Roles of entries that no person's duty covers: the system itself, whoever opened a one-time link, and
whoever came to a door after their duty had ended."""

LATE = "code.broken"
"""The act that may be entered long after it was done, when the head was not free: its body says when."""


END_CONFIRMED = "delegation.end_confirmed"
"""The action by which the end of a duty counts at the pharmacy door as well, where it waited."""


def trail_reports(
    chains: type[AuditChainBase], entries: type[AuditEntryBase], *, sealed: bool, clock: Clock
) -> Iterator[Report]:
    """For each trial: of every chain that its hashes hold, its times run forward and its actors had their
    duties; then of every table that its rows are what the entries say."""
    lost = set(chains._default_manager.values_list("trial", flat=True)) - set(
        Trial.objects.values_list("pk", flat=True)
    )
    for key in sorted(lost):
        yield Report(Sentence("trail of %(trial)s", trial=key), 0, Sentence("the row of the trial is gone"))
    order = ["kind"] if sealed else [F("site__number").asc(nulls_first=True), "kind"]
    for trial in Trial.objects.order_by("pk"):
        told, duties = Told(), _duties(trial)
        for chain in chains._default_manager.filter(trial=trial).select_related("trial").order_by(*order):
            yield from _chain_reports(chain, entries, told, duties, clock)
        yield from row_reports(trial, told, entries, sealed=sealed)


def _chain_reports(
    chain: AuditChainBase,
    entries: type[AuditEntryBase],
    told: Told,
    duties: dict[tuple[str, str], list[Delegation]],
    clock: Clock,
) -> Iterator[Report]:
    times, actors = Times(clock), Actors(duties, getattr(chain, "site_id", None))
    fault = first_break(chain, entries, lambda rows: heard(rows, told, times, actors))
    broken: Words = ""
    if fault:
        broken = Sentence("entry %(entry)s: %(reason)s", entry=fault.sequence, reason=fault.reason)
    name = chain_name(chain)
    yield Report(Sentence("audit chain %(chain)s", chain=name), chain.sequence, broken)
    yield Report(Sentence("times in %(chain)s", chain=name), chain.sequence, times.fault)
    yield Report(Sentence("duties of who acted in %(chain)s", chain=name), chain.sequence, actors.fault)


@dataclass
class Times:
    """Whether the entries of a chain run neither backwards nor past the clock, unless one explains it."""

    clock: Clock
    latest: datetime | None = None
    backwards: Words = ""
    ahead: Words = ""

    def hear(self, entry: AuditEntryBase) -> None:
        """Take in the next entry."""
        at = entry.at.astimezone(UTC)
        if entry.action == CLOCK_MENDED:
            self.latest, self.ahead = at, ""
        if self.latest is not None and at < self.latest - ALLOWED:
            self.backwards = self.backwards or Sentence(
                "entry %(entry)s is of %(at)s, earlier than an entry above it, and none says that the clock "
                "was mended",
                entry=entry.sequence,
                at=moment(at),
            )
        if not self.ahead and at > self.clock() + ALLOWED:
            self.ahead = Sentence(
                "entry %(entry)s is of %(at)s, which is still to come", entry=entry.sequence, at=moment(at)
            )
        self.latest = max(at, self.latest or at)

    @property
    def fault(self) -> Words:
        """The first fault, or nothing."""
        return self.backwards or self.ahead


@dataclass
class Actors:
    """Whether whoever is named had the duty named, there and then."""

    duties: dict[tuple[str, str], list[Delegation]]
    site: Any
    fault: Words = ""

    def hear(self, entry: AuditEntryBase) -> None:
        """Take in the next entry."""
        if self.fault or entry.role in NOBODY:
            return
        duties, at = self.duties.get((entry.actor, entry.role), []), _done_at(entry)
        if not any(had(duty, at, self.site) for duty in duties):
            self.fault = Sentence(
                "entry %(entry)s: %(person)s did not have the role %(role)s there at %(at)s",
                entry=entry.sequence,
                person=entry.actor,
                role=entry.role,
                at=moment(at),
            )


def _done_at(entry: AuditEntryBase) -> datetime:
    """When the act of an entry was done; of an act that was entered late, as its body says."""
    if entry.action != LATE:
        return entry.at
    try:
        return datetime.fromisoformat(json.loads(entry.body)["happened_at"])
    except (KeyError, TypeError, ValueError):
        return entry.at


def had(duty: Delegation, at: datetime, site: Any) -> bool:
    """Whether a duty held at that moment and reached that site (the trial as a whole where there is none)."""
    ended = duty.ended_at is not None and at > duty.ended_at + ALLOWED
    return duty.granted_at <= at + ALLOWED and not ended and (site is None or duty.covers(site))


def _duties(trial: Trial) -> dict[tuple[str, str], list[Delegation]]:
    """Every duty that anybody has had in the trial, by person and role, with its end as both doors saw it.

    An end that waited counted at the pharmacy door from its confirmation, and what was done there before is
    no fault: a code is broken by whoever may until then.
    """
    found: dict[tuple[str, str], list[Delegation]] = defaultdict(list)
    confirmed = _confirmed_ends(trial)
    for duty in Delegation.objects.filter(trial=trial).select_related("user"):
        if duty.ended_at:
            duty.ended_at = confirmed.get(name_of(Delegation, key_values(duty)), duty.ended_at)
        found[duty.user.username, duty.role].append(duty)
    return found


def _confirmed_ends(trial: Trial) -> dict[str, datetime]:
    """When ends of duties were confirmed at the pharmacy door, by the name of the row that an entry keeps."""
    entries = AuditEntry.objects.filter(chain__trial=trial, action=END_CONFIRMED).order_by("sequence")
    found: dict[str, datetime] = {}
    for entry in entries.only("at", "rows"):
        found |= dict.fromkeys(duties_kept(entry.rows), entry.at)
    return found


def duties_kept(rows: str | None) -> list[str]:
    """The names of the duties among the rows that an entry keeps.

    None where they cannot be read, which is said where rows are compared.
    """
    try:
        return list(json.loads(rows or "{}").get(Delegation._meta.db_table, {}))
    except (AttributeError, TypeError, ValueError):
        return []
