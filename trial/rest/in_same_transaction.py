"""Writing something in the same transaction as an act that begins and ends its own.

An act that opens what is sealed commits an audit entry first, so its caller cannot wrap it in one
transaction. The caller says what else is to be written, and the act calls `write_now` as the last
thing inside its own: both are written, or neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Write = Callable[[], object]

_waiting: ContextVar[list[Write] | None] = ContextVar("waiting", default=None)


@contextmanager
def in_same_transaction(write: Write) -> Iterator[None]:
    """Have `write` done inside the transaction of the act in this block.

    Raises RuntimeError if the act ended well without calling `write_now`: then it was not written.
    """
    waiting = [write]
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    if waiting:
        raise RuntimeError("The act did not write what was to be written with it.")


def write_now() -> None:
    """Write what waits, now. An act calls this inside its transaction, after its own rows."""
    waiting = _waiting.get() or []
    while waiting:
        waiting.pop()()
