"""What is asked on two cores comes back in its order, from the world as it is, and with its faults."""

from __future__ import annotations

import os

import pytest
from django.db import connection

from tests.halves import in_halves
from trial.models import User


@pytest.mark.django_db
def test_the_answers_come_in_order_and_know_what_is_not_committed() -> None:
    User.objects.create(username="nurse")

    found = in_halves(lambda number: [f"{number} {User.objects.get().username}"], range(5))

    assert found == [[f"{number} nurse"] for number in range(5)]


@pytest.mark.django_db
def test_what_the_other_half_writes_is_not_written_here() -> None:
    here = os.getpid()

    def written(number: int) -> list[str]:
        if os.getpid() != here:
            User.objects.create(username=f"nurse {number}")
        return []

    in_halves(written, range(4))

    assert not User.objects.exists()
    assert connection.in_atomic_block


@pytest.mark.django_db
def test_what_fails_in_the_other_half_fails_here() -> None:
    if connection.vendor != "sqlite":
        with pytest.raises(ZeroDivisionError):
            in_halves(lambda number: [str(1 // (number - 1))], range(3))
        return
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        in_halves(lambda number: [str(1 // (number - 1))], range(3))
