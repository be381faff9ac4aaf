"""Where a web process is killed around a draw (`tests/faults/killing.py`)."""

POINTS = (
    "before the lock",
    "after the lock",
    "after the audit entry",
    "after the envelope",
    "before the commit",
    "after the commit",
    "in the answer",
    "after the answer",
)
COMMITTED = POINTS[5:]
"""From here on the envelope is the participant's, whether or not anybody was told."""
