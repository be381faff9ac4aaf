"""Clock, randomness, process number: fixed, so that two runs of one script give the same bytes.

Randomness is a stream that begins anew, under a name, before every act: a draw too many shows where it
is made and not in everything that follows, and how many bytes were drawn is itself recorded.
"""

from __future__ import annotations

import hashlib
import os
import random
import sys
from datetime import datetime

sys.modules.setdefault("pytest", None)  # type: ignore[arg-type]  # time_machine would load it, for nothing

import time_machine  # noqa: E402

PROCESS_NUMBER = 4242


class FixedSources:
    """The fixed sources of time and randomness of one process. `drawn` counts random bytes since `begin`."""

    def __init__(self, start: datetime) -> None:
        self.drawn, self._name, self._block = 0, "start", 0
        self._travel = time_machine.travel(start, tick=False)
        self.clock = self._travel.start()
        os.urandom = self.bytes
        random._urandom = self.bytes  # type: ignore[attr-defined]  # what `secrets` and SystemRandom call
        os.getpid = lambda: PROCESS_NUMBER
        self.begin("start")

    def begin(self, name: str) -> None:
        """Start the stream of that name."""
        self.drawn, self._name, self._block = 0, name, 0
        random.seed(name)

    def bytes(self, count: int) -> bytes:
        """The next bytes of the stream."""
        self.drawn += count
        out = b""
        while len(out) < count:
            self._block += 1
            out += hashlib.sha256(f"{self._name}/{self._block}".encode()).digest()
        return out[:count]

    def move_to(self, at: datetime) -> None:
        """Let it be that moment."""
        self.clock.move_to(at, tick=False)
