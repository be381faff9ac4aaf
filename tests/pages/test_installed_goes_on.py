"""What is installed goes on: what stops a new file is work for an amendment in an old one."""

from __future__ import annotations

import json
from dataclasses import replace
from html import unescape
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from dosing.models import Plan, PlannedInjection
from tests.faulty_files import GOOD, PLANTED, faulty
from tests.pages.conftest import Browser
from tests.site_fixture import SiteFixture
from tests.trial_fixture import START
from trial.audit import record
from trial.models import AuditEntry, ProtocolVersion, Site, Trial
from trial.people.amendments import NotAnAmendment, install_amendment
from trial.people.installing import install_trial
from trial.protocol.files import parse_protocol
from trial.protocol.judging import FaultyProtocol

KINDS = pytest.mark.parametrize("kind", PLANTED)


def installed_before(trial: Trial, kind: str) -> ProtocolVersion:
    """A version as an earlier Velum took it, before there was a judge of that kind."""
    file = parse_protocol(faulty(kind))
    version = ProtocolVersion.objects.create(
        trial=trial, version=file.protocol.version, digest=file.digest, text=file.text, installed_at=START
    )
    body: dict[str, object] = {"digest": file.digest, "sites": [], "version": version.version}
    record(action="protocol.amended", subject=trial.key, by=None, at=START, trial=trial, body=body)
    return version


@KINDS
def test_a_new_file_is_stopped_everywhere(ward: SiteFixture, kind: str, tmp_path: object) -> None:
    entries = AuditEntry.objects.count()
    file = parse_protocol(faulty(kind))
    with pytest.raises(FaultyProtocol, match=r"line \d+, "):
        install_amendment(file=file, at=START)
    other = replace(file, protocol=replace(file.protocol, key="nct99999999"))
    with pytest.raises(FaultyProtocol):
        install_trial(file=other, environment="live", at=START)
    assert (ProtocolVersion.objects.count(), AuditEntry.objects.count()) == (1, entries)


@KINDS
@pytest.mark.parametrize("command", ["install_amendment", "check_protocol"])
def test_the_commands_name_line_and_field(
    ward: SiteFixture, kind: str, command: str, tmp_path, capsys
) -> None:
    path = tmp_path / "faulty.toml"
    path.write_text(faulty(kind), encoding="utf-8")
    said = StringIO()
    with pytest.raises((CommandError, SystemExit)) as stopped:
        call_command(command, str(path), stdout=said)
    assert f", {PLANTED[kind][2]}: " in said.getvalue() + str(stopped.value)
    assert PLANTED[kind][3] in said.getvalue() + str(stopped.value)


@KINDS
def test_an_installed_version_is_readable_and_plans_as_before(ward: SiteFixture, kind: str) -> None:
    ward.booked()
    before = list(PlannedInjection.objects.values_list("number", "date", "earliest", "latest"))
    version = installed_before(ward.site.trial, kind)
    ward.booked()
    plan = Plan.objects.order_by("id").last()
    assert plan is not None and plan.protocol_version == version
    assert list(plan.injections.values_list("number", "date", "earliest", "latest")) == before


@KINDS
def test_verify_lists_it_and_holds(ward: SiteFixture, kind: str) -> None:
    installed_before(ward.site.trial, kind)
    said = StringIO()
    call_command("verify", stdout=said)
    lines = [row for row in said.getvalue().splitlines() if row.startswith("to amend")]
    sentence = PLANTED[kind][3].removesuffix(".")  # the line goes on to the next without a full stop
    assert [row for row in lines if f", {PLANTED[kind][2]}: " in row and sentence in row]


@KINDS
@pytest.mark.parametrize(
    ("language", "heading", "line"),
    [("en", "Work for an amendment", "line "), ("fr", "Travail pour un amendement", "ligne ")],
)
def test_the_trial_lists_it_in_both_languages(
    nurse: Browser, ward: SiteFixture, kind: str, language: str, heading: str, line: str
) -> None:
    assert heading not in nurse.get("/trial/", headers={"accept-language": language}).content.decode()
    installed_before(ward.site.trial, kind)
    page = nurse.get("/trial/", headers={"accept-language": language}).content.decode()
    listed = page.split(heading)[1]
    assert f"<li>{line}" in listed
    if language == "en":  # of what arms are given the clinic reads the line alone
        assert (unescape(PLANTED[kind][3]) in unescape(listed)) != PLANTED[kind][2].startswith("arms")


def test_an_amendment_mends_it(nurse: Browser, ward: SiteFixture) -> None:
    installed_before(ward.site.trial, next(iter(PLANTED)))
    install_amendment(file=parse_protocol(GOOD.replace('version = "1"', 'version = "3"', 1)), at=START)
    assert "Work for an amendment" not in nurse.read("/trial/")


def test_the_same_file_again_still_changes_nothing(ward: SiteFixture) -> None:
    """Of what is installed nothing is asked twice, faulty or not."""
    version = installed_before(ward.site.trial, next(iter(PLANTED)))
    assert install_amendment(file=parse_protocol(version.text), at=START) == version


def test_an_amendment_mends_the_zone_of_no_place_and_no_other(ward: SiteFixture) -> None:
    file = parse_protocol(GOOD.replace("Europe/Paris", "Factory"))
    ProtocolVersion.objects.create(
        trial=ward.site.trial, version="old", digest=file.digest, text=file.text, installed_at=START
    )
    Site.objects.update(zone="Factory")
    good = GOOD.replace('version = "', 'version = "mended ', 1)
    install_amendment(file=parse_protocol(good), at=START)
    assert Site.objects.get().zone == "Europe/Paris"
    entry = AuditEntry.objects.filter(action="protocol.amended").latest("id")
    assert json.loads(entry.body)["zones"] == {ward.site.number: "Europe/Paris"}
    moved = good.replace("mended", "moved").replace("Europe/Paris", "Europe/Vienna")
    with pytest.raises(NotAnAmendment, match="another time zone"):
        install_amendment(file=parse_protocol(moved), at=START)
