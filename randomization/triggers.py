"""The triggers of this application's tables. What a line means: `trial.walls.triggers`.

Envelopes are drawn in the order of an activated list and stay drawn, whoever holds the connection.
"""

from __future__ import annotations

from trial.walls.lock_triggers import OF_PARTICIPANT, facts
from trial.walls.triggers import ALWAYS, Trigger, append_only, promise, refuse_truncate

LIST, STEP = "randomization_randomizationlist", "randomization_liststep"
STRATUM, ENVELOPE = "randomization_stratum", "randomization_envelope"
NOTICE = "randomization_codebreaknotice"

# --- envelopes ---------------------------------------------------------------------------------------

MADE = ("id", "stratum_id", "position", "number", "commitment")
CHANGED = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in MADE)
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
LIST_BEFORE_HAS_FREE = (
    f"EXISTS (SELECT 1 FROM {STRATUM} mine JOIN {LIST} l ON l.id = mine.list_id "
    f"JOIN {STRATUM} t ON t.list_id = l.reserve_of_id AND t.key = mine.key "
    f"JOIN {ENVELOPE} e ON e.stratum_id = t.id WHERE mine.id = NEW.stratum_id AND e.participant_id IS NULL)"
)
ENVELOPES = (
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
    promise(
        ENVELOPE,
        "reserve_is_drawn_last",
        "UPDATE",
        LIST_BEFORE_HAS_FREE,
        "a reserve is drawn when the list before it is used up",
    ),
    promise(ENVELOPE, "envelope_is_never_removed", "DELETE", "1 = 1", "an envelope is never removed"),
    refuse_truncate(ENVELOPE, "envelopes_are_never_removed", "an envelope is never removed"),
    promise(
        ENVELOPE, "envelope_is_never_replaced", "INSERT", ENVELOPE_EXISTS, "an envelope is never replaced"
    ),
    promise(
        ENVELOPE,
        "envelope_is_made_with_its_list",
        "INSERT",
        f"NEW.participant_id IS NOT NULL OR {LIST_HAS_STEPS}",
        "envelopes are made with their list, and made undrawn",
    ),
)

# --- lists and their steps ---------------------------------------------------------------------------

