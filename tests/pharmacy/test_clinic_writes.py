"""A process with the clinic's role writes what it likes: nothing opens at the pharmacy door.

The rows are made from the table of rights, not from a list of ideas: into each table to which the role may
add, rows about every person, duty, token and invitation, in every role; and each column that it may change.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction

from tests.trial_fixture import TrialFixture
from trial.models import ApiToken, Delegation, DutyEnd, FactorAtPharmacy, Invitation, InvitationUse, User
from trial.people.confirming import knows_secret
from trial.people.delegating import create_token
from trial.permissions import DOORS, Role
from trial.policies import delegations_of
from trial.walls.database import _guard
from trial.walls.database_grants import CLINIC, granted

OWN, PLANTED = "amber-birch-cedar-17", "planted-by-the-clinic-99"
FIRST = (Invitation,)
"""What other rows point to is written first."""


@contextmanager
def as_the_clinic() -> Iterator[None]:
    """With the clinic's role on PostgreSQL, behind the clinic's authorizer on SQLite."""
    if connection.vendor == "postgresql":
        call_command("grant_roles", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE velum_clinic")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET ROLE")
        return
    connection.ensure_connection()
    _guard(connection)
    try:
        yield
    finally:
        connection.execute_wrappers.pop(0)
        connection.connection.set_authorizer(None)


@pytest.fixture
def people(world: TrialFixture, at: datetime) -> dict[str, Delegation]:
    """One person in each role, all with a password; those of the pharmacy door with a second factor."""
    found = {}
    for role in Role:
        duty = world.person(role, f"the-{role}")
        duty.user.set_password(OWN)
        duty.user.save()
        door = "pharmacy" if role in DOORS["pharmacy"] else "clinic"
        create_token(delegation=duty, name="x", expires_at=at + timedelta(days=9), door=door, at=at)
        if door == "pharmacy":
            TOTP.activate(duty.user, generate_totp_secret())
        found[role.value] = duty
    return found


def opens() -> set[tuple[str, str, str, bool]]:
    """Who gets into the pharmacy door: person, role, with which of the two passwords."""
    found = set()
    for user in User.objects.filter(is_active=True):
        for word in (OWN, PLANTED):
            if knows_secret(user, word):
                for duty in delegations_of(user, roles=DOORS["pharmacy"]):
                    found.add((user.username, duty.role, word, duty.user.is_active))
    return found


def write_everything(at: datetime) -> int:
    """Add and change whatever the table of rights gives. Returns how many statements went through."""
    tables = {model._meta.db_table: model for model in apps.get_models()}
    mine = [tables[name] for name, rights in CLINIC.items() if name in tables and "I" in granted(rights)]
    done = sum(_add(model, at) for model in sorted(mine, key=lambda one: (one not in FIRST, one.__name__)))
    return done + sum(_change(table, rights) for table, rights in CLINIC.items())


def _add(model: type[models.Model], at: datetime) -> int:
    """Rows of a table: about each row that it points to, and for each role that it may name."""
    related = [field for field in model._meta.concrete_fields if field.is_relation]
    done = 0
    for vary in related or [None]:  # type: ignore[list-item]
        targets = list(vary.related_model._default_manager.all()[:60]) if vary is not None else [None]  # type: ignore[union-attr]
        for target in targets:
            for role in Role.values if any(one.name == "role" for one in model._meta.fields) else [""]:
                given = {vary.name: target} if vary is not None else {}
                done += _tried(model, _filled(model, given, role, at))
    return done


def _filled(model: type[models.Model], given: dict[str, Any], role: str, at: datetime) -> dict[str, Any]:
    """A value for each column of a new row."""
    values = dict(given)
    for column in model._meta.concrete_fields:
        if column.name in values or isinstance(column, models.AutoField):
            continue
        values[column.name] = _value(column, role, at)
    return values


def _value(column: models.Field[Any, Any], role: str, at: datetime) -> Any:
    if column.is_relation:
        some = column.related_model._default_manager.first()  # type: ignore[union-attr]
        return None if column.null and column.name in ("user", "site") else some
    if column.name == "role":
        return role
    if column.name == "password":
        return User.objects.get(username="the-monitor").password
    match column:
        case models.UUIDField():
            return uuid.uuid4()
        case models.DateTimeField():
            return at
        case models.DateField():
            return date(2015, 10, 5)
        case models.TimeField():
            return time(9, 30)
        case models.BooleanField():
            return True
        case models.JSONField():
            return {}
        case models.IntegerField():
            return 1
        case _:
            return uuid.uuid4().hex[: column.max_length or 32]


def _tried(model: type[models.Model], values: dict[str, Any]) -> int:
    try:
        with transaction.atomic():
            model._default_manager.bulk_create([model(**values)])
    except (DatabaseError, ValueError, TypeError):
        return 0
    return 1


def _change(table: str, rights: str) -> int:
    """Every password is the attacker's now; other columns of accounts get what cannot be worse."""
    done = 0
    for column in granted(rights).get("U", ()):
        value = {"password": _planted(), "language": "fr"}.get(column, "")
        if not value:
            continue
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"UPDATE {table} SET {column} = %s", [value])
            done += 1
        except DatabaseError:
            continue
    return done


def _planted() -> str:
    other = User(username="x")
    other.set_password(PLANTED)
    return other.password


def test_nothing_opens_and_the_last_code_breaker_gets_in(people: dict[str, Delegation], at: datetime) -> None:
    before = opens()
    assert {role for _name, role, _word, _active in before} == {str(role) for role in DOORS["pharmacy"]}
    with as_the_clinic():
        done = write_everything(at)
    assert done > 60, "the attack wrote too little to mean anything"
    assert DutyEnd.objects.count() >= len(Role) and InvitationUse.objects.exists()
    after = opens()
    assert after - before == set(), "something opens at the pharmacy door"
    assert ("the-investigator", "investigator", OWN, True) in after


