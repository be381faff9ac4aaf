"""What `verify` replays: each table's rows changed, removed and added, and each seen by name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from dosing.models import Readiness
from dosing.pharmacy.models import Announcement
from randomization import verification
from randomization.sealed.models import SealedAuditChain, SealedAuditEntry
from randomization.sealed.vault.mended_clock import clock_was_mended
from randomization.verification import verify
from randomization.verifying import replaying
from randomization.verifying.chains import trail_reports
from randomization.verifying.endings import endings
from randomization.verifying.replaying import Kept, Table, Told, may_be_read
from randomization.verifying.reports import Report
from tests.pharmacy.test_clinic_writes import as_the_clinic
from tests.randomization.test_verify import tampering
from tests.sealed.replayed_world import Change, Lived, kinds, live
from tests.sealed.tampering import rechain
from tests.sealed.test_replayed_tables import REPLAYED
from tests.trial_fixture import START
from trial.models import (
    ApiToken,
    AuditChain,
    AuditEntry,
    Consent,
    Delegation,
    Participant,
    ProtocolVersion,
    Trial,
)
from trial.models.replay import Replayed, replay_of
from trial.protocol.intact import ProtocolChanged

pytestmark = pytest.mark.django_db

REFUSED_BY_THE_DATABASE = {
    "dosing_appointment changed number",
    "dosing_plannedinjection changed plan",  # every plan has each injection once
    "dosing_plannedinjection changed date",  # its window is that day alone
    "dosing_plannedvisit changed plan",
    "trial_participantstatus changed restores",  # only a correction of an end restores a row
    "randomization_liststep added",  # a list takes each step once
    "randomization_liststep changed list",
    "pharmacy_stepbox added",  # one box for each recipient
    "pharmacy_stepbox changed recipient",
    "pharmacy_stepbox changed step",
    "pharmacy_stockbox added",
    "pharmacy_stockbox changed recipient",
    "pharmacy_stockbox changed entry",
}
"""What no statement can do to a row, for a constraint holds it whoever asks."""


@pytest.fixture(scope="module")
def lived(django_db_setup: None, django_db_blocker: Any) -> Iterator[Lived]:
    """The trial, lived through and verified once; then its triggers stand aside, as for whoever owns the
    database. Each test takes back what it did."""
    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer._from_testcase = True  # durable blocks may stand inside, as in Django's own TestCase
        with outer:
            trial = live()
            trial.honest = faults()
            with tampering():
                yield trial
            transaction.set_rollback(True)


@pytest.fixture
def undone(lived: Lived) -> Iterator[None]:
    """All that is done in the test is taken back."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


@pytest.fixture(scope="module")
def told(lived: Lived) -> dict[bool, dict[str, Told]]:
    """What the entries say, by trail and trial: read once, since no change of a row touches them."""
    heard_of: dict[bool, dict[str, Told]] = {}
    for sealed, chains in ((False, AuditChain), (True, SealedAuditChain)):
        by_trial = heard_of.setdefault(sealed, {trial.pk: Told() for trial in Trial.objects.all()})
        for chain in chains.objects.all():
            for entry in chain.entries.order_by("sequence"):
                by_trial[chain.trial_id].hear(entry)
    return heard_of


def faults_in(model: Any, told: dict[str, Told], *, sealed: bool) -> str:
    """What is said of one table, in every trial."""
    entries = SealedAuditEntry if sealed else AuditEntry
    tables = (
        Table(model, trial, replace(heard_of, rows=deepcopy(heard_of.rows)), entries)
        for trial in Trial.objects.all()
        for heard_of in [told.get(trial.pk, Told())]
    )
    gone = sorted(set(told) - set(Trial.objects.values_list("pk", flat=True)))
    return " ".join(
        [*(str(fault) for table in tables for fault in table.faults()), *map("{} is gone".format, gone)]
    )


def complaints(*, sealed: bool) -> dict[str, str]:
    chains, entries = (SealedAuditChain, SealedAuditEntry) if sealed else (AuditChain, AuditEntry)
    reports = trail_reports(chains, entries, sealed=sealed, clock=timezone.now)
    return {str(report.what): str(report.fault) for report in reports if report.fault}


