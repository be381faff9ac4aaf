"""A trial in which every replayed table has rows, and what somebody with all rights can do to them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.db import DatabaseError, models, transaction

from dosing.models import Deviation
from dosing.pharmacy.preparing import discard, mark_checked, mark_prepared, release
from dosing.pharmacy.stock import quarantine, receive_lot
from dosing.pharmacy.worklist import preparations
from dosing.reminders.sending import send_due
from dosing.services.appointments import set_hour
from dosing.services.choosing import keep_days
from dosing.services.closing import close_day
from dosing.services.feeding import make_feed
from dosing.services.reviewing import review_deviation
from dosing.services.status import hold, withdraw
from dosing.services.status import release as end_hold
from dosing.services.unscheduled import correct_unscheduled, record_unscheduled
from randomization.closing import lock_data
from randomization.core.design_file import Plan
from randomization.corrections import enter_paper_randomization, flag_randomized_in_error
from randomization.eligibility.confirming import confirm_eligibility
from randomization.models import Envelope, TrueStratum
from randomization.sealed.ending.end_of_trial import sign_opening
from randomization.sealed.lists.acceptance import check_list
from randomization.sealed.lists.making import design_of, make_list
from randomization.sealed.lists.setting_aside import set_aside
from randomization.sealed.lists.steps import activate_list, seal_list
from randomization.sealed.opening.doctors import enter_address
from randomization.sealed.opening.mailed_links import Confirmed, mail_link
from randomization.sealed.opening.one_time_links import cancel_link, make_link, use_link
from randomization.sealed.opening.outbox import enter_waiting
from randomization.sealed.opening.outside_code_breaks import reconcile_code_break
from randomization.sealed.opening.revealing import code_break
from randomization.sealed.vault.keys import pharmacy_key
from randomization.sealed.vault.rekeying import rekey
from tests.keys import recovery_key_is_proved
from tests.site_fixture import SiteFixture
from tests.trial_fixture import START, TrialFixture, new_trial, protocol_file
from trial.audit import record_about
from trial.models import ApiToken, Delegation
from trial.models.replay import Replayed, columns_of, replay_of
from trial.people.amendments import install_amendment
from trial.people.delegating import create_token, end_delegation
from trial.people.duties.inviting import Invited, accept, cancel_invitation, invite
from trial.people.duties.log import digest_of_log, duties_for, log_lines
from trial.people.duties.reviewing import ask_for_code, review_access
from trial.people.duties.shutting import end_sessions, revoke_token, shut_account
from trial.people.installing import install_trial
from trial.permissions import Role
from trial.protocol.files import PROTOCOLS, load_protocol, parse_protocol
from trial.screening.checklists import keep_checklist
from trial.screening.consent_correction import correct_consent
from trial.screening.services import screen

DAY_1 = date(2015, 10, 12)
VISIT = "V2"
PEOPLE = (
    *((Role.PHARMACIST, f"pharma.{name}") for name in ("one", "two")),
    *((Role.ADMINISTRATOR, name) for name in ("admin", "other.admin")),
    *((Role.STUDY_NURSE, name) for name in ("leaver", "shut")),
    (Role.TRIAL_MANAGER, "manager"),
)


@dataclass
class Lived:
    """The trial, and who is in it."""

    world: TrialFixture
    ward: SiteFixture
    honest: dict[str, str] = field(default_factory=dict)


def live(at: datetime = START) -> Lived:
    """A trial of a week, in which everything happened that is replayed."""
    install_trial(file=load_protocol(PROTOCOLS / "nct03039673.toml"), environment="live", at=at)
    world = new_trial()
    ward = SiteFixture(world)
    text = protocol_file().text.replace('version = "1"', 'version = "2"', 1)
    install_amendment(file=parse_protocol(text), at=at)
    ward.second_site()
    one, two = (world.person(Role.UNBLINDED_STATISTICIAN, f"stat.{name}") for name in ("one", "two"))
    for role, name in PEOPLE:
        world.person(role, name)
    _list(world, one, two, at)
    people = [ward.booked(DAY_1, at=at + timedelta(hours=1 + n), email=f"p{n}@example.org") for n in range(3)]
    _screening(ward, at + timedelta(hours=5))
    _paper(ward, at + timedelta(hours=6))
    _pharmacy(world, at + timedelta(days=6))
    _treatment(ward, people)
    _emergencies(world, ward, people, at + timedelta(days=12))
    _people(world, at + timedelta(days=13))
    _confirmation(ward, at + timedelta(days=13, hours=1))
    _end(world, ward, at + timedelta(days=14))
    return Lived(world, ward)


def _list(world: TrialFixture, one: Delegation, two: Delegation, at: datetime) -> None:
    design = design_of(world.trial, Plan())
    spare = make_list(trial=world.trial, environment="live", design=design, by=one, at=at, name="spare")
    set_aside(list_=spare, reason="A slip.", by=one, at=at)
    list_ = make_list(trial=world.trial, environment="live", design=design, by=one, at=at, name="main")
    check_list(list_=list_, by=one, at=at)
    seal_list(list_=list_, by=one, at=at)
    recovery_key_is_proved(one, at)
    activate_list(list_=list_, by=two, at=at)


def _screening(ward: SiteFixture, at: datetime) -> None:
    screen(site=ward.site, by=ward.nurse, at=at)
    someone = ward.consented(at=at)
    keep_checklist(participant=someone, answers={"I7": 60}, strata={}, by=ward.nurse, at=at)
    day = at.date() - timedelta(days=1)
    correct_consent(participant=someone, signed_on=day, reason="Misread.", by=ward.nurse, at=at)
    ward.check(someone, at=at, I7=63)


def _confirmation(ward: SiteFixture, at: datetime) -> None:
    """A newer protocol asks for an investigator's confirmation of eligibility. Whoever has it leaves."""
    text = protocol_file().text.replace('version = "1"', 'version = "3"', 1)
    text += "\n[signatures]\nconfirm_eligibility = true\n"
    install_amendment(file=parse_protocol(text), at=at)
    ward.world.trial.refresh_from_db()
    someone = ward.eligible(at=at)
    confirm_eligibility(participant=someone, check=1, by=ward.investigator, at=at)
    said = {"scope": "trial", "cause": "withdrawal_by_subject", "reason": "Moves away."}
    withdraw(participant=ward.again(someone), by=ward.nurse, at=at, **said)