def test_the_same_attack_gives_duties_at_the_clinic_door(people: dict[str, Delegation], at: datetime) -> None:
    """So the attack is no empty one: rows of invitations do make accounts and duties of that door."""
    accounts, duties = User.objects.count(), Delegation.objects.count()
    with as_the_clinic():
        write_everything(at)
    assert User.objects.count() > accounts and Delegation.objects.count() > duties
    new = Delegation.objects.exclude(pk__in=[duty.pk for duty in people.values()])
    assert not new.filter(role__in=list(DOORS["pharmacy"])).exists()
    assert not ApiToken.objects.exclude(delegation__in=people.values()).exists()


def test_a_planted_leak_is_seen(
    people: dict[str, Delegation], at: datetime, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """Were the account's own password taken at this door, as it once was, the attack would open it."""
    before = opens()
    settings.VELUM_PASSWORDS = ""
    with as_the_clinic():
        write_everything(at)
    assert opens() - before


def test_two_code_breakers_of_one_site_do_not_both_go(world: TrialFixture, at: datetime) -> None:
    """Each is the last but one in its own row; whichever comes first ends, and the other waits."""
    duties = [world.person(Role.INVESTIGATOR, name) for name in ("one", "two")]
    with as_the_clinic():
        for duty in duties:
            DutyEnd.objects.bulk_create([DutyEnd(delegation=duty, by=None, at=at, reason="attack")])
    ended = Delegation.objects.filter(pk__in=[duty.pk for duty in duties]).exclude(ended_at=None)
    assert ended.count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT OR REPLACE INTO trial_invitationuse (invitation_id, at, password, duty) "
        "VALUES (%s, %s, 'x', %s)",
        "INSERT OR IGNORE INTO trial_invitationuse (invitation_id, at, password, duty) "
        "VALUES (%s, %s, 'x', %s)",
    ],
)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="a statement of SQLite")
def test_no_conflict_clause_reaches_an_account_through_the_trigger(
    people: dict[str, Delegation], at: datetime, statement: str
) -> None:
    nurse, before = people["study_nurse"], list(User.objects.order_by("pk").values())
    invitation = Invitation.objects.create(
        trial=nurse.trial, role=Role.MONITOR, username="the-pharmacist", first_name="A", last_name="B",
        language="fr", digest="d", by=None, at=at, expires_at=at + timedelta(days=1), reason="attack",
    )  # fmt: skip
    with pytest.raises(DatabaseError), as_the_clinic(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [invitation.pk.hex, at.isoformat(sep=" "), uuid.uuid4().hex])
    assert list(User.objects.order_by("pk").values()) == before


def ended_by_the_clinic(duty: Delegation, at: datetime) -> bool:
    """Whether the end that a clinic process writes counts at the pharmacy door at once."""
    with as_the_clinic():
        DutyEnd.objects.bulk_create([DutyEnd(delegation=duty, by=None, at=at, reason="Leaves.")])
    return Delegation.objects.filter(pk=duty.pk).exclude(ended_at=None).exists()


def with_factor(duty: Delegation) -> Delegation:
    TOTP.activate(duty.user, generate_totp_secret())
    return duty


def test_whoever_has_no_second_factor_stands_in_for_nobody_who_has_one(
    world: TrialFixture, at: datetime
) -> None:
    """She cannot open the door tonight, so the end of the last who can waits; hers harms nobody."""
    able = with_factor(world.person(Role.INVESTIGATOR, "able"))
    without = world.person(Role.INVESTIGATOR, "without")
    assert not ended_by_the_clinic(able, at)
    assert ended_by_the_clinic(without, at)
    assert delegations_of(able.user, roles=DOORS["pharmacy"])


def test_another_with_a_second_factor_lets_the_first_one_go(world: TrialFixture, at: datetime) -> None:
    first, second = (with_factor(world.person(Role.INVESTIGATOR, name)) for name in ("first", "second"))
    assert ended_by_the_clinic(first, at)
    assert not ended_by_the_clinic(second, at)


def test_where_nobody_has_one_yet_all_but_the_last_may_go(world: TrialFixture, at: datetime) -> None:
    first, second = (world.person(Role.INVESTIGATOR, name) for name in ("first", "second"))
    assert ended_by_the_clinic(first, at)
    assert not ended_by_the_clinic(second, at)


def test_a_factor_that_was_removed_counts_no_more_and_an_app_beside_a_passkey_does(
    world: TrialFixture, at: datetime
) -> None:
    first, second = (with_factor(world.person(Role.INVESTIGATOR, name)) for name in ("first", "second"))
    passkey = Authenticator.objects.create(user=first.user, type=Authenticator.Type.WEBAUTHN, data={})
    Authenticator.objects.filter(user=first.user, type=Authenticator.Type.TOTP).delete()
    assert FactorAtPharmacy.objects.filter(user=first.user).exists()
    passkey.delete()
    assert not FactorAtPharmacy.objects.filter(user=first.user).exists()
    assert not ended_by_the_clinic(second, at)


def test_the_clinic_reads_nowhere_who_has_a_second_factor(people: dict[str, Delegation]) -> None:
    with as_the_clinic(), pytest.raises(DatabaseError), transaction.atomic():
        FactorAtPharmacy.objects.count()
    with as_the_clinic(), pytest.raises(DatabaseError), transaction.atomic():
        FactorAtPharmacy.objects.all().delete()