def blinded_reports() -> list[Report]:
    return list(trail_reports(AuditChain, AuditEntry, sealed=False, clock=timezone.now))


def test_an_honest_trial_holds(lived: Lived) -> None:
    assert lived.honest == {}


@pytest.mark.parametrize("model", REPLAYED, ids=lambda model: model._meta.db_table)
def test_every_table_has_rows_here(lived: Lived, model: Any) -> None:
    said = replay_of(model)
    assert isinstance(said, Replayed)
    assert model._default_manager.filter(**dict(said.only)).exists()


@pytest.mark.parametrize("change", kinds(), ids=str)
def test_each_change_is_seen_by_name(
    lived: Lived, undone: None, told: dict[bool, dict[str, Told]], change: Change
) -> None:
    if str(change) in REFUSED_BY_THE_DATABASE:
        assert not change.do()
        return
    assert change.do(), "the database refuses it; name it above"
    said = replay_of(change.model)
    assert isinstance(said, Replayed)
    fault = faults_in(change.model, told[said.sealed], sealed=said.sealed)

    words = {"removed": "is gone", "added": "no audit entry says", "changed": f"{change.column} is"}
    assert words[change.what] in fault or "is gone" in fault or "no audit" in fault, connection.vendor


@pytest.mark.parametrize("change", [Change(model, "removed") for model in REPLAYED[1::6]], ids=str)
def test_the_whole_of_verify_names_the_table(lived: Lived, undone: None, change: Change) -> None:
    assert change.do()
    assert any(what.startswith(f"rows of {change.model._meta.db_table} in ") for what in faults())


def test_a_sentence_says_what_the_newest_entry_says_of_the_row_and_in_which_chain_it_stands(
    lived: Lived, undone: None
) -> None:
    row = Consent.objects.select_related("participant").order_by("pk")[0]
    entries = AuditEntry.objects.filter(chain=site_chain(lived), rows__contains="trial_consent")
    about = [each for each in entries.order_by("sequence") if row.participant.number in (each.rows or "")]
    Consent.objects.filter(pk=row.pk).update(signed_on=row.signed_on - timedelta(days=9))
    [fault] = [
        one for what, one in complaints(sealed=False).items() if what.startswith("rows of trial_consent")
    ]
    earlier = row.signed_on - timedelta(days=9)
    assert fault.endswith(
        f": signed_on is {earlier}, {row.signed_on} in entry {about[-1].sequence} of nct02059759/01"
    )


def test_a_row_that_is_gone_is_named_with_the_entry_that_wrote_it(lived: Lived, undone: None) -> None:
    before = set(Consent.objects.values_list("participant__number", flat=True))
    assert Change(Consent, "removed").do()
    [number] = before - set(Consent.objects.values_list("participant__number", flat=True))
    entries = AuditEntry.objects.filter(chain=site_chain(lived), rows__contains="trial_consent")
    about = [each for each in entries.order_by("sequence") if number in (each.rows or "")]
    [fault] = [
        one for what, one in complaints(sealed=False).items() if what.startswith("rows of trial_consent")
    ]
    assert number in fault
    assert fault.endswith(f"is gone; entry {about[-1].sequence} of nct02059759/01 wrote it")


def test_what_an_entry_that_is_gone_said_is_called_empty_and_no_traceback(lived: Lived, undone: None) -> None:
    table = Table(Consent, lived.world.trial, Told(), AuditEntry)
    nowhere = Kept(b"", chain=0, sequence=1, at=START)
    assert (table._said_in(nowhere, "x"), table._chain(nowhere)) == ({}, "nct02059759")


# --- Beside the rows of one table ---------------------------------------------------------------------


def faults() -> dict[str, str]:
    return {str(report.what): str(report.fault) for report in verify(clock=timezone.now) if report.fault}


def site_chain(lived: Lived) -> AuditChain:
    return AuditChain.objects.get(site=lived.world.site, kind="acts")


