"""Replaying a trail: each chain is read once, and what its entries say is compared with the rows there are.

From entries to rows: a row that an entry keeps is there, and is what the newest entry about it says. From
rows to entries: every row has an entry. An entry from before rows were kept shows its rows by moment and
person. Beside the hashes and the number of a row, nothing is held in memory: some two hundred bytes a row.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.apps import apps
from django.db import connection, models

from randomization.verifying.reports import Report
from trial.audit import chain_name
from trial.core.chain import canonical
from trial.core.sentences import Sentence, Words
from trial.models import AuditChainBase, AuditEntryBase, Trial
from trial.models.replay import Replayed, columns_of, name_of, replay_of, said_by

SHOWN = 60
"""So many characters of a value are shown in a sentence."""


@dataclass(frozen=True)
class Kept:
    """What the newest entry about a row says: its digest, where the entry stands, and of when it is."""

    digest: bytes
    chain: int
    sequence: int
    at: datetime

    def follows(self, earlier: Kept | None) -> bool:
        """Whether this is the newer one: in one chain by their order, of two chains by their moments.

        A site's chain holds what the site did, the trial's what an administrator did to the same row.
        """
        return earlier is None or earlier.chain == self.chain or earlier.at <= self.at


@dataclass
class Told:
    """What the entries of one trial's chains say of rows, as they are read."""

    rows: dict[str, dict[str, Kept]] = field(default_factory=lambda: defaultdict(dict))
    older: set[tuple[str, datetime, str]] = field(default_factory=set)
    unread: Words = ""

    def hear(self, entry: AuditEntryBase) -> None:
        """Take in one entry; what cannot be read is said once, and the rest goes on."""
        if entry.rows is None:
            self.older.add((entry.action, entry.at, entry.actor))
            return
        try:
            for table, rows in json.loads(entry.rows).items():
                chain, sequence = entry.chain_id, entry.sequence  # type: ignore[attr-defined]  # both kinds have one
                known = self.rows[table]
                for name, said in rows.items():
                    kept = Kept(digest_of(said), chain, sequence, entry.at)
                    if kept.follows(known.get(name)):
                        known[name] = kept
        except (ValueError, AttributeError, TypeError):
            self.unread = self.unread or Sentence(
                "what entry %(entry)s keeps of rows cannot be read", entry=entry.sequence
            )


def digest_of(said: Mapping[str, Any]) -> bytes:
    """The digest by which a row of the table is compared with what an entry says."""
    return hashlib.sha256(canonical(said).encode()).digest()[:16]


def replayed_models(*, sealed: bool) -> list[type[models.Model]]:
    """Every installed model that says it is replayed from that trail, in the order of the tables' names."""
    said = {model: replay_of(model) for model in apps.get_models()}
    found = [model for model, how in said.items() if isinstance(how, Replayed) and how.sealed is sealed]
    return sorted(found, key=lambda model: model._meta.db_table)


def row_reports(trial: Trial, told: Told, entries: type[AuditEntryBase], *, sealed: bool) -> Iterator[Report]:
    """A report for each table: its rows in that trial, and the first that no entry explains."""
    if told.unread:
        yield Report(Sentence("rows kept by the trail of %(trial)s", trial=trial.pk), 0, told.unread)
    for model in replayed_models(sealed=sealed):
        what = Sentence("rows of %(table)s in %(trial)s", table=model._meta.db_table, trial=trial.pk)
        if not may_be_read(model._meta.db_table):
            yield Report(what, 0, unchecked=Sentence("this door may not read it; the other one does"))
            continue
        yield _report(what, Table(model, trial, told, entries))


def may_be_read(table: str) -> bool:
    """Whether this process may read that table. SQLite asks nobody.

    The doors' roles hold rights on columns, since nobody needs those that the database itself keeps.
    """
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_any_column_privilege(current_user, %s, 'SELECT')", [table])
        return bool(cursor.fetchone()[0])


def _report(what: Sentence, table: Table) -> Report:
    fault: Words = ""
    for found in table.faults():
        fault = fault or found
    return Report(what, table.count, fault)