@transaction.atomic
def _paper(ward: SiteFixture, at: datetime) -> None:
    drawn = ward.eligible(at=at - timedelta(minutes=30))
    free = Envelope.objects.filter(stratum__list__name="main", participant=None)
    number = free.order_by("position")[0].number
    enter_paper_randomization(
        participant=drawn,
        number=number,
        happened_at=at - timedelta(minutes=5),
        reason="The network was down.",
        by=ward.investigator,
        at=at,
    )
    flag_randomized_in_error(participant=drawn, reason="Asthma.", by=ward.investigator, at=at)
    TrueStratum.objects.create(
        participant=drawn, drawn_as="all", key="other", reason="Told late.", by=ward.investigator, at=at
    )  # this trial has one stratum; the row and its entry are as the service writes them
    record_about(drawn, "randomization.stratum_corrected", by=ward.investigator, at=at)


def _pharmacy(world: TrialFixture, at: datetime) -> None:
    maker, checker = (world.person(Role.PHARMACIST, f"pharma.{name}") for name in ("one", "two"))
    for product, number in {"Aldesleukin": "A1147", "Placebo (vehicle alone)": "G5-208"}.items():
        lot = {"product": product, "lot_number": number, "expiry": date(2017, 4, 30), "quantity": 20}
        receive_lot(site=world.site, by=maker, at=at, **lot)  # type: ignore[arg-type]
    todo = preparations(day=DAY_1, by=maker, at=at)
    for view in todo:
        mark_prepared(preparation=view.id, lot=view.lots[0].id, by=maker, at=at)
    for view in todo[:2]:
        mark_checked(preparation=view.id, by=checker, at=at)
    release(preparation=todo[0].id, by=maker, at=at)
    discard(preparation=todo[1].id, reason="Dropped.", by=maker, at=at)
    quarantine(lot=uuid.UUID(todo[0].lots[0].id), reason="Too warm.", by=maker, at=at)