def test_an_entry_back_in_time_is_seen(lived: Lived, undone: None) -> None:
    entries = list(site_chain(lived).entries.order_by("sequence"))
    entries[20].at -= timedelta(days=3)
    rechain(site_chain(lived), entries)
    assert "entry 21 is of" in faults()["times in nct02059759/01"]


def test_a_minute_back_is_nobodys_fault_and_a_moment_more_is(lived: Lived, undone: None) -> None:
    chain = site_chain(lived)
    for back, seen in ((60, False), (61, True)):
        entries = list(chain.entries.order_by("sequence"))
        entries[-1].at = entries[-2].at - timedelta(seconds=back)
        rechain(chain, entries)
        assert ("times in nct02059759/01" in complaints(sealed=False)) is seen


def test_an_entry_past_the_clock_is_seen_and_a_mended_clock_explains_it(lived: Lived, undone: None) -> None:
    chain = site_chain(lived)
    entries = list(chain.entries.order_by("sequence"))
    entries[-1].at = datetime.now(UTC) + timedelta(minutes=3)
    rechain(chain, entries)
    assert "which is still to come" in complaints(sealed=False)["times in nct02059759/01"]
    clock_was_mended(trial=lived.world.trial, by=None, at=datetime.now(UTC), reason="It ran ahead.")
    assert complaints(sealed=False).keys() & {"times in nct02059759/01"} == set()


def test_a_role_that_the_person_never_had_is_seen(lived: Lived, undone: None) -> None:
    chain = site_chain(lived)
    entries = list(chain.entries.order_by("sequence"))
    entries[5].role = "monitor"
    rechain(chain, entries)
    assert "did not have the role monitor" in faults()["duties of who acted in nct02059759/01"]


def test_a_duty_that_had_ended_is_seen(lived: Lived, undone: None) -> None:
    Delegation.objects.filter(pk=lived.world.nurse.pk).update(ended_at=START + timedelta(days=2))
    seen = faults()
    assert "did not have the role study_nurse" in seen["duties of who acted in nct02059759/01"]
    assert "has ended, and no row ended it" in seen["ends of duties of nct02059759"]


def test_a_duty_that_runs_again_is_seen(lived: Lived, undone: None) -> None:
    Delegation.objects.filter(user__username="leaver").update(ended_at=None)
    assert "the duty study_nurse of leaver was ended" in faults()["ends of duties of nct02059759"]


def test_an_end_at_another_moment_is_seen(lived: Lived, undone: None) -> None:
    Delegation.objects.filter(user__username="leaver").update(ended_at=START + timedelta(days=1))
    assert "no row ended it at that moment" in faults()["ends of duties of nct02059759"]


def test_a_token_that_is_good_again_is_seen(lived: Lived, undone: None) -> None:
    ApiToken.objects.filter(name="lab").update(revoked_at=None)
    assert "the token lab was revoked" in faults()["ends of tokens of nct02059759"]


def test_a_token_that_nobody_revoked_is_seen(lived: Lived, undone: None) -> None:
    ApiToken.objects.filter(name="other").update(revoked_at=START)
    assert "the token other has ended" in faults()["ends of tokens of nct02059759"]


def test_a_syringe_that_shows_and_was_never_released_is_seen(lived: Lived, undone: None) -> None:
    person = Participant.objects.filter(trial=lived.world.trial)[0]
    Readiness.objects.create(participant=person, number=9, date=START.date(), visible_from=START)
    assert f"injection 9 of {person.number} shows as ready" in faults()["readiness in nct02059759"]


def test_a_syringe_that_was_published_and_shows_no_more_is_seen(lived: Lived, undone: None) -> None:
    Announcement.objects.update(published_at=F("due_at"))
    assert "was published as ready, and does not show so" in faults()["readiness in nct02059759"]