class Table:
    """One table of one trial, beside what the entries say of it."""

    def __init__(
        self, model: type[models.Model], trial: Trial, told: Told, entries: type[AuditEntryBase]
    ) -> None:
        said = replay_of(model)
        assert isinstance(said, Replayed)  # noqa: S101 - whoever asks has looked
        self.model, self.trial, self.said, self.entries = model, trial, said, entries
        self.told, self.older = told.rows.pop(model._meta.db_table, {}), told.older
        self.count = 0

    def faults(self) -> Iterator[Sentence]:
        """Each row that no entry explains, then each that an entry speaks of and that is gone."""
        for values in self._rows():
            self.count += 1
            yield from self._of_row(values)
        for name, kept in self.told.items():
            yield Sentence(
                "row %(row)s is gone; entry %(entry)s of %(chain)s wrote it",
                row=self._label(name, self._said_in(kept, name)),
                entry=kept.sequence,
                chain=self._chain(kept),
            )

    def _rows(self) -> Iterator[dict[str, Any]]:
        lookups = {lookup for column in columns_of(self.model) for lookup in column.lookups}
        lookups |= {*self.said.key, self.said.participant, self.said.at} - {""}
        lookups |= {f"{self.said.by}__user__username"} if self.said.by else set()
        where = {self.said.trial: self.trial.pk} | dict(self.said.only)
        names = sorted(lookups)
        found = self.model._default_manager.filter(**where).order_by("pk").values_list(*names)
        return (dict(zip(names, row, strict=True)) for row in found.iterator(chunk_size=2000))

    def _of_row(self, values: Mapping[str, Any]) -> Iterator[Sentence]:
        name = name_of(self.model, values)
        try:
            said = said_by(self.model, values)
            digest = digest_of(said)
        except (ValueError, TypeError):
            yield Sentence("row %(row)s holds what it cannot hold", row=self._label(name, values))
            return
        kept = self.told.pop(name, None)
        if kept is None:
            if not self._is_older(values):
                yield Sentence(
                    "row %(row)s: no audit entry says that it was written", row=self._label(name, values)
                )
        elif kept.digest != digest:
            yield Sentence(
                "row %(row)s: %(differences)s in entry %(entry)s of %(chain)s",
                row=self._label(name, values),
                differences=differences(said, self._said_in(kept, name)),
                entry=kept.sequence,
                chain=self._chain(kept),
            )

    def _is_older(self, values: Mapping[str, Any]) -> bool:
        """Whether an entry from before rows were kept can have written this one, by moment and person."""
        if not self.said.at:
            return any(action in self.said.entered_by for action, _at, _actor in self.older)
        at = values[self.said.at]
        actor = values[f"{self.said.by}__user__username"] if self.said.by else None
        return isinstance(at, datetime) and any(
            (action, at.astimezone(UTC), actor or "velum") in self.older for action in self.said.entered_by
        )

    def _label(self, name: str, values: Mapping[str, Any]) -> str:
        participant = str(values.get(self.said.participant) or values.get("participant") or "")
        return name if not participant or participant in name else f"{name} of {participant}"

    def _entry(self, kept: Kept) -> AuditEntryBase | None:
        rows = self.entries._default_manager.filter(chain=kept.chain, sequence=kept.sequence)  # type: ignore[misc]
        return rows.select_related("chain__trial").first()  # type: ignore[misc]  # the same

    def _chain(self, kept: Kept) -> str:
        entry = self._entry(kept)
        chain: AuditChainBase | None = getattr(entry, "chain", None)
        return chain_name(chain) if chain else str(self.trial.pk)

    def _said_in(self, kept: Kept, name: str) -> dict[str, Any]:
        entry = self._entry(kept)
        rows = json.loads(entry.rows or "{}") if entry else {}
        said: dict[str, Any] = rows.get(self.model._meta.db_table, {}).get(name, {})
        return said


def differences(here: Mapping[str, Any], told: Mapping[str, Any]) -> str:
    """Which columns differ, each with what it is and what the entry says."""
    names = sorted(name for name in {*here, *told} if here.get(name) != told.get(name))
    return ", ".join(f"{name} is {_shown(here.get(name))}, {_shown(told.get(name))}" for name in names)


def _shown(value: Any) -> str:
    text = "empty" if value is None else str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def heard(rows: Iterable[AuditEntryBase], *ears: Any) -> Iterator[AuditEntryBase]:
    """The entries as they pass, each told to whoever listens."""
    for row in rows:
        for ear in ears:
            ear.hear(row)
        yield row
