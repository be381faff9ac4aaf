"""Stops core dumps, so that keys in memory never reach the disk."""

from __future__ import annotations

import resource


def leave_no_core() -> None:
    """Have no core written if this process, or one that it starts, should crash.

    A core of the pharmacy's holds its key and every arm that was looked up; one of the clinic's, passwords.
    The hard limit goes as well, so that nothing in the process can raise it again. Where the system hands
    cores to a program (`kernel.core_pattern` begins with `|`), that program decides; those of systemd and
    Ubuntu keep to the limit.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
