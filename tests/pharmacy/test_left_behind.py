"""What a log-in at this door leaves where the clinic could read it: nothing."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from trial.models import Delegation


def test_nobody_can_see_when_a_pharmacist_last_logged_in(
    pharmacist: Delegation, enter: Callable[[Delegation], Client]
) -> None:
    enter(pharmacist)

    pharmacist.user.refresh_from_db()
    assert pharmacist.user.last_login is None