def _treatment(ward: SiteFixture, people: list[Any]) -> None:
    first, second, third = people
    close_day(
        site=ward.site, day=date(2015, 12, 24), name="Christmas Eve", by=ward.nurse, at=START.replace(day=11)
    )
    said = {"by": ward.nurse, "at": START.replace(day=11)}
    seen = {"day": START.date(), "reason": "Fever.", "hour": time(10)}
    record_unscheduled(participant=ward.again(first), **seen, **said)
    why = {"why": "Misread."}
    correct_unscheduled(participant=ward.again(first), number=1, **seen, **said, **why)
    set_hour(participant=ward.again(first), number=2, hour=time(9, 30), **said)
    set_hour(participant=ward.again(first), code=VISIT, hour=time(11), **said)
    send_due(at=datetime.fromisoformat("2015-10-11T16:30:00+00:00"))
    ward.inject(first, 1)
    ward.inject(first, 1, outcome="partial", reason="Spilt.", cause="other", correction=True)
    late = datetime.fromisoformat("2015-10-13T07:00:00+00:00")
    told = {"deviation_reason": "The train was late.", "at": late + timedelta(minutes=5)}
    ward.inject(second, 1, happened_at=late, **told)
    keep_days(participant=ward.again(second), course=1, reason="As it is.", by=ward.nurse, at=told["at"])
    day = date(2015, 10, 20)
    ward.visit(first, VISIT, at=late + timedelta(hours=1), outcome="moved", day=day, reason="Away.")
    departed = Deviation.objects.order_by("id")[0]
    review_deviation(
        participant=departed.participant,
        number=departed.number,
        important=True,
        assessment="Seen.",
        closed=True,
        by=ward.investigator,
        at=START.replace(day=13, hour=10),
    )
    when = START.replace(day=14)
    hold(participant=first, reason="Fever.", until=None, by=ward.investigator, at=when)
    end_hold(participant=first, reason="Well.", by=ward.investigator, at=when + timedelta(hours=1))
    when += timedelta(hours=2)
    make_feed(by=ward.nurse, at=when, language="en", participant=ward.again(first))
    withdraw(participant=third, scope="trial", reason="Moved.", by=ward.investigator, at=when)


def _emergencies(world: TrialFixture, ward: SiteFixture, people: list[Any], at: datetime) -> None:
    doctor, (first, second, third) = ward.investigator, people
    code_break(participant=first, by=doctor, at=at, reason="Coma")
    link = make_link(participant=second, by=doctor, at=at, reason="Shock", doctor="Dr Roux")
    use_link(secret=link.secret, viewer=None, at=at)
    reconcile_code_break(
        number=Envelope.objects.get(participant=third).number,
        means="paper",
        opened_by="Dr Blanc",
        happened_at=at - timedelta(hours=1),
        reason="Asleep",
        by=doctor,
        at=at,
    )
    enter_waiting(at=at)
    made = make_link(participant=first, by=doctor, at=at, reason="Shock", doctor="Dr Noir")
    cancel_link(link=made.link.pk, by=doctor, at=at)
    make_link(participant=first, by=doctor, at=at, reason="Shock", doctor="Dr Vert")
    maker = world.people["pharma.one"]
    for name in ("Roux", "Noir"):
        enter_address(doctor=f"Dr {name}", email=f"{name}@example.net".lower(), by=maker, at=at)
    for person in (first, second):
        mailed = {"reason": "Shock", "doctor": "Dr Roux", "address": "https://pharmacy.example/link/"}
        to = Confirmed("roux@example.net", None, "+33 4 67 00 00 00", "The ward")
        mail_link(participant=person, by=doctor, at=at, to=to, **mailed)


def _people(world: TrialFixture, at: datetime) -> None:
    admin = world.person(Role.ADMINISTRATOR, "admin")
    world.person(Role.ADMINISTRATOR, "other.admin")
    leaver, shut = (world.person(Role.STUDY_NURSE, name) for name in ("leaver", "shut"))
    expiry = at + timedelta(days=30)
    create_token(delegation=leaver, name="lab", expires_at=expiry, door="clinic", at=at)
    create_token(delegation=leaver, name="other", expires_at=expiry, door="clinic", at=at)
    revoke_token(token=ApiToken.objects.get(name="lab"), by=admin, at=at, reason="Lost.")
    invited = [
        invite(
            who=Invited(f"new.{n}", "New", f"Nurse {n}", f"new{n}@example.org"),
            trial=world.trial,
            role=Role.STUDY_NURSE,
            site=world.site,
            by=admin,
            at=at,
            reason="More work.",
        )
        for n in range(5)
    ]
    for new in invited[:2]:
        accept(secret=new.secret, password="a harbour full of lanterns", at=at)
    for new in invited[2:4]:
        cancel_invitation(invitation=new.invitation, by=admin, at=at)
    ask_for_code(user=world.people["pharma.one"].user, by=admin, at=at)
    manager = world.people["manager"]
    lines = log_lines(duties_for(manager), everywhere="")
    review_access(by=manager, at=at, statement="All are needed.", seen=digest_of_log(lines))
    end_sessions(user=leaver.user, by=admin, at=at, reason="Left a tablet.")
    end_delegation(delegation=leaver, by=admin, at=at, reason="Left the hospital.")
    shut_account(user=shut.user, by=admin, at=at, reason="Left the hospital.")


