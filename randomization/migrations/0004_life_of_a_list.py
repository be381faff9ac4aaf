"""The step `checked`, steps in one order only, reserve lists, and corrections written beside a draw.

SQLite changes a constraint by making the table anew, which drops its triggers. So the triggers of the
steps, and those of envelopes that read the steps, are taken down before and put up again after.
"""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

from trial.walls.triggers import append_only, refuse

second = import_module("randomization.migrations.0002_in_list_order")
third = import_module("randomization.migrations.0003_closing")
promise, LIST, STEP, STRATUM, ENVELOPE = (
    second.promise,
    second.LIST,
    second.STEP,
    second.STRATUM,
    second.ENVELOPE,
)

STEPS_ARE_KEPT = append_only(STEP, "steps of a list", key=("list_id", "sequence"))
OF_AN_ACTIVATED_LIST = promise(
    ENVELOPE,
    "envelope_is_of_an_activated_list",
    "UPDATE",
    f"COALESCE(({second.LATEST_STEP}), '') <> 'activated'",
    "envelopes are drawn from an activated list",
)
MADE_WITH_ITS_LIST = promise(
    ENVELOPE,
    "envelope_is_made_with_its_list",
    "INSERT",
    f"NEW.participant_id IS NOT NULL OR {second.LIST_HAS_STEPS}",
    "envelopes are made with their list, and made undrawn",
)
OWN_ENVIRONMENT = promise(
    STEP,
    "list_serves_its_own_environment",
    "INSERT",
    second.OTHER_ENVIRONMENT,
    "a list serves a trial of its own environment",
)
NOT_AFTER_THE_LOCK = refuse(
    STEP,
    "no_list_is_activated_after_the_data_lock",
    on="INSERT",
    when_sqlite=third.LOCKED,
    when_postgresql=third.LOCKED,
    message="the data of this trial are locked",
)
KEPT = [*STEPS_ARE_KEPT, OF_AN_ACTIVATED_LIST, MADE_WITH_ITS_LIST, OWN_ENVIRONMENT, NOT_AFTER_THE_LOCK]
"""Taken down and put up again as they were."""

BY_ANOTHER_THAN_WHO_SEALED = promise(
    STEP,
    "list_is_activated_by_a_second_person",
    "INSERT",
    second.NOT_SEALED_BY_ANOTHER,
    "a list is activated after it was sealed, and by another person",
)
ONLY_ONE_ACTIVE = promise(
    STEP, "list_is_active_alone", "INSERT", second.ANOTHER_IS_ACTIVE, "a trial draws from one list at a time"
)
REPLACED = [BY_ANOTHER_THAN_WHO_SEALED, ONLY_ONE_ACTIVE]

TOOK_A_STEP_BEFORE = (
    f"NEW.step = 'activated' AND EXISTS (SELECT 1 FROM {STEP} s "
    "JOIN trial_delegation a ON a.id = s.by_id JOIN trial_delegation b ON b.id = NEW.by_id "
    "WHERE s.list_id = NEW.list_id AND a.user_id = b.user_id)"
)
ANOTHER_IS_ACTIVE = (
    f"NEW.step = 'activated' AND EXISTS (SELECT 1 FROM {LIST} mine JOIN {LIST} l ON l.trial_id = mine.trial_id "
    f"JOIN {STEP} s ON s.list_id = l.id WHERE mine.id = NEW.list_id AND l.id <> mine.id "
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
BAD_RESERVE = (
    f"NEW.reserve_of_id IS NOT NULL AND (EXISTS (SELECT 1 FROM {LIST} l WHERE l.reserve_of_id = NEW.reserve_of_id) "
    f"OR NOT EXISTS (SELECT 1 FROM {LIST} l WHERE l.id = NEW.reserve_of_id AND l.trial_id = NEW.trial_id "
    "AND l.environment = NEW.environment AND l.sequence < NEW.sequence))"
)
LIST_BEFORE_HAS_FREE = (
    f"EXISTS (SELECT 1 FROM {STRATUM} mine JOIN {LIST} l ON l.id = mine.list_id "
    f"JOIN {STRATUM} t ON t.list_id = l.reserve_of_id AND t.key = mine.key "
    f"JOIN {ENVELOPE} e ON e.stratum_id = t.id WHERE mine.id = NEW.stratum_id AND e.participant_id IS NULL)"
)
TRUE_STRATUM, IN_ERROR, PAPER = (
    "randomization_truestratum",
    "randomization_randomizedinerror",
    "randomization_paperdraw",
)


def taken_down(operation: migrations.RunPython) -> migrations.RunPython:
    """The same operation the other way round."""
    return migrations.RunPython(operation.reverse_code, operation.code)


def person(**more: object) -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trial.delegation", **more
    )


def key_field() -> models.BigAutoField:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [("randomization", "0003_closing"), ("trial", "0003_data_lock")]

    operations = [
        *(taken_down(operation) for operation in [*KEPT, *REPLACED]),
        migrations.RemoveConstraint(model_name="liststep", name="a_step_is_known"),
        migrations.AlterField(
            model_name="liststep",
            name="step",
            field=models.CharField(
                max_length=9,
                choices=[
                    ("draft", "draft"),
                    ("checked", "checked"),
                    ("sealed", "sealed"),
                    ("activated", "activated"),
                    ("exhausted", "exhausted"),
                    ("closed", "closed"),
                ],
            ),
        ),
        migrations.AddConstraint(
            model_name="liststep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("step__in", ["draft", "checked", "sealed", "activated", "exhausted", "closed"])
                ),
                name="a_step_is_known",
            ),
        ),
        migrations.AddField(
            model_name="randomizationlist",
            name="reserve_of",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="randomization.randomizationlist",
            ),
        ),
        *KEPT,
        promise(
            STEP,
            "list_is_activated_by_a_second_person",
            "INSERT",
            TOOK_A_STEP_BEFORE,
            "a list is activated by a person who took none of its earlier steps",
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
            LIST,
            "reserve_belongs_to_one_list",
            "INSERT",
            BAD_RESERVE,
            "a list has one reserve, of its own trial and environment",
        ),
        promise(
            ENVELOPE,
            "reserve_is_drawn_last",
            "UPDATE",
            LIST_BEFORE_HAS_FREE,
            "a reserve is drawn when the list before it is used up",
        ),
        migrations.CreateModel(
            name="PaperDraw",
            fields=[
                ("id", key_field()),
                ("happened_at", models.DateTimeField()),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                ("by", person()),
                (
                    "envelope",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="paper_draw",
                        to="randomization.envelope",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="a_paper_draw_has_a_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("happened_at__lte", models.F("at"))),
                        name="a_paper_draw_happened_before_its_entry",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="RandomizedInError",
            fields=[
                ("id", key_field()),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                ("by", person()),
                (
                    "participant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="randomized_in_error",
                        to="trial.participant",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="an_error_has_a_reason"
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="TrueStratum",
            fields=[
                ("id", key_field()),
                ("drawn_as", models.CharField(max_length=95)),
                ("key", models.CharField(max_length=95)),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                ("by", person()),
                (
                    "participant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="true_strata",
                        to="trial.participant",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), _negated=True), models.Q(("key", ""), _negated=True)
                        ),
                        name="a_true_stratum_has_a_reason",
                    )
                ],
            },
        ),
        *append_only(PAPER, "draws on paper", key=("envelope_id",)),
        *append_only(IN_ERROR, "errors of randomisation", key=("participant_id",)),
        *append_only(TRUE_STRATUM, "true strata", key=("id",)),
    ]