TOOK_A_STEP_BEFORE = (
    f"NEW.step = 'activated' AND EXISTS (SELECT 1 FROM {STEP} s "
    "JOIN trial_delegation a ON a.id = s.by_id JOIN trial_delegation b ON b.id = NEW.by_id "
    "WHERE s.list_id = NEW.list_id AND a.user_id = b.user_id)"
)
OTHER_ENVIRONMENT = (
    f"NEW.step = 'activated' AND EXISTS (SELECT 1 FROM {LIST} l JOIN trial_trial t ON t.key = l.trial_id "
    "WHERE l.id = NEW.list_id AND l.environment <> t.environment)"
)
ANOTHER_IS_ACTIVE = (
    f"NEW.step = 'activated' AND EXISTS (SELECT 1 FROM {LIST} mine "
    f"JOIN {LIST} l ON l.trial_id = mine.trial_id JOIN {STEP} s ON s.list_id = l.id "
    "WHERE mine.id = NEW.list_id AND l.id <> mine.id "
    f"AND s.step = 'activated' AND NOT EXISTS (SELECT 1 FROM {STEP} n WHERE n.list_id = l.id "
    "AND n.sequence > s.sequence) "
    f"AND (mine.reserve_of_id IS NULL OR NOT EXISTS (SELECT 1 FROM {STEP} o "
    "WHERE o.list_id = mine.reserve_of_id AND o.step = 'activated')))"
)
NEXT_STEPS = {
    "draft": ("checked", "closed"),
    "checked": ("sealed", "closed"),
    "sealed": ("activated", "closed"),
    "activated": ("exhausted", "closed"),
    "exhausted": ("closed",),
}
MAY_FOLLOW = " OR ".join(
    "(s.step = '{}' AND NEW.step IN ({}))".format(step, ", ".join(f"'{name}'" for name in following))
    for step, following in NEXT_STEPS.items()
)
OUT_OF_ORDER = (
    f"EXISTS (SELECT 1 FROM {STEP} n WHERE n.list_id = NEW.list_id AND n.sequence >= NEW.sequence) "
    "OR (NEW.sequence = 1 AND NEW.step <> 'draft') "
    f"OR (NEW.sequence > 1 AND NOT EXISTS (SELECT 1 FROM {STEP} s WHERE s.list_id = NEW.list_id "
    f"AND s.sequence = NEW.sequence - 1 AND ({MAY_FOLLOW})))"
)
LOCKED = (
    "NEW.step = 'activated' AND EXISTS (SELECT 1 FROM trial_datalock k "
    f"JOIN {LIST} l ON l.trial_id = k.trial_id WHERE l.id = NEW.list_id)"
)
NEVER_USED = (
    f"(EXISTS (SELECT 1 FROM {STEP} s WHERE s.list_id = l.id AND s.step = 'closed') "
    f"AND NOT EXISTS (SELECT 1 FROM {STEP} s WHERE s.list_id = l.id AND s.step = 'sealed'))"
)
"""Of a list that was closed before it was sealed: a draft that was set aside, or that nobody took on."""
BAD_RESERVE = (
    "NEW.reserve_of_id IS NOT NULL AND "
    f"(EXISTS (SELECT 1 FROM {LIST} l WHERE l.reserve_of_id = NEW.reserve_of_id AND NOT {NEVER_USED}) "
    f"OR NOT EXISTS (SELECT 1 FROM {LIST} l WHERE l.id = NEW.reserve_of_id AND l.trial_id = NEW.trial_id "
    "AND l.environment = NEW.environment AND l.sequence < NEW.sequence))"
)
LISTS = (
    *append_only(LIST, "lists", key=("id",)),
    *append_only(STEP, "steps of a list", key=("list_id", "sequence")),
    *append_only(STRATUM, "strata", key=("list_id", "key")),
    promise(
        STEP,
        "list_is_activated_by_a_second_person",
        "INSERT",
        TOOK_A_STEP_BEFORE,
        "a list is activated by a person who took none of its earlier steps",
    ),
    promise(
        STEP,
        "list_serves_its_own_environment",
        "INSERT",
        OTHER_ENVIRONMENT,
        "a list serves a trial of its own environment",
    ),
    promise(
        STEP,
        "list_is_active_alone",
        "INSERT",
        ANOTHER_IS_ACTIVE,
        "a trial draws from one list at a time and from its reserve",
    ),
    promise(STEP, "list_takes_its_steps_in_order", "INSERT", OUT_OF_ORDER, "a list takes its steps in order"),
    promise(
        STEP,
        "no_list_is_activated_after_the_data_lock",
        "INSERT",
        LOCKED,
        "the data of this trial are locked",
    ),
    promise(
        LIST,
        "reserve_belongs_to_one_list",
        "INSERT",
        BAD_RESERVE,
        "a list has one reserve, of its own trial and environment",
    ),
)

# --- notices and corrections -------------------------------------------------------------------------

SENT = "OLD.sent_at IS NOT NULL OR NEW.participant_id <> OLD.participant_id OR NEW.at <> OLD.at"

OF_ENVELOPE = OF_PARTICIPANT.format(
    f"(SELECT e.participant_id FROM {ENVELOPE} e WHERE e.id = NEW.envelope_id)"
)

TRIGGERS = (
    *ENVELOPES,
    *facts(ENVELOPE, columns="participant_id"),
    *facts("randomization_paperdraw", OF_ENVELOPE),
    *facts("randomization_randomizedinerror"),
    *facts("randomization_truestratum"),
    *LISTS,
    promise(
        NOTICE,
        "a_notice_is_sent_once",
        "UPDATE",
        SENT,
        "a notice is sent once and otherwise stays as it was written",
    ),
    Trigger(
        NOTICE, "a_notice_is_never_removed", on="DELETE", when=ALWAYS, message="a notice is never removed"
    ),
    *append_only("randomization_paperdraw", "draws on paper", key=("envelope_id",)),
    *append_only("randomization_randomizedinerror", "errors of randomisation", key=("participant_id",)),
    *append_only("randomization_truestratum", "true strata", key=("id",)),
)
