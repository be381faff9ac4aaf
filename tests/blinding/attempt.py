"""`python -m tests.blinding.attempt NAME`: one attempt on a wall, in a process like the clinic's server."""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> None:
    """Load the door as its server does, then try."""
    import trial.wsgi  # noqa: F401  the start of the door, with its check of the database wall
    from tests.blinding.breaches import plant

    plant(sys.argv[1], "clinic", Path("/nonexistent"))


if __name__ == "__main__":
    main()
