"""The triggers of this application's tables. What a line means: `trial.walls.triggers`."""

from __future__ import annotations

from randomization.sealed.models.triggers import boxes
from trial.walls.lock_triggers import OF_PARTICIPANT, facts
from trial.walls.triggers import append_only, promise

OF_SYRINGE = OF_PARTICIPANT.format(
    "(SELECT o.participant_id FROM pharmacy_preparation o WHERE o.id = NEW.preparation_id)"
)

TRIGGERS = (
    *facts("pharmacy_preparation"),
    *facts("pharmacy_preparationstep", OF_SYRINGE, only="NEW.step <> 'discarded'"),
    *append_only("pharmacy_preparation", "preparations", key=("id",)),
    *append_only("pharmacy_preparationstep", "steps of syringes", key=("preparation_id", "sequence")),
    *(
        one
        for one in append_only("pharmacy_announcement", "announcements", key=("step_id",))
        if one.on != "UPDATE"
    ),
    promise(
        "pharmacy_announcement",
        "pharmacy_announcement_told_once",
        "UPDATE",
        "NEW.id <> OLD.id OR NEW.step_id <> OLD.step_id OR NEW.due_at <> OLD.due_at "
        "OR OLD.withdrawn_at IS NOT NULL "
        "OR (OLD.published_at IS NOT NULL "
        "AND (NEW.published_at IS NULL OR NEW.published_at <> OLD.published_at))",
        "an announcement is published once and withdrawn once",
    ),
    *boxes("pharmacy_stepbox", "boxes of steps", "step_id", key=("step_id", "recipient")),
    *append_only("pharmacy_stockentry", "stock movements", key=("site_id", "sequence")),
    *boxes("pharmacy_stockbox", "boxes of movements", "entry_id", key=("entry_id", "recipient")),
)
