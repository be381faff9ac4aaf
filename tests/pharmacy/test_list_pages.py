"""A list on the pages of the pharmacy door: brought, read, accepted, sealed, activated, each signed."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
import time_machine
from django.conf import global_settings, settings
from django.core.files import uploadhandler
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from randomization.core.brought.table_file import MOST_BYTES
from randomization.core.order.verdict import BY_NOTHING, KINDS, Verdict
from randomization.models import RandomizationList, Step
from randomization.sealed.lists import importing
from randomization.sealed.lists.forms import ImportForm
from randomization.sealed.models import SealedAuditEntry, SealedSignature, SetAside
from tests.core.list_files import NAMES, Rows, nci, written
from tests.keys import recovery_key_is_proved
from tests.trial_fixture import TrialFixture, new_trial
from trial.models import Delegation, Trial
from trial.permissions import Role
from trial.protocol.files import PROTOCOLS, load_protocol

PASSWORD = "amber-birch-cedar-17"
Enter = Callable[[Delegation], Client]


@pytest.fixture(autouse=True)
def _clock(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


SIGNED = {"password": PASSWORD, "user_name": "stat.one"}
"""The first signature of the first statistician; a name that is not asked for does no harm."""


@pytest.fixture
def world(db: None) -> TrialFixture:
    return new_trial()


@pytest.fixture
def browsers(world: TrialFixture, enter: Enter) -> list[Client]:
    """Two statisticians, logged in."""
    people = [world.person(Role.UNBLINDED_STATISTICIAN, name) for name in ("stat.one", "stat.two")]
    for by in people:
        by.user.set_password(PASSWORD)
        by.user.save()
    return [enter(by) for by in people]


def bring(world: TrialFixture, browser: Client, rows: Rows | bytes, **more: object) -> tuple[int, str]:
    """Upload a list; status and page."""
    data = rows if isinstance(rows, bytes) else written(rows).encode()
    answers = (
        {f"arm_{n}": name for n, name in enumerate(NAMES)}
        | {
            "file": SimpleUploadedFile("list.csv", data),
            "name": "brought",
            "environment": "live",
            "numbers": "own",
            "size_0": 36,
        }
        | SIGNED
    )
    reply = browser.post("/lists/import/", answers | more)
    return reply.status_code, reply.content.decode()


def test_a_list_goes_from_file_to_use_by_two_people(
    world: TrialFixture, browsers: list[Client], at: datetime
) -> None:
    one, two = browsers
    assert bring(world, one, nci())[0] == 302
    for _step in ("accept", "seal"):
        assert one.post("/lists/1/step/", SIGNED).status_code == 302
    recovery_key_is_proved(world.people["stat.one"], at)
    assert one.post("/lists/1/step/", SIGNED).status_code == 409
    for address in ("/lists/", "/lists/1/step/"):
        page = one.get(address).content.decode()
        assert "another person must activate it" in page
        assert 'type="password"' not in page
        assert 'href="/lists/1/step/"' not in page
    assert 'href="/lists/1/step/"' in two.get("/lists/").content.decode()
    assert two.post("/lists/1/step/", SIGNED | {"user_name": "stat.two"}).status_code == 302
    steps = RandomizationList.objects.get().steps.values_list("step", "by__user__username")
    who = ["stat.one", "stat.one", "stat.one", "stat.two"]
    assert list(steps) == list(zip(list(Step.values)[:4], who, strict=True))


def test_a_draft_is_set_aside_with_a_reason_and_its_file_brought_again(
    world: TrialFixture, browsers: list[Client]
) -> None:
    one, _ = browsers
    assert bring(world, one, nci())[0] == 302
    assert bring(world, one, nci(), name="again")[0] == 409
    assert 'href="/lists/1/set-aside/"' in one.get("/lists/").content.decode()
    for answers, status in (({"reason": ""}, 422), ({"reason": "slip", "password": "wrong"}, 403)):
        assert one.post("/lists/1/set-aside/", SIGNED | answers).status_code == status
        assert not SetAside.objects.exists()
    reply = one.post("/lists/1/set-aside/", SIGNED | {"reason": "Row 9 was <mistyped>."})
    assert reply.status_code == 302
    page = one.get("/lists/").content.decode()
    assert "Row 9 was &lt;mistyped&gt;." in page
    assert "set aside" in page
    assert 'href="/lists/1/set-aside/"' not in page
    assert "only a list that is not sealed yet" in one.get("/lists/1/set-aside/").content.decode()
    assert bring(world, one, nci(), name="again")[0] == 302


def test_the_step_of_a_list_that_was_set_aside_says_what_happened_and_has_no_form(
    world: TrialFixture, browsers: list[Client]
) -> None:
    one, _ = browsers
    bring(world, one, nci())
    one.post("/lists/1/set-aside/", SIGNED | {"reason": "Row 9 was <mistyped>."})
    page = one.get("/lists/1/step/").content.decode()
    assert "This list is set aside. Nothing more is to be done with it here." in page
    assert "Row 9 was &lt;mistyped&gt;." in page and ", 07:30 UTC · " in page
    assert 'type="password"' not in page and 'name="reason"' not in page
    refused = one.post("/lists/1/step/", SIGNED)
    assert (refused.status_code, "This list is set aside" in refused.content.decode()) == (409, True)


def signatures(browser: Client) -> list[tuple[str, str, str, str]]:
    """Act, meaning, parts and state of each signature, as the file of this door has them."""
    table = csv.DictReader(io.StringIO(browser.get("/signatures.csv").content.decode()))
    return [(row["code"], row["meaning"], row["parts"], row["state"]) for row in table]


def test_bringing_a_list_and_setting_it_aside_are_signed(world: TrialFixture, browsers: list[Client]) -> None:
    """Both parts with the first signature of the session, the secret with the next; both hold."""
    one, _ = browsers
    assert "Your user name" in one.get("/lists/import/").content.decode()
    refused = bring(world, one, nci(), user_name="stat.two")
    assert refused[0] == 403 and not RandomizationList.objects.exists()
    bring(world, one, nci())
    assert "Your user name" not in one.get("/lists/1/set-aside/").content.decode()
    one.post("/lists/1/set-aside/", {"password": PASSWORD, "reason": "A slip."})
    assert signatures(one) == [
        ("list_set_aside", "I set this list aside.", "1", "holds"),
        ("list_brought", "I bring this list, as it stands in its file.", "2", "holds"),
    ]
    entry = SealedAuditEntry.objects.get(action="list.set_aside")
    assert json.loads(entry.body)["signature"]["name"] == world.people["stat.one"].user.shown_name


def test_the_report_shows_counts_and_is_recorded(world: TrialFixture, browsers: list[Client]) -> None:
    bring(world, browsers[0], nci())
    reply = browsers[0].post("/lists/1/report/", {"password": PASSWORD})
    page = reply.content.decode()
    assert reply.status_code == 200
    assert "not reproducible from a seed, by declaration" in page
    assert page.count("<td>12</td>") == 3
    assert SealedAuditEntry.objects.last().action == "list.report_read"


@pytest.mark.parametrize("address", ["/lists/1/report/", "/lists/1/step/"])
def test_a_wrong_password_signs_nothing(world: TrialFixture, browsers: list[Client], address: str) -> None:
    bring(world, browsers[0], nci())
    before = SealedAuditEntry.objects.count()
    reply = browsers[0].post(address, SIGNED | {"password": "wrong"})
    assert reply.status_code == 403
    assert "not your password" in reply.content.decode()
    written = list(SealedAuditEntry.objects.order_by("id").values_list("action", flat=True))[before:]
    assert written == ["confirm.failed"]
    assert RandomizationList.objects.get().steps.get().step == Step.DRAFT


def test_a_faulty_file_is_refused_with_row_and_rule_on_the_page(
    world: TrialFixture, browsers: list[Client]
) -> None:
    rows = nci()
    rows[4][2] = "ZZCANARY"
    status, page = bring(world, browsers[0], rows)
    assert (status, "row 5, arm" in page, "CANARY" in page) == (422, True, False)
    assert not RandomizationList.objects.exists()


def with_a_column(heading: str) -> Rows:
    rows = nci()
    return [[*rows[0], heading], *([*row, "x"] for row in rows[1:])]


def test_a_column_that_is_not_known_is_asked_about_on_the_same_page(
    world: TrialFixture, browsers: list[Client]
) -> None:
    rows = with_a_column("Opened <by>")
    status, page = bring(world, browsers[0], rows)
    assert (status, "Column 6, “Opened &lt;by&gt;”, is not known." in page) == (422, True)
    assert "What column “Opened &lt;by&gt;” is" in page
    assert 'name="heading" value="Opened &lt;by&gt;"' in page
    assert "--column" not in page
    assert bring(world, browsers[0], rows, heading="Opened <by>", column_0="")[0] == 422
    assert bring(world, browsers[0], rows, heading="Opened <by>", column_0="unused")[0] == 302


@pytest.mark.parametrize("role", ["nothing", "number\n", "COUNTRY"])
def test_a_role_that_is_none_is_refused(world: TrialFixture, browsers: list[Client], role: str) -> None:
    rows = with_a_column("Opened by")
    assert bring(world, browsers[0], rows, heading="Opened by", column_0=role)[0] == 422
    assert not RandomizationList.objects.exists()


def test_what_was_passed_over_is_shown_in_the_reply_and_kept_in_no_session(
    world: TrialFixture, browsers: list[Client]
) -> None:
    status, page = bring(world, browsers[0], [*nci(), [], ["seed <7>"]])
    assert (status, "Passed over below the list: seed &lt;7&gt;" in page) == (200, True)
    assert RandomizationList.objects.get().envelope_count == 36
    assert "seed" not in str(dict(browsers[0].session)) + str(browsers[0].cookies)
    assert "seed" not in browsers[0].get("/lists/").content.decode()


def test_the_encoding_of_a_file_is_chosen_on_the_page(world: TrialFixture, browsers: list[Client]) -> None:
    rows = nci()
    for row in rows:
        row[2] = row[2].replace("Placebo", "Témoin")
    data = written(rows).encode("cp1252")
    status, page = bring(world, browsers[0], data, arm_0="Témoin")
    assert (status, "Choose the encoding of the file." in page) == (422, True)
    assert bring(world, browsers[0], data, arm_0="Témoin", encoding="cp1252")[0] == 302


def test_two_arms_cannot_have_one_name(world: TrialFixture, browsers: list[Client]) -> None:
    status, page = bring(world, browsers[0], nci(), arm_1=NAMES[0])
    assert (status, "one name for each" in page) == (422, True)


@pytest.mark.parametrize("size", [20_001, 2**40])
def test_a_list_that_takes_longer_than_a_page_may_is_sent_to_the_command(
    world: TrialFixture, browsers: list[Client], size: int
) -> None:
    status, page = bring(world, browsers[0], nci(), size_0=size)
    assert (status, "manage.py import_list" in page) == (422, True)
    assert not RandomizationList.objects.exists()


@pytest.mark.parametrize(
    ("language", "asked"),
    [
        ("en", "Envelopes of stratum all: 3600. The trial’s target is 36."),
        ("fr", "Enveloppes de la strate all"),
    ],
)
def test_an_unlikely_size_is_asked_about_at_its_question(
    world: TrialFixture, browsers: list[Client], language: str, asked: str
) -> None:
    browsers[0].cookies[settings.LANGUAGE_COOKIE_NAME] = language
    for ticked in ({}, {"confirm-size_0": "36"}, {"confirm-size_0": "on"}):
        status, page = bring(world, browsers[0], nci(), size_0=3600, **ticked)
        box = re.search(r'<input[^>]*name="confirm-size_0"[^>]*>', page)
        assert (status, asked in page) == (422, True)
        assert box and 'value="3600"' in box[0] and "checked" not in box[0]
        assert not RandomizationList.objects.exists()


def test_a_confirmed_size_is_judged_by_the_file(world: TrialFixture, browsers: list[Client]) -> None:
    said = {"size_0": 3600, "confirm-size_0": "3600"}
    status, page = bring(world, browsers[0], nci(), **said)
    assert (status, "3600 are planned" in page) == (422, True)


@pytest.mark.parametrize("data", [b"", b"x" * (MOST_BYTES + 1024 * 1024)])
def test_an_empty_or_too_long_upload_is_asked_for_again(
    world: TrialFixture, browsers: list[Client], data: bytes
) -> None:
    assert bring(world, browsers[0], data)[0] == 422
    assert not RandomizationList.objects.exists()


@pytest.fixture
def no_temporary_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever would write an upload to a file fails."""

    def refuse(*args: object) -> None:
        raise AssertionError("a temporary file was asked for")

    monkeypatch.setattr(uploadhandler, "TemporaryUploadedFile", refuse)


