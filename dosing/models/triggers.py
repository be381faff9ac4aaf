"""The triggers of this application's tables. What a line means: `trial.walls.triggers`."""

from __future__ import annotations

from trial.walls.lock_triggers import OF_PARTICIPANT, facts
from trial.walls.triggers import append_only, ended_once

OF_PLAN = OF_PARTICIPANT.format("(SELECT o.participant_id FROM dosing_plan o WHERE o.id = NEW.plan_id)")
OF_DEVIATION = OF_PARTICIPANT.format(
    "(SELECT o.participant_id FROM dosing_deviation o WHERE o.id = NEW.deviation_id)"
)

TRIGGERS = (
    *facts("dosing_plan", columns="superseded_at"),
    *facts("dosing_plannedinjection", OF_PLAN),
    *facts("dosing_plannedvisit", OF_PLAN),
    *facts("dosing_injectionrecord"),
    *facts("dosing_visitrecord"),
    *facts("dosing_coursechoice"),
    *facts("dosing_appointment"),
    *facts("dosing_unscheduledvisit"),
    *facts("dosing_deviation"),
    *facts("dosing_deviationreview", OF_DEVIATION),
    *facts("dosing_reminder", columns="due_at, event_date"),
    *facts("dosing_calendarfeed"),
    *facts("dosing_readiness"),
    *facts("dosing_leftopen"),
    *append_only("dosing_injectionrecord", "injection records", key=("participant_id", "number", "sequence")),
    *append_only("dosing_visitrecord", "visit records", key=("participant_id", "code", "sequence")),
    *append_only("dosing_appointment", "hours", key=("participant_id", "number", "code", "sequence")),
    *append_only(
        "dosing_unscheduledvisit", "unscheduled visits", key=("participant_id", "number", "sequence")
    ),
    *append_only("dosing_plannedinjection", "planned injections", key=("plan_id", "number")),
    *append_only("dosing_plannedvisit", "planned visits", key=("plan_id", "code")),
    *append_only("dosing_zonerules", "versions of zone rules", key=("sequence",)),
    *append_only("dosing_leftopen", "days that an upgrade left open", key=("participant_id",)),
    *append_only("dosing_closedday", "closed days", key=("site_id", "day", "sequence")),
    *append_only("dosing_coursechoice", "choices", key=("participant_id", "sequence")),
    *append_only("dosing_deviation", "deviations", key=("participant_id", "number")),
    *append_only("dosing_deviationreview", "reviews of deviations", key=("deviation_id", "sequence")),
    *ended_once(
        "dosing_plan",
        "plans",
        end="superseded_at",
        kept=(
            "id",
            "participant_id",
            "first_injection",
            "protocol_version_id",
            "made_by_id",
            "made_at",
            "reason",
        ),
    ),
)
