"""The triggers of this application's tables. What a line means: `trial.walls.triggers`."""

from __future__ import annotations

from randomization.sealed.models.triggers import boxes
from trial.walls.triggers import append_only

TRIGGERS = (
    *append_only("pharmacy_preparation", "preparations", key=("id",)),
    *append_only("pharmacy_preparationstep", "steps of syringes", key=("preparation_id", "sequence")),
    *boxes("pharmacy_stepbox", "boxes of steps", "step_id", key=("step_id", "recipient")),
    *append_only("pharmacy_stockentry", "stock movements", key=("site_id", "sequence")),
    *boxes("pharmacy_stockbox", "boxes of movements", "entry_id", key=("entry_id", "recipient")),
)
