"""Between two tests append-only tables are emptied; within a test nobody can empty them."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import DatabaseError, connection

from trial.models import ProtocolVersion, Trial


def install(at: datetime) -> None:
    trial = Trial.objects.create(key="nct00000000", acronym="X", environment="training", installed_at=at)
    ProtocolVersion.objects.create(trial=trial, version="1", digest="d", text="t", installed_at=at)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_a_test_finds_no_rows_of_the_one_before(at: datetime, time: str) -> None:
    assert not ProtocolVersion.objects.exists()

    install(at)

    assert ProtocolVersion.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("statement", ["DELETE FROM", "UPDATE"])
def test_the_triggers_are_back_after_a_flush(at: datetime, statement: str) -> None:
    install(at)
    rest = " SET text = 'other'" if statement == "UPDATE" else ""

    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute(f"{statement} trial_protocolversion{rest}")

    assert ProtocolVersion.objects.get().text == "t"
