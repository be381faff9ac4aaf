"""A mail folder like Django's, whose files have a number for a name and an even later time each.

Django names a file after the clock and the address of an object in memory, which differs from run to run.
"""

from __future__ import annotations

import itertools
import os
from pathlib import Path

from django.core.mail.backends import filebased

_numbers = itertools.count(1)


class EmailBackend(filebased.EmailBackend):
    """Writes what Django writes."""

    def _get_filename(self) -> str:
        if self._fname is None:
            self._fname = os.path.join(self.file_path, f"{next(_numbers):06d}.log")
        return str(self._fname)

    def close(self) -> None:
        """Close the file, and give it the time that its number says."""
        super().close()
        if self._fname is not None and os.path.exists(self._fname):
            moment = int(Path(self._fname).stem)
            os.utime(self._fname, (moment, moment))