def test_another_text_of_the_protocol_is_seen_and_nothing_is_read_from_it(lived: Lived, undone: None) -> None:
    version = lived.world.trial.protocol_version
    text = version.text.replace('volume_ml = "', 'volume_ml = "9', 1)
    ProtocolVersion.objects.filter(pk=version.pk).update(text=text)
    assert "its text is not the one" in faults()["protocol of nct02059759, version 3"]
    with pytest.raises(ProtocolChanged, match="its digest differs"):
        ProtocolVersion.objects.get(pk=version.pk).protocol  # noqa: B018 - reading it is the act


@pytest.mark.parametrize("column", ["rows", "body"])
@pytest.mark.parametrize("text", ["{", "[]", "17", '{"trial_consent": []}', '{"trial_consent": {"x": 1}}'])
def test_garbage_in_an_entry_is_a_fault_and_every_check_goes_on(
    lived: Lived, undone: None, column: str, text: str
) -> None:
    entry = AuditEntry.objects.filter(action="envelope.drawn").order_by("sequence")[0]
    AuditEntry.objects.filter(pk=entry.pk).update(**{column: text})
    whole = [str(report.what) for report in verify(clock=timezone.now)]
    assert f"entry {entry.sequence}: it was changed" in faults()["audit chain nct02059759/01"]
    assert {"time zones by", "stock of nct02059759/01"} <= {
        start for what in whole for start in ("time zones by", "stock of nct02059759/01") if start in what
    }


def test_rows_that_cannot_be_read_are_a_report_of_their_own_and_only_then(lived: Lived, undone: None) -> None:
    def unread() -> list[tuple[str, int]]:
        found = [one for one in blinded_reports() if str(one.what).startswith("rows kept by the trail of")]
        return [(str(one.fault), one.rows) for one in found]

    assert unread() == []
    entry = site_chain(lived).entries.order_by("sequence")[4]
    AuditEntry.objects.filter(pk=entry.pk).update(rows="{")
    assert unread() == [("what entry 5 keeps of rows cannot be read", 0)]


def test_a_table_that_this_door_may_not_read_is_said_to_be_unchecked_and_the_others_follow(
    lived: Lived, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "may_be_read", lambda table: table != "trial_consent")
    found = {str(one.what): one for one in blinded_reports() if str(one.what).endswith("in nct02059759")}
    consents = found["rows of trial_consent in nct02059759"]
    assert (consents.rows, str(consents.unchecked)) == (0, "this door may not read it; the other one does")
    assert {what for what, one in found.items() if one.unchecked} == {"rows of trial_consent in nct02059759"}
    people = Participant.objects.filter(trial=lived.world.trial).count()
    assert found["rows of trial_participant in nct02059759"].rows == people > 1


def test_the_owner_reads_every_table_and_the_clinic_nothing_that_is_sealed() -> None:
    assert may_be_read("trial_consent") and may_be_read("sealed_codebreak")
    with as_the_clinic():
        sealed = may_be_read("sealed_codebreak")
        assert may_be_read("trial_consent") and sealed is (connection.vendor != "postgresql")


def test_the_clinics_role_checks_the_rows_of_every_table_and_sees_what_was_changed(
    lived: Lived, undone: None
) -> None:
    """Its rights are on columns: whoever asked for one on the table was told that there is none."""
    with as_the_clinic():
        reports = [one for one in blinded_reports() if str(one.what).startswith("rows of ")]
    assert {str(one.fault) for one in reports} == {""}
    assert [str(one.what) for one in reports if one.unchecked] == []
    Consent.objects.filter(pk=Consent.objects.order_by("pk")[0].pk).update(
        signed_on=START.date() - timedelta(days=9)
    )
    with as_the_clinic():
        assert "signed_on is" in complaints(sealed=False)["rows of trial_consent in nct02059759"]