def long_upload(world: TrialFixture, browser: Client) -> tuple[int, str]:
    """Three megabytes: more than Django keeps in memory by itself, less than a list may have."""
    rows = [["all", str(n), NAMES[n % 3], "1", "0" * 150] for n in range(1, 20_001)]
    return bring(world, browser, [nci()[0], *rows])


@pytest.mark.usefixtures("no_temporary_file")
def test_an_upload_is_never_written_to_a_file(world: TrialFixture, browsers: list[Client]) -> None:
    status, page = long_upload(world, browsers[0])
    assert (status, "20000 envelopes, 36 are planned" in page) == (422, True)


@pytest.mark.usefixtures("no_temporary_file")
def test_with_the_usual_upload_handlers_it_would_be(
    world: TrialFixture, browsers: list[Client], settings: Any
) -> None:
    settings.FILE_UPLOAD_HANDLERS = list(global_settings.FILE_UPLOAD_HANDLERS)
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = global_settings.FILE_UPLOAD_MAX_MEMORY_SIZE
    with pytest.raises(AssertionError, match="temporary file"):
        long_upload(world, browsers[0])


def test_an_unknown_list_has_no_page(browsers: list[Client]) -> None:
    assert browsers[0].get("/lists/7/report/").status_code == 404
    assert browsers[0].get("/lists/7/step/").status_code == 404


