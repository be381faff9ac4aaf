"""A refused secret: counted, entered the 1st, 10th, 100th time within an hour, and told from a bound on.

Whatever secret it is: `log_in`, `second_factor`, `link`, `feed`, `token`, `enrolment_code`, ….
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from trial.models import ChainKind, User
from trial.people.tries.addresses import neighbourhood
from trial.people.tries.alarms import raise_alarm
from trial.people.tries.counting import add, key_of
from trial.people.tries.noting import Place, enter, every_trial, places_of
from trial.people.tries.pace import is_alarm, is_entered, is_tenfold


def count_failure(
    what: str,
    *,
    address: str,
    at: datetime,
    user: User | None = None,
    subject: str = "",
    places: Iterable[Place] = (),
    number: int = 0,
    action: str = "",
    body: Mapping[str, object] | None = None,
) -> int:
    """Count one failure of that kind, for one account and network address. Returns its number in the hour.

    `user` is whose secret it would have been; without one, failures are counted by address alone. `subject`
    and `places` say what the entry is about and where it belongs, if that is known otherwise. `number` is
    given by who has counted already. The entry is called `<what>.failed` unless `action` says otherwise;
    `body` is what else it says.
    Never call this inside a transaction that the failure takes back.
    """
    whose = user.username if user else subject
    number = number or add(key_of(what, action, whose, neighbourhood(address)), at=at)
    if is_tenfold(number) and is_entered(number, add(key_of(what, action, whose, "lines"), at=at)):
        enter(
            action or f"{what}.failed",
            subject=whose,
            places=places or (places_of(user) if user else every_trial()),
            kind=ChainKind.TRIES,
            by=None,
            at=at,
            body={"address": address, "count": number, **(body or {})},
        )
    count_towards_alarm(what, whose, at=at)
    return number


def count_towards_alarm(what: str, whose: str, *, at: datetime) -> None:
    """Count a failure, wherever it came from. From a bound on a person is told."""
    everywhere = add(key_of(what, whose, "everywhere"), at=at)
    if is_alarm(everywhere):
        raise_alarm(what, account=whose, count=everywhere, at=at)