def test_a_row_that_cannot_be_said_is_named_and_no_traceback(
    lived: Lived, told: dict[bool, dict[str, Told]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(model: Any, values: Any) -> Any:
        raise ValueError("month must be in 1..12")

    monkeypatch.setattr(replaying, "said_by", broken)
    assert "holds what it cannot hold" in faults_in(Consent, told[False], sealed=False)


def test_a_check_that_breaks_off_says_so_and_the_others_follow(
    lived: Lived, monkeypatch: pytest.MonkeyPatch
) -> None:
    def draws() -> Iterator[Any]:
        raise ValueError("month must be in 1..12")
        yield

    monkeypatch.setattr(verification, "VERIFIERS", (draws, verification.zones))
    reports = [*verify(clock=timezone.now)]
    place = [str(report.what) for report in reports].index("check of draws")
    assert "month must be in 1..12" in str(reports[place].fault)
    assert str(reports[place + 1].what).startswith("time zones by")


def test_an_entry_from_before_rows_were_kept_shows_its_rows_by_moment_and_person(
    lived: Lived, undone: None
) -> None:
    """The trail as an earlier version wrote it: nothing is missed, and a row of another moment is."""
    for chain in AuditChain.objects.filter(trial=lived.world.trial):
        entries = list(chain.entries.order_by("sequence"))
        for entry in entries:
            entry.rows = None
        rechain(chain, entries)
    seen = complaints(sealed=False)
    assert {what for what in seen if what.startswith("rows of")} == set()
    Consent.objects.filter(pk=Consent.objects.order_by("pk")[0].pk).update(recorded_at=START - timedelta(1))
    assert "no audit entry says" in complaints(sealed=False)["rows of trial_consent in nct02059759"]


def test_a_trial_whose_row_is_gone_is_seen(lived: Lived, undone: None) -> None:
    rows = Trial.objects.filter(pk="nct03039673")
    rows._raw_delete(rows.db)  # type: ignore[attr-defined]
    [report] = [one for one in blinded_reports() if str(one.what) == "trail of nct03039673"]
    assert (str(report.fault), report.rows) == ("the row of the trial is gone", 0)


def test_the_honest_trial_holds_when_it_is_verified_again(lived: Lived) -> None:
    """The same as above, of the verifiers as they stand now; but for the triggers, which stand aside here."""
    assert {what for what in faults() if not what.startswith("trigger ")} == set()


def ends_counted() -> dict[str, int]:
    return {str(report.what): report.rows for report in endings()}


def test_every_end_is_counted_also_one_whose_column_or_row_is_gone(lived: Lived, undone: None) -> None:
    duties = Delegation.objects.filter(trial=lived.world.trial)
    tokens = ApiToken.objects.filter(delegation__trial=lived.world.trial)
    for kind, rows, column in (("duties", duties, "ended_at"), ("tokens", tokens, "revoked_at")):
        what, ended = f"ends of {kind} of nct02059759", rows.exclude(**{column: None})
        before, gone, running = ended.count(), ended.first(), rows.filter(**{column: None}).first()
        assert ends_counted()[what] == before > 0 and gone and running
        rows.filter(pk=gone.pk).update(**{column: None})
        assert ends_counted()[what] == before
        rows.filter(pk=running.pk).update(**{column: START})
        assert ends_counted()[what] == before + 1


EVIDENCE = Path(__file__).resolve().parents[2] / "docs" / "evidence.md"


def table_of_rows() -> Iterator[str]:
    """A line for each replayed table: what is done to its rows, an asterisk where the database refuses it."""
    done: dict[str, list[str]] = {}
    for change in kinds():
        said = change.column if change.what == "changed" else change.what
        refused = str(change) in REFUSED_BY_THE_DATABASE
        done.setdefault(change.model._meta.db_table, []).append(f"{said}{'*' if refused else ''}")
    for table, (removed, added, *columns) in sorted(done.items()):
        yield f"| `{table}` | {removed}, {added} | {', '.join(columns)} |"


def test_the_table_of_evidence_names_every_change_of_a_row() -> None:
    """PRINT_ROWS=1 prints it anew."""
    wanted = list(table_of_rows())
    if os.environ.get("PRINT_ROWS"):
        print(*wanted, sep="\n")
    text = EVIDENCE.read_text(encoding="utf-8")
    _before, heading, rest = text.partition("| table | a row is | a column is changed |\n|---|---|---|\n")
    assert heading and rest.partition("\n\n")[0].splitlines() == wanted
    assert f"{len(kinds())} changes of rows" in text
