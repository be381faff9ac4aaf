"""Writing the envelopes of a list with their seals: a batch at a time, with little beside the cryptography.

Three rows are written for each envelope. As model instances they would cost more than both of its
boxes; so the rows go to the database as they are, under the models' own columns and conversions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count, islice
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import AutoField, Model

from randomization.core.commitments import content_commitment
from randomization.core.design import Design
from randomization.core.sealed_record import SealedRecord
from randomization.models import Envelope, RandomizationList, Stratum
from randomization.sealed.models import Seal
from randomization.sealed.vault.boxes import bound, key_id, part, seal_bound
from randomization.sealed.vault.envelope_contents import stratum_context
from randomization.sealed.vault.keys import SealingKey

BATCH = 1000
"""Envelopes that are in memory at once."""

_FROM_HERE = ~((1 << 48) - 1)
"""Leaves a random UUID's version, and room to count up from there."""

Keys = dict[str, SealingKey]


def silent(done: int) -> None:
    """Take how many are written and show nothing: for callers that watch no progress."""


def write_envelopes(
    list_: RandomizationList,
    design: Design,
    records: Iterator[SealedRecord],
    keys: Keys,
    progress: Callable[[int], None] = silent,
) -> Iterator[bytes]:
    """Write the envelopes with their seals, and yield their commitments in list order.

    `progress` is told after each batch how many are written.
    """
    strata, ids, done = _strata(list_, design), envelope_ids(), 0
    recipients = [
        (
            recipient,
            key_id(key),
            key,
            {stratum: bound(*stratum_context(list_.pk, stratum, recipient)) for stratum in strata},
        )
        for recipient, key in keys.items()
    ]
    while batch := [(next(ids), record, record.to_bytes()) for record in islice(records, BATCH)]:
        commitments = [content_commitment(content) for _, _, content in batch]
        insert_rows(
            Envelope,
            ("id", "stratum_id", "position", "number", "commitment"),
            (
                (pk, strata[record.stratum], record.position, record.number, commitment.hex())
                for (pk, record, _), commitment in zip(batch, commitments, strict=True)
            ),
        )
        insert_rows(
            Seal,
            ("envelope_id", "recipient", "key_id", "box"),
            (
                (
                    pk,
                    recipient,
                    named,
                    seal_bound(content, key, bounds[record.stratum] + part(str(record.position))),
                )
                for pk, record, content in batch
                for recipient, named, key, bounds in recipients
            ),
        )
        yield from commitments
        done += len(batch)
        progress(done)


def insert_rows(model: type[Model], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert rows that give a value for each of `columns`; every other field gets its default.

    Values go to the database as they are: texts, whole numbers, bytes, and ids of `envelope_ids`.
    """
    others = [
        field
        for field in model._meta.concrete_fields
        if field.column not in columns and not isinstance(field, AutoField)
    ]
    defaults = tuple(field.get_db_prep_save(field.get_default(), connection) for field in others)
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in (*columns, *(str(field.column) for field in others)))
    marks = ", ".join(["%s"] * (len(columns) + len(others)))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({marks})",  # noqa: S608
            [row + defaults for row in rows],
        )


def envelope_ids() -> Iterator[UUID | str]:
    """UUIDs that count up from a random one, in the form in which this database keeps them.

    In this order an index grows at its end; a million random ones would touch all of it again and again.
    They say no more than the envelope's position does.
    """
    native = connection.features.has_native_uuid_field
    for value in count(uuid4().int & _FROM_HERE):
        yield UUID(int=value) if native else f"{value:032x}"


def _strata(list_: RandomizationList, design: Design) -> dict[str, int]:
    """The strata, written, by key."""
    return {
        stratum.key: Stratum.objects.create(
            list=list_, place=place, key=stratum.key, size=stratum.target + stratum.reserve
        ).pk
        for place, stratum in enumerate(design.strata, 1)
    }
