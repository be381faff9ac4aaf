"""The pharmacy door's pages: who gets which, and what stands on them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from dosing.pharmacy.models import Announcement, PreparationStep
from dosing.pharmacy.preparing import discard, mark_checked, mark_prepared
from dosing.pharmacy.stock import stock
from dosing.pharmacy.worklist import PreparationView, preparation
from randomization.sealed.jobs.engine import ask_job
from randomization.sealed.models import JobKind, SealedAuditChain, SealedSignature
from tests.checklist import in_boxes
from tests.pharmacy.conftest import signature_of
from tests.trial_fixture import LEFT, TrialFixture, leave
from trial.models import ChainKind, Delegation
from trial.permissions import DOORS, UNBLINDED_ROLES, Role

PHARMACIST, STATISTICIAN, INVESTIGATOR = (
    Role.PHARMACIST,
    Role.UNBLINDED_STATISTICIAN,
    Role.INVESTIGATOR,
)

ACCESS = {
    "home": {PHARMACIST, STATISTICIAN, INVESTIGATOR},
    "help": {PHARMACIST, STATISTICIAN, INVESTIGATOR},
    "help_topic": {PHARMACIST, STATISTICIAN, INVESTIGATOR},
    "preparations": {PHARMACIST},
    "preparation": {PHARMACIST},
    "sheets": {PHARMACIST},
    "prepare": {PHARMACIST},
    "account_for_syringe": {PHARMACIST},
    "check": {PHARMACIST},
    "release_syringe": {PHARMACIST},
    "release_syringes": {PHARMACIST},
    "waiting_people": {STATISTICIAN},
    "export_unblinded": {STATISTICIAN},
    "sealed_trail": {STATISTICIAN},
    "sealed_trail_csv": {STATISTICIAN},
    "signatures": {PHARMACIST, STATISTICIAN},
    "signatures_csv": {PHARMACIST, STATISTICIAN},
    "countersign": {PHARMACIST, STATISTICIAN},
    "discard": {PHARMACIST},
    "stock": {PHARMACIST},
    "receive_lot": {PHARMACIST},
    "quarantine_lot": {PHARMACIST},
    "free_lot": {PHARMACIST},
    "destroy_lot": {PHARMACIST},
    "lists": {STATISTICIAN},
    "import_list": {STATISTICIAN},
    "list_report": {STATISTICIAN},
    "list_step": {STATISTICIAN},
    "set_list_aside": {STATISTICIAN},
    "what_if": {STATISTICIAN},
    "jobs": {STATISTICIAN},
    "job": {STATISTICIAN},
    "code_break": {INVESTIGATOR},
    "make_code_break_link": {INVESTIGATOR},
    "doctor_addresses": {PHARMACIST},
    "code_broken_elsewhere": {INVESTIGATOR},
}
"""Page -> the roles that it opens to. Everybody else is refused with 403."""

FILES = {"sealed_trail_csv", "signatures_csv"}
"""What is no page but a table to take along."""

AFTERWARDS = {
    "break_code": (INVESTIGATOR, "question", 410),
    "confirm_code_break_link": (INVESTIGATOR, "question", 410),
    "cancel_code_break_link": (INVESTIGATOR, "link", 405),
    "end_doctor_address": (PHARMACIST, "address", 405),
}
"""Page -> the role that it opens to, what its address names, and the answer where that is not there."""

EVERYBODYS = {"health", "set_language", "choose_duty", "code_break_link", "job_progress", "emergency", "tour"}
"""Pages that show nothing of the trial, or nothing without a secret link; the accounts' own pages and
the API have tests of their own."""


def page_names(patterns: list[URLPattern | URLResolver] | None = None, root: str = "") -> Iterator[str]:
    """The name of every page of this door, from its URLconf."""
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        address = root + str(pattern.pattern)
        if address.startswith(("accounts/", "api/")):
            continue
        if isinstance(pattern, URLResolver):
            yield from page_names(pattern.url_patterns, address)
        else:
            yield str(pattern.name)


@pytest.fixture(autouse=True)
def clock(at: datetime) -> Iterator[None]:
    """The pages read the clock themselves: it is the morning before DAY."""
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def places(todo: tuple[PreparationView, ...], pharmacist: Delegation, at: datetime) -> dict[str, str]:
    """What stands in the addresses that name something."""
    lots = stock(by=pharmacist, at=at)
    maker = Delegation.objects.get(user__username="stat.one")
    job = ask_job(kind=JobKind.VERIFICATION, question={}, total=1, by=maker, at=at)
    return {"preparation": str(todo[0].id), "lot": lots[0].lot.id, "job": str(job.pk)}


@pytest.mark.parametrize("how", LEFT)
def test_a_session_opens_nothing_once_its_person_has_left(
    pharmacist: Delegation, enter: Callable[[Delegation], Client], how: str
) -> None:
    browser = enter(pharmacist)
    assert browser.get("/stock/").status_code == 200
    leave(pharmacist, how)
    assert browser.get("/stock/").status_code != 200


def address(name: str, places: dict[str, str]) -> str:
    syringe = name in {"preparation", "prepare", "account_for_syringe", "check", "release_syringe", "discard"}
    kwargs: dict[str, object] = {"preparation": places["preparation"]} if syringe else {}
    if name in {"list_report", "list_step", "set_list_aside"}:
        kwargs["sequence"] = 1
    if name == "help_topic":
        kwargs["topic"] = "words"
    if name == "job":
        kwargs["key"] = places["job"]
    return reverse(
        name,
        kwargs=kwargs | ({"lot": places["lot"]} if name.endswith("_lot") and name != "receive_lot" else {}),
    )


def test_every_page_has_its_row_in_the_table() -> None:
    assert set(page_names()) == set(ACCESS) | set(AFTERWARDS) | EVERYBODYS


@pytest.mark.parametrize("name", AFTERWARDS)
@pytest.mark.parametrize("role", sorted(DOORS["pharmacy"]))
def test_what_follows_a_question_opens_to_one_role(
    world: TrialFixture, enter: Callable[[Delegation], Client], role: Role, name: str
) -> None:
    whose, named, status = AFTERWARDS[name]
    path = reverse(name, kwargs={named: uuid4()})
    answer = enter(world.person(role, f"somebody-{role}")).get(path)
    assert answer.status_code == (status if role == whose else 403)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_its_pages_and_no_other(
    world: TrialFixture, places: dict[str, str], enter: Callable[[Delegation], Client], role: Role
) -> None:
    browser = enter(world.person(role, f"somebody-{role}"))
    got = {name: browser.get(address(name, places), follow=True).status_code for name in ACCESS}
    assert got == {name: 200 if role in roles else 403 for name, roles in ACCESS.items()}


@pytest.mark.parametrize("role", sorted(set(Role) - DOORS["pharmacy"]))
def test_a_blinded_role_is_told_to_use_the_other_door(
    world: TrialFixture, enter: Callable[[Delegation], Client], role: Role
) -> None:
    answer = enter(world.person(role, f"somebody-{role}")).get("/")
    assert (answer.status_code, "clinic door" in answer.content.decode()) == (403, True)


def test_without_a_log_in_there_is_only_the_log_in(places: dict[str, str]) -> None:
    got = {Client().get(address(name, places)).headers.get("Location", "") for name in ACCESS}
    assert {place.split("?")[0] for place in got} == {"/accounts/login/"}


def test_without_a_second_factor_nothing_opens(pharmacist: Delegation, places: dict[str, str]) -> None:
    browser = Client()
    browser.force_login(pharmacist.user)
    got = {browser.get(address(name, places)).headers.get("Location", "") for name in ACCESS}
    assert got == {"/accounts/2fa/totp/activate/"}


@pytest.mark.parametrize(
    ("role", "first"),
    [(PHARMACIST, "/preparations/"), (STATISTICIAN, "/lists/"), (INVESTIGATOR, "/code-break/")],
)
def test_everybody_starts_where_their_work_is(
    world: TrialFixture, enter: Callable[[Delegation], Client], role: Role, first: str
) -> None:
    assert enter(world.person(role, f"somebody-{role}")).get("/").headers["Location"] == first


@pytest.mark.parametrize("role", sorted(DOORS["pharmacy"]))
def test_no_blinded_page_bears_the_head_of_what_was_done_behind_this_door(
    world: TrialFixture, places: dict[str, str], enter: Callable[[Delegation], Client], role: Role
) -> None:
    """Lots and volumes are few: who knows a head and the one before it can try them all."""
    page = enter(world.person(role, f"somebody-{role}")).get("/", follow=True).content.decode()
    head = SealedAuditChain.objects.get(trial=world.trial, kind=ChainKind.ACTS).head[:16]

    assert (head in page) == (role in UNBLINDED_ROLES)


@pytest.mark.parametrize("role", [PHARMACIST, STATISTICIAN])
def test_every_page_and_every_file_to_take_along_says_unblinded(
    world: TrialFixture, places: dict[str, str], enter: Callable[[Delegation], Client], role: Role
) -> None:
    browser = enter(world.person(role, f"somebody-{role}"))
    for name in (name for name, roles in ACCESS.items() if role in roles):
        answer = browser.get(address(name, places), follow=True)
        if name in FILES:
            assert answer.headers["Content-Disposition"].startswith('attachment; filename="UNBLINDED-'), name
            continue
        page = answer.content.decode()
        assert "UNBLINDED: do not show" in page, name
        assert "<title>UNBLINDED" in page, name


def test_the_list_shows_what_to_prepare_for_tomorrow(
    todo: tuple[PreparationView, ...], pharmacist: Delegation, enter: Callable[[Delegation], Client]
) -> None:
    page = enter(pharmacist).get("/preparations/").content.decode()
    for words in ("Tuesday 6 October 2015", "3 syringes", "2 MIU", "1 MIU", "Placebo", "0.5 mL", "A1147"):
        assert words in page
    assert "Nothing to prepare for this day" in page
    assert "syringes stand below" in page


@pytest.mark.usefixtures("active")
def test_with_nothing_to_prepare_the_list_says_what_to_do_first(
    pharmacist: Delegation, enter: Callable[[Delegation], Client]
) -> None:
    browser = enter(pharmacist)
    page = browser.get("/preparations/").content.decode()
    assert page.count('<div class="empty">') == 1
    assert "Nothing to prepare today or tomorrow" in page and 'href="/stock/"' in page
    assert "No lot has been received yet" in browser.get("/stock/").content.decode()


def test_a_morning_of_two_people_ends_with_a_syringe_released(
    todo: tuple[PreparationView, ...],
    pharmacist: Delegation,
    colleague: Delegation,
    enter: Callable[[Delegation], Client],
) -> None:
    signed = signature_of(colleague)
    syringe, first, second = f"/preparations/{todo[0].id}/", enter(pharmacist), enter(colleague)
    assert first.post(f"{syringe}prepare/", {"lot": todo[0].lots[0].id}).status_code == 302
    own = first.post(f"{syringe}check/", {})
    assert (own.status_code, "second person" in own.content.decode()) == (409, True)
    assert second.post(f"{syringe}check/", {"note": "Label compared"}).status_code == 302
    assert second.post(f"{syringe}release/", {}).status_code == 422
    assert second.post(f"{syringe}release/", signed).status_code == 302
    assert SealedSignature.objects.get().act == "release"
    page = second.get("/signatures/").content.decode()
    assert todo[0].participant in page and ">holds<" in page
    discard(preparation=todo[0].id, reason="Fell.", by=pharmacist, at=timezone.now())
    assert "void: changed since: state, step" in second.get("/signatures/").content.decode()
    assert Announcement.objects.count() == 1
    assert "Label compared" in second.get(syringe).content.decode()


def test_only_a_second_person_is_offered_the_check(
    todo: tuple[PreparationView, ...],
    pharmacist: Delegation,
    colleague: Delegation,
    enter: Callable[[Delegation], Client],
    at: datetime,
) -> None:
    mark_prepared(preparation=todo[0].id, lot=todo[0].lots[0].id, by=pharmacist, at=at)
    link = f"/preparations/{todo[0].id}/check/"
    pages = [enter(who).get("/preparations/").content.decode() for who in (pharmacist, colleague)]
    assert [link in page for page in pages] == [False, True]


def test_a_refusal_stands_on_the_form_and_changes_nothing(
    todo: tuple[PreparationView, ...], pharmacist: Delegation, enter: Callable[[Delegation], Client]
) -> None:
    other = next(view for view in todo if view.lots[0].id != todo[0].lots[0].id)
    answer = enter(pharmacist).post(f"/preparations/{todo[0].id}/prepare/", {"lot": other.lots[0].id})
    assert (answer.status_code, "this syringe needs" in answer.content.decode()) == (409, True)
    assert not PreparationStep.objects.exists()


def test_an_unknown_syringe_or_lot_is_not_found(
    todo: tuple[PreparationView, ...], pharmacist: Delegation, enter: Callable[[Delegation], Client]
) -> None:
    browser = enter(pharmacist)
    assert browser.get(f"/preparations/{uuid4()}/").status_code == 404
    assert browser.get(f"/stock/{uuid4()}/destroy/").status_code == 404


def test_the_worksheet_says_who_did_what_and_from_what(
    todo: tuple[PreparationView, ...],
    pharmacist: Delegation,
    colleague: Delegation,
    enter: Callable[[Delegation], Client],
    at: datetime,
) -> None:
    lot = todo[0].lots[0]
    mark_prepared(preparation=todo[0].id, lot=lot.id, by=pharmacist, at=at)
    mark_checked(preparation=todo[0].id, by=colleague, at=at + timedelta(minutes=9))
    page = enter(pharmacist).get(f"/preparations/{todo[0].id}/").content.decode()
    for words in ("Worksheet", todo[0].participant, lot.number, "pharma.one", "pharma.two", "09:39"):
        assert words in page
    assert preparation(preparation=todo[0].id, by=pharmacist, at=at).state == "checked"


@pytest.mark.parametrize(("act", "told"), [("quarantine", True), ("destroy", True), ("free", False)])
def test_whoever_sets_a_lot_aside_is_told_what_the_ward_can_see_of_it(
    stocked: dict[str, str],
    pharmacist: Delegation,
    enter: Callable[[Delegation], Client],
    at: datetime,
    act: str,
    told: bool,
) -> None:
    lot = stock(by=pharmacist, at=at)[0].lot
    assert ("all or none" in enter(pharmacist).get(f"/stock/{lot.id}/{act}/").content.decode()) is told


def test_a_delivery_is_entered_and_shown(
    stocked: dict[str, str],
    pharmacist: Delegation,
    world: TrialFixture,
    enter: Callable[[Delegation], Client],
) -> None:
    delivery = {"site": world.site.pk, "product": "Aldesleukin", "lot_number": "B7"}
    delivery |= in_boxes(expiry="2016-02-29")
    browser = enter(pharmacist)
    assert browser.post("/stock/receive/", delivery | {"quantity": "12"}).status_code == 302
    page = browser.get("/stock/").content.decode()
    assert ("B7" in page, "29 Feb 2016" in page, "Received = used" in page) == (True, True, True)


def test_the_statistician_sees_the_list_and_nothing_of_what_it_holds(
    todo: tuple[PreparationView, ...], world: TrialFixture, enter: Callable[[Delegation], Client]
) -> None:
    page = enter(world.person(STATISTICIAN, "stat.one")).get("/lists/").content.decode()
    assert ("live list 1" in page, "3 of 36 drawn" in page, "activated" in page) == (True, True, True)
    arms = world.trial.protocol_version.protocol.arms
    assert not [word for arm in arms for word in (arm.code, arm.label.en) if word in page]


def test_the_clinic_door_cannot_import_the_pharmacy() -> None:
    import os

    command = "import django; django.setup(); import dosing.pharmacy"
    clinic = os.environ | {"VELUM_DOOR": "clinic"}
    done = subprocess.run([sys.executable, "-c", command], env=clinic, capture_output=True, text=True)
    assert (done.returncode, "dosing.pharmacy belongs to the pharmacy door" in done.stderr) == (1, True)


def test_several_syringes_are_released_with_one_signature_and_a_row_each(
    todo: tuple[PreparationView, ...],
    pharmacist: Delegation,
    colleague: Delegation,
    enter: Callable[[Delegation], Client],
    at: datetime,
) -> None:
    for one in todo[:2]:
        mark_prepared(preparation=one.id, lot=one.lots[0].id, by=pharmacist, at=at)
        mark_checked(preparation=one.id, by=colleague, at=at)
    signed, browser = signature_of(colleague), enter(colleague)
    page = browser.get("/preparations/release/").content.decode()
    assert [str(one.id) in page for one in todo[:3]] == [True, True, *[False] * len(todo[2:3])]
    chosen = {"syringes": [str(one.id) for one in todo[:2]]}
    assert browser.post("/preparations/release/", chosen | signed | {"password": "no"}).status_code == 403
    assert not SealedSignature.objects.exists()
    assert browser.post("/preparations/release/", chosen | signed).status_code == 302
    rows = SealedSignature.objects.filter(act="release")
    assert {row.subject for row in rows} == {one.participant for one in todo[:2]}
    assert len({row.record for row in rows}) == 2 == len(list(rows))
