"""How many tries are free, how long the next one waits, and which of many are entered. Arithmetic only."""

from __future__ import annotations

from datetime import timedelta

HOUR = timedelta(hours=1)
"""What is counted is forgotten an hour after the first try."""
FREE = 5
SLOW = timedelta(seconds=10)
"""The longest that an account with a second factor waits for a try to be looked at."""
SHUT = timedelta(minutes=5)
"""How long an account without one takes no further password from the same network address."""
MOST_LINES = 100
"""So many entries an hour about one account; then only each tenfold. Addresses are cheap to come by."""
ALARM = 10


def wait_after(count: int, *, slowed_only: bool) -> timedelta:
    """How long no further try is looked at after that many wrong ones within the hour."""
    if count < FREE:
        return timedelta(0)
    return SLOW if slowed_only else SHUT


def is_tenfold(count: int) -> bool:
    """Whether this is the 1st, 10th, 100th, …"""
    return str(count).strip("0") == "1"


def is_entered(count: int, lines: int) -> bool:
    """Whether the try of that number gets an entry, when it would be the hour's line of that number."""
    return is_tenfold(count) and (lines <= MOST_LINES or is_tenfold(lines))


def is_alarm(count: int) -> bool:
    """Whether the hour's failure of that number, from wherever, has to be told to a person."""
    return count >= ALARM and is_tenfold(count)