def sorted_by_arm() -> Rows:
    """The NCI file with its arms sorted and its numbers counted again."""
    heading, *rows = nci()
    arms = sorted(row[2] for row in rows)
    return [heading, *([*row[:2], arm, *row[3:]] for row, arm in zip(rows, arms, strict=True))]


def test_a_list_sorted_by_arm_is_refused_on_the_page(world: TrialFixture, browsers: list[Client]) -> None:
    status, page = bring(world, browsers[0], sorted_by_arm(), reason="The sponsor wants it so.")
    assert (status, "it is sorted by arm" in page, "It is not taken" in page) == (422, True, True)
    assert not RandomizationList.objects.exists()


def test_a_rare_order_is_asked_about_on_the_page_and_taken_with_a_reason(
    world: TrialFixture, browsers: list[Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = Verdict(16_000, KINDS[0].seen, BY_NOTHING)
    monkeypatch.setattr(importing, "verdict_on", lambda *asked: said)
    status, page = bring(world, browsers[0], nci())
    assert (status, "once in 16\u202f000 lists" in page, 'id="id_reason_error' in page) == (422, True, True)
    assert bring(world, browsers[0], nci(), reason="Drawn in public.")[0] == 302
    body = json.loads(SealedAuditEntry.objects.get(action="list.order_kept").body)
    assert (body["reason"], body["signature"]["meaning"]) == ("Drawn in public.", body["meaning"])
    row = SealedSignature.objects.get(act="order_kept")
    assert json.loads(row.content)["once_in"] == 16_000 and row.meaning == body["meaning"]


def test_a_step_asks_for_the_reason_on_its_page(
    world: TrialFixture, browsers: list[Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(world, browsers[0], nci())
    said = Verdict(16_000, KINDS[0].seen, BY_NOTHING)
    monkeypatch.setattr("randomization.core.acceptance.verdict_on", lambda *asked: said)
    report = browsers[0].post("/lists/1/report/", {"password": PASSWORD}).content.decode()
    assert "accepted with a reason alone" in report
    refused = browsers[0].post("/lists/1/step/", SIGNED)
    assert (refused.status_code, "say why this one is taken" in refused.content.decode()) == (422, True)
    answers = SIGNED | {"reason": "Drawn in public."}
    assert browsers[0].post("/lists/1/step/", answers).status_code == 302


def test_a_trial_with_strata_asks_for_the_files_names_of_them() -> None:
    version = SimpleNamespace(protocol=load_protocol(PROTOCOLS / "nct03039673.toml").protocol)
    trial = cast("Trial", SimpleNamespace(protocol_version=version, environment="live"))
    form = ImportForm(trial=trial)
    assert [field.label for name, field in form.fields.items() if name.startswith("stratum_")] == [
        f"The file's name for stratum {key}" for key in version.protocol.stratum_keys()
    ]
    assert list(form.fields)[-1] == "password"
