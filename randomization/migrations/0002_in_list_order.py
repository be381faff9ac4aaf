"""Envelopes are drawn in the order of an activated list and stay drawn, whoever holds the connection."""

from django.db import migrations

from trial.walls.triggers import append_only, refuse, refuse_truncate

LIST, STEP = "randomization_randomizationlist", "randomization_liststep"
STRATUM, ENVELOPE = "randomization_stratum", "randomization_envelope"

KEPT = ("id", "stratum_id", "position", "number", "commitment")
CHANGED = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in KEPT)
LOWER_IS_FREE = (
    f"EXISTS (SELECT 1 FROM {ENVELOPE} e WHERE e.stratum_id = NEW.stratum_id "
    "AND e.participant_id IS NULL AND e.position < NEW.position)"
)
LATEST_STEP = (
    f"SELECT s.step FROM {STEP} s JOIN {STRATUM} t ON t.list_id = s.list_id "
    "WHERE t.id = NEW.stratum_id ORDER BY s.sequence DESC LIMIT 1"
)
OTHER_TRIAL = (
    f"NEW.participant_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {STRATUM} t "
    f"JOIN {LIST} l ON l.id = t.list_id "
    "JOIN trial_participant p ON p.trial_id = l.trial_id "
    "WHERE t.id = NEW.stratum_id AND p.id = NEW.participant_id)"
)
LIST_HAS_STEPS = (
    f"EXISTS (SELECT 1 FROM {STEP} s JOIN {STRATUM} t ON t.list_id = s.list_id WHERE t.id = NEW.stratum_id)"
)
ENVELOPE_EXISTS = (
    f"EXISTS (SELECT 1 FROM {ENVELOPE} e WHERE e.id = NEW.id "
    "OR (e.stratum_id = NEW.stratum_id AND e.position = NEW.position))"
)
NOT_SEALED_BY_ANOTHER = (
    f"NEW.step = 'activated' AND NOT EXISTS (SELECT 1 FROM {STEP} s "
    "JOIN trial_delegation a ON a.id = s.by_id JOIN trial_delegation b ON b.id = NEW.by_id "
    "WHERE s.list_id = NEW.list_id AND s.step = 'sealed' AND s.sequence = NEW.sequence - 1 "
    "AND a.user_id <> b.user_id)"
)
OTHER_ENVIRONMENT = (
    f"NEW.step = 'activated' AND EXISTS (SELECT 1 FROM {LIST} l JOIN trial_trial t ON t.key = l.trial_id "
    "WHERE l.id = NEW.list_id AND l.environment <> t.environment)"
)
ANOTHER_IS_ACTIVE = (
    f"NEW.step = 'activated' AND EXISTS (SELECT 1 FROM {LIST} mine JOIN {LIST} l ON l.trial_id = mine.trial_id "
    f"JOIN {STEP} s ON s.list_id = l.id WHERE mine.id = NEW.list_id AND l.id <> mine.id "
    f"AND s.step = 'activated' AND NOT EXISTS (SELECT 1 FROM {STEP} n WHERE n.list_id = l.id "
    "AND n.sequence > s.sequence))"
)


def promise(table: str, name: str, on: str, broken_when: str, message: str) -> migrations.RunPython:
    """Refuse `on` of a row of `table` when the promise is broken; the condition is the same on both databases."""
    return refuse(table, name, on=on, when_sqlite=broken_when, when_postgresql=broken_when, message=message)


class Migration(migrations.Migration):
    dependencies = [("randomization", "0001_initial")]

    operations = [
        *append_only(LIST, "lists", key=("id",)),
        *append_only(STEP, "steps of a list", key=("list_id", "sequence")),
        *append_only(STRATUM, "strata", key=("list_id", "key")),
        promise(
            ENVELOPE,
            "envelope_is_drawn_once",
            "UPDATE",
            f"OLD.participant_id IS NOT NULL OR NEW.participant_id IS NULL OR {CHANGED}",
            "an envelope is drawn once and otherwise stays as it was made",
        ),
        promise(
            ENVELOPE,
            "envelope_is_the_lowest_free",
            "UPDATE",
            LOWER_IS_FREE,
            "envelopes are drawn in the order of the list",
        ),
        promise(
            ENVELOPE,
            "envelope_is_of_an_activated_list",
            "UPDATE",
            f"COALESCE(({LATEST_STEP}), '') <> 'activated'",
            "envelopes are drawn from an activated list",
        ),
        promise(
            ENVELOPE,
            "envelope_serves_its_own_trial",
            "UPDATE",
            OTHER_TRIAL,
            "an envelope serves a participant of its own trial",
        ),
        promise(ENVELOPE, "envelope_is_never_removed", "DELETE", "1 = 1", "an envelope is never removed"),
        refuse_truncate(ENVELOPE, "envelopes_are_never_removed", "an envelope is never removed"),
        promise(ENVELOPE, "envelope_is_never_replaced", "INSERT", ENVELOPE_EXISTS, "an envelope is never replaced"),
        promise(
            ENVELOPE,
            "envelope_is_made_with_its_list",
            "INSERT",
            f"NEW.participant_id IS NOT NULL OR {LIST_HAS_STEPS}",
            "envelopes are made with their list, and made undrawn",
        ),
        promise(
            STEP,
            "list_is_activated_by_a_second_person",
            "INSERT",
            NOT_SEALED_BY_ANOTHER,
            "a list is activated after it was sealed, and by another person",
        ),
        promise(
            STEP,
            "list_serves_its_own_environment",
            "INSERT",
            OTHER_ENVIRONMENT,
            "a list serves a trial of its own environment",
        ),
        promise(STEP, "list_is_active_alone", "INSERT", ANOTHER_IS_ACTIVE, "a trial draws from one list at a time"),
    ]
