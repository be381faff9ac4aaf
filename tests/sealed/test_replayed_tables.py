"""Every table says whether `verify` replays it from the trail, or why not."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models

from trial.models.replay import NotReplayed, Replayed, columns_of, replay_of

NOT_OURS = {"account", "admin", "auth", "axes", "contenttypes", "knox", "mfa", "sessions", "usersessions"}
"""Applications of libraries. What of theirs counts is an entry of ours."""

OURS = [model for model in apps.get_models() if model._meta.app_label not in NOT_OURS]
REPLAYED = [model for model in OURS if isinstance(replay_of(model), Replayed)]


def ids(model: type[models.Model]) -> str:
    return model._meta.db_table


@pytest.mark.parametrize("model", OURS, ids=ids)
def test_every_table_is_replayed_or_says_why_not(model: type[models.Model]) -> None:
    said = replay_of(model)

    assert said is not None, f"{ids(model)} has no `replay`: see docs/adr/0040-replaying-the-trail.md"
    assert isinstance(said, Replayed) or len(said.why) > 20


def test_a_table_that_says_nothing_is_missed() -> None:
    class Forgotten(models.Model):
        class Meta:
            app_label = "trial"
            managed = False

    apps.all_models["trial"].pop("forgotten")
    apps.clear_cache()
    assert replay_of(Forgotten) is None


@pytest.mark.parametrize("model", REPLAYED, ids=ids)
def test_what_may_change_unseen_is_a_column_and_has_a_reason(model: type[models.Model]) -> None:
    said = replay_of(model)
    assert isinstance(said, Replayed)
    names = {field.name for field in model._meta.concrete_fields}

    assert set(said.free) | said.apart <= names
    assert all(len(why) > 10 for why in said.free.values())
    assert said.entered_by


@pytest.mark.parametrize("model", REPLAYED, ids=ids)
@pytest.mark.django_db
def test_every_lookup_leads_somewhere(model: type[models.Model]) -> None:
    said = replay_of(model)
    assert isinstance(said, Replayed)
    lookups = {lookup for column in columns_of(model) for lookup in column.lookups}
    lookups |= {*said.key, said.trial, said.participant, said.at, said.by} - {""}

    assert list(model._default_manager.filter(**dict(said.only)).values_list(*sorted(lookups))) == []


def test_no_row_is_named_by_a_number_that_the_database_counts() -> None:
    counted = {
        (model._meta.db_table, column.name)
        for model in REPLAYED
        for column in columns_of(model)
        if column.field.is_relation
        and column.lookups == (column.field.attname,)
        and isinstance(column.field.target_field, models.AutoField)  # type: ignore[attr-defined]
    }
    assert counted == set()


def test_a_reason_is_asked_for() -> None:
    assert isinstance(replay_of(apps.get_model("trial", "AuditEntry")), NotReplayed)
