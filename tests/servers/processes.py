"""What the private servers share: dying with their parent, and a free port."""

from __future__ import annotations

import ctypes
import signal
import socket
import time
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


class ServerUnavailable(Exception):
    """A server that the tests want is not to be had here; the sentence says why."""


def die_with_parent() -> None:
    """Have the kernel stop this process when its parent dies, even when that is killed.

    To be used as `preexec_fn`: the request is lost when the user changes, so it comes last.
    """
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def free_port() -> int:
    """A loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(ready: Callable[[], bool], *, seconds: float, what: str) -> None:
    """Return as soon as `ready()` is true; raise TimeoutError naming `what` after `seconds`."""
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} was not ready after {seconds:g} s.")
        time.sleep(0.05)