def _end(world: TrialFixture, ward: SiteFixture, at: datetime) -> None:
    statistician, new = world.people["stat.one"], X25519PrivateKey.generate().public_key()
    rekey(recipient="recovery", new=new, opening=pharmacy_key(), trial=world.trial, by=statistician, at=at)
    manager = world.person(Role.TRIAL_MANAGER, "manager")
    lock_data(trial=world.trial, by=manager, at=at, statement="Queries answered.")
    sign_opening(trial=world.trial, by=statistician, at=at)


# --- What somebody with all rights can do to a row ----------------------------------------------------


@dataclass(frozen=True)
class Change:
    """One kind of tampering with one table: what is done, and to which column."""

    model: type[models.Model]
    what: str
    column: str = ""

    def __str__(self) -> str:
        return f"{self.model._meta.db_table} {self.what} {self.column}".strip()

    def do(self) -> bool:
        """Do it to a row; False where the database itself refuses every way that is tried."""
        return any(_done(act) for act in self._ways())

    def _ways(self) -> Iterator[Callable[[], object]]:
        said = replay_of(self.model)
        assert isinstance(said, Replayed)
        order = said.key if isinstance(self.model._meta.pk, models.UUIDField) else ("pk",)
        row = self.model._default_manager.filter(**dict(said.only)).order_by(*order).last()
        assert row is not None
        mine = self.model._default_manager.filter(pk=row.pk)
        if self.what == "removed":
            yield lambda: mine._raw_delete(mine.db)  # type: ignore[attr-defined]
        elif self.what == "added":
            yield from (lambda values=values: _added(row, values) for values in _other_keys(row))
        else:
            column = self.model._meta.get_field(self.column)
            yield from (
                lambda value=value: mine.update(**{self.column: value})
                for value in _other_values(column, getattr(row, column.attname))
            )


def kinds() -> list[Change]:
    """Each row removed and added, and each column changed, of every table that is replayed."""
    from tests.sealed.test_replayed_tables import REPLAYED

    found = []
    for model in REPLAYED:
        said = replay_of(model)
        assert isinstance(said, Replayed)
        found += [Change(model, "row removed"[4:]), Change(model, "added")]
        pk = model._meta.pk.name if model._meta.pk else ""
        found += [
            Change(model, "changed", column.name)
            for column in columns_of(model)
            if column.name != pk and column.name not in said.only
        ]
    return found


def _done(act: Callable[[], object]) -> bool:
    try:
        with transaction.atomic():
            return bool(act() or True)
    except DatabaseError:
        return False


def _added(row: models.Model, values: dict[str, Any]) -> None:
    """A copy of the row under another key."""
    copied = type(row)._default_manager.get(pk=row.pk)
    for name, value in values.items():
        setattr(copied, name, value)
    type(row)._default_manager.bulk_create([copied])


def _other_keys(row: models.Model) -> Iterator[dict[str, Any]]:
    """Values that make a copy another row: a key of the database's own, then one other value at a time."""
    pk = row._meta.pk
    assert pk is not None
    fresh = {pk.attname: uuid.uuid4() if isinstance(pk, models.UUIDField) else None}
    if isinstance(pk, models.CharField):
        fresh = {pk.attname: f"{row.pk}x"[-60:]}
    for column in row._meta.concrete_fields:
        if isinstance(column, models.UUIDField) and column.unique and column is not pk:
            fresh[column.attname] = uuid.uuid4()
    yield fresh
    for column in row._meta.concrete_fields:
        for value in _other_values(column, getattr(row, column.attname)):
            if column is not pk:
                yield fresh | {column.attname: value}


def _other_values(column: Any, value: Any) -> Iterator[Any]:
    """Other values of a column, the likeliest first."""
    if column.is_relation:
        others = column.related_model._default_manager.exclude(pk=value).values_list("pk", flat=True)
        yield from others[:20]
    elif column.choices:
        yield from (choice for choice, _label in column.choices if choice != value)
    elif isinstance(column, models.BooleanField):
        yield not value
    elif isinstance(column, models.DateTimeField):
        yield from (value + timedelta(minutes=n) for n in (1, -1)) if value else [START]
    elif isinstance(column, models.DateField):
        yield from (value + timedelta(days=n) for n in (1, -1)) if value else [START.date()]
    elif isinstance(column, models.UUIDField):
        yield uuid.uuid4()
    elif isinstance(column, models.BinaryField):
        yield bytes([bytes(value)[0] ^ 1]) + bytes(value)[1:]
    elif isinstance(column, models.JSONField):
        yield {"I7": 99} if isinstance(value, dict) else [{"id": "I7", "en": "x", "fr": "x"}]
    elif isinstance(column, models.IntegerField):
        yield from (value + n for n in (1, 70, -1))
    else:
        text = str(value or "")
        yield from (f"{text[:-1]}{'0' if text[-1:] != '0' else '1'}", f"{text}x", "x")
