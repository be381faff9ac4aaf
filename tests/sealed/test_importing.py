"""A statistician's list: taken as a whole and sealed, or refused and nothing written."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime
from io import StringIO
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import translation

from randomization.closing import lock_data
from randomization.list_checks import envelopes_of, list_faults
from randomization.models import Envelope, RandomizationList, Step, Stratum
from randomization.sealed.ending.archive import export_archive
from randomization.sealed.ending.end_of_trial import sign_opening
from randomization.sealed.lists import writing
from randomization.sealed.lists.acceptance import NumbersTell, acceptance_report, check_list
from randomization.sealed.lists.importing import ImportedBefore, ListRefused, expected_of, import_list
from randomization.sealed.lists.order import OrderNeedsReason, OrderRefused
from randomization.sealed.lists.steps import ListDamaged, activate_list, refuse_false_contents, seal_list
from randomization.sealed.models import ListSecret, Seal, SealedAuditEntry
from randomization.sealed.vault.envelope_contents import open_secret
from randomization.sealed.vault.keys import pharmacy_key
from randomization.services import draw_envelope
from tests.core.list_files import NAMES, Rows, blockrand, nci, places, velum, written
from tests.keys import recovery_key_is_proved
from tests.sealed import workbooks
from tests.sealed.test_end_of_trial import checked
from tests.sealed.test_lists import arms_of
from tests.terminal import typed
from tests.trial_fixture import TrialFixture
from trial.models import AuditEntry, Delegation
from trial.permissions import Role
from trial.policies import NotPermitted
from trial.refusals import InvalidInput, NotConfirmed

Bring = Callable[..., RandomizationList]


@pytest.fixture
def codes(world: TrialFixture) -> dict[str, str]:
    """From the file's names to the protocol's arms."""
    arms = world.trial.protocol_version.protocol.arms
    return dict(zip(NAMES, (arm.code for arm in arms), strict=True))


@pytest.fixture
def bring(world: TrialFixture, statistician: Delegation, at: datetime, codes: dict[str, str]) -> Bring:
    """Import rows, or bytes, as a live list."""

    def bring(
        rows: Rows | bytes | None = None, *, environment: str = "live", **more: Any
    ) -> RandomizationList:
        data = rows if isinstance(rows, bytes) else written(rows or blockrand()).encode()
        listed = {
            name: more.pop(name)
            for name in ("name", "reserve_of", "by", "progress", "reason", "confirmed", "hand")
            if name in more
        }
        expected = expected_of(world.trial, environment, arm_names=codes, **more)
        given = {"trial": world.trial, "data": data, "expected": expected, "by": statistician, "at": at}
        return import_list(**(given | listed))

    return bring


def everything_written() -> list[int]:
    models = (RandomizationList, Stratum, Envelope, Seal, ListSecret, SealedAuditEntry, AuditEntry)
    return [model.objects.count() for model in models]


def test_an_imported_list_holds_the_files_order_behind_numbers_of_our_own(
    bring: Bring, codes: dict[str, str]
) -> None:
    list_ = bring()
    assert arms_of(list_) == [codes[arm] for _, _, _, arm in places()]
    assert list_.steps.get().step == Step.DRAFT
    assert list(list_faults(list_)) == []


def test_whoever_waits_for_a_long_one_is_told_how_far_it_is(
    bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "BATCH", 15)
    told: list[int] = []
    bring(progress=told.append)
    assert told == [15, 30, 36]


def test_it_goes_the_way_of_every_list(
    world: TrialFixture, bring: Bring, statistician: Delegation, second_statistician: Delegation, at: datetime
) -> None:
    list_ = bring()
    check_list(list_=list_, by=statistician, at=at)
    seal_list(list_=list_, by=statistician, at=at)
    recovery_key_is_proved(statistician, at)
    activate_list(list_=list_, by=second_statistician, at=at)
    drawn = draw_envelope(participant=world.participant(), by=world.nurse, at=at)
    assert (drawn.stratum.list, drawn.position) == (list_, 1)


def test_its_own_seed_gives_the_salts_and_numbers_and_its_design_says_where_the_order_is_from(
    bring: Bring,
) -> None:
    list_ = bring()
    secret = open_secret(list_, pharmacy_key())
    outlines = list(secret.records(list_))
    assert [outline.number for outline in outlines] == [row.number for row in envelopes_of(list_)]
    assert {(outline.arm, outline.block) for outline in outlines} == {("", 0)}
    assert (secret.design.method, secret.design.numbers) == ("imported", "own")


def test_the_report_says_that_no_seed_gives_the_order(
    bring: Bring, statistician: Delegation, at: datetime
) -> None:
    report = acceptance_report(list_=bring(), by=statistician, at=at)
    assert "not reproducible from a seed, by declaration" in str(report.origin)
    assert (report.strata[0].block_sizes, report.strata[0].uneven_blocks) == ({3: 5, 6: 2, 9: 1}, 0)


def test_verify_copes_with_an_imported_list(bring: Bring) -> None:
    bring()
    out = StringIO()
    call_command("verify", stdout=out)
    assert "contents of list" in out.getvalue()
    assert "BAD" not in out.getvalue()


def test_a_box_with_another_salt_than_the_seeds_is_found(
    bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody with every key puts a list together whose salts are not of its seed."""
    from randomization.core import imported

    whole = imported.Stream
    monkeypatch.setattr(imported, "Stream", lambda seed, label: whole(bytes(32), label))
    list_ = bring()
    monkeypatch.undo()
    with pytest.raises(ListDamaged, match="not what the seed gives"):
        refuse_false_contents(list_)


def test_numbers_of_the_file_are_kept_when_that_is_asked(bring: Bring) -> None:
    list_ = bring(velum(), numbers="file")
    assert [row.number[:6] for row in envelopes_of(list_)][:2] == ["R-4001", "R-4002"]
    refuse_false_contents(list_)


def test_numbers_never_repeat_in_a_trial(bring: Bring) -> None:
    bring(velum(), numbers="file")
    other = velum()
    blocks = [list(block) for _, block in groupby(other[1:], key=itemgetter(3))]
    arms = [row[-1] for block in blocks for row in random.Random(5).sample(block, len(block))]
    other[1:] = [[*row[:-1], arm] for row, arm in zip(other[1:], arms, strict=True)]
    before = everything_written()
    with pytest.raises(ListRefused, match="earlier list"):
        bring(other, numbers="file")
    assert everything_written() == before


def telling() -> Rows:
    """Even numbers for the first arm."""
    rows = blockrand()
    for n, row in enumerate(rows[1:]):
        row[0] = str(1000 + 1000 * n + (row[3] != NAMES[0]))
    return rows


def test_numbers_that_tell_the_arm_are_refused_and_ours_taken_instead(bring: Bring) -> None:
    before = everything_written()
    with pytest.raises(ListRefused, match=r"reveals the arm by .*remainder by 2 without the last digit"):
        bring(telling(), numbers="file")
    assert everything_written() == before
    assert bring(telling()).envelope_count == 36


def test_a_list_whose_numbers_tell_is_not_accepted(
    bring: Bring, statistician: Delegation, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from randomization.core.number_leaks import Lint
    from randomization.sealed.lists import seeds

    monkeypatch.setattr(seeds, "lint_numbers", lambda numbers, arms: Lint(36, 18, ()))
    list_ = bring(telling(), numbers="file")
    with pytest.raises(NumbersTell):
        check_list(list_=list_, by=statistician, at=at)
    assert list_.steps.get().step == Step.DRAFT


@pytest.mark.parametrize("environment", ["live", "training"])
def test_the_same_list_is_not_taken_twice_in_whatever_file_and_environment(
    bring: Bring, environment: str
) -> None:
    bring(environment="training")
    before = everything_written()
    with pytest.raises(ImportedBefore):
        bring(written(blockrand(), delimiter=";", end="\r\n").encode("utf-16"), environment=environment)
    assert everything_written() == before


def without_blocks(rows: Rows) -> Rows:
    return [[row[0], row[3]] for row in rows]


BLOCKS_OR_NOT = [(blockrand(), without_blocks(blockrand())), (without_blocks(blockrand()), blockrand())]


@pytest.mark.parametrize(("first", "second"), BLOCKS_OR_NOT)
def test_the_same_arms_with_other_blocks_are_the_same_list(bring: Bring, first: Rows, second: Rows) -> None:
    bring(first, environment="training")
    before = everything_written()
    with pytest.raises(ImportedBefore):
        bring(second)
    assert everything_written() == before


def test_the_order_of_a_list_that_was_made_here_is_not_brought_either(
    world: TrialFixture, bring: Bring, draft: RandomizationList, codes: dict[str, str]
) -> None:
    names = {code: name for name, code in codes.items()}
    rows = [["id", "treatment"], *([str(n), names[arm]] for n, arm in enumerate(arms_of(draft), 1))]
    with pytest.raises(ImportedBefore, match=draft.name):
        bring(rows)


def with_exchanged(*places: tuple[int, int]) -> Rows:
    """Rows whose arms are exchanged at these pairs of places."""
    rows = blockrand()
    for one, other in places:
        rows[one][3], rows[other][3] = rows[other][3], rows[one][3]
    return rows


def test_an_earlier_list_with_two_arms_exchanged_is_refused_with_a_reason_too(bring: Bring) -> None:
    bring(environment="training")
    before = everything_written()
    for reason in ("", "The trainees have left."):
        with pytest.raises(OrderRefused, match="an earlier list of the trial, with a few places changed"):
            bring(with_exchanged((1, 2)), reason=reason)
    assert everything_written() == before


def test_an_earlier_list_with_four_arms_exchanged_is_taken_with_a_reason_alone(bring: Bring) -> None:
    bring(environment="training")
    rows = with_exchanged((1, 2), (5, 6))
    before = everything_written()
    with pytest.raises(OrderNeedsReason, match="an earlier list of the trial, with a few places changed"):
        bring(rows)
    assert everything_written() == before
    assert bring(rows, reason="The trainees have left.").envelope_count == 36


def a_dozen() -> Rows:
    """The first twelve envelopes: too few for the lint to find a leak."""
    return blockrand()[:13]


def test_numbers_of_a_short_file_are_refused_and_ours_taken_instead(bring: Bring) -> None:
    before = everything_written()
    with pytest.raises(ListRefused, match=r"12 envelopes nobody can show .* drawn by Velum") as reason:
        bring(a_dozen(), numbers="file", sizes={"all": 12})
    assert "--" not in str(reason.value)
    assert "Import with --numbers own." in reason.value.for_command
    assert everything_written() == before
    assert bring(a_dozen(), sizes={"all": 12}).envelope_count == 12


def test_a_short_list_with_the_files_numbers_is_not_accepted_either(
    bring: Bring, statistician: Delegation, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was brought before short lists were refused."""
    from randomization.core.number_leaks import Lint
    from randomization.sealed.lists import seeds

    with monkeypatch.context() as before:
        before.setattr(seeds, "lint_numbers", lambda numbers, arms: Lint(12, 18, ()))
        list_ = bring(a_dozen(), numbers="file", sizes={"all": 12})
    with pytest.raises(NumbersTell, match="numbers drawn by Velum"):
        check_list(list_=list_, by=statistician, at=at)


def test_a_short_list_with_our_numbers_is_accepted(
    bring: Bring, statistician: Delegation, at: datetime
) -> None:
    list_ = bring(a_dozen(), sizes={"all": 12})
    assert check_list(list_=list_, by=statistician, at=at).step == Step.CHECKED


def test_a_refusal_names_row_and_rule_and_nothing_that_a_cell_holds(bring: Bring) -> None:
    rows = blockrand()
    rows[8][3] = "ZZCANARY"
    before = everything_written()
    with pytest.raises(ListRefused) as refusal:
        bring(rows)
    assert [(fault.row, fault.rule) for fault in refusal.value.faults] == [(9, "arm")]
    assert "CANARY" not in str(refusal.value)
    assert everything_written() == before


def test_on_a_french_page_a_refusal_is_in_french(bring: Bring) -> None:
    rows = blockrand()
    rows[8][3] = "ZZCANARY"
    with translation.override("fr"), pytest.raises(ListRefused) as refusal:
        bring(rows)
    assert str(refusal.value) == (
        "La liste n’a pas été importée. [ligne 9, arm\u00a0: L’essai n’a pas de tel bras. Ses bras sont "
        "PLACEBO, IL2-1MIU, IL2-2MIU. Saisissez son nom à côté du bras.]"
    )


@pytest.mark.parametrize("role", [Role.PHARMACIST, Role.STUDY_NURSE, Role.TRIAL_MANAGER])
def test_only_the_unblinded_statistician_imports(world: TrialFixture, bring: Bring, role: Role) -> None:
    with pytest.raises(NotPermitted):
        bring(by=world.person(role))


def test_a_size_that_is_planned_otherwise_is_said(bring: Bring) -> None:
    rows = nci()
    rows += [["all", str(n), NAMES[n % 3], "1", "0"] for n in range(37, 40)]
    with pytest.raises(ListRefused, match="39 envelopes, 36 are planned"):
        bring(rows)
    assert bring(rows, sizes={"all": 39}).envelope_count == 39


def run(*words: str, below: bytes = b"") -> str:
    who = ("--trial", "nct02059759", "--by", "stat.one", "--environment", "live")
    return typed("import_list", *words, *who, below=below)


@pytest.fixture
def arm_words(codes: dict[str, str]) -> list[str]:
    return [word for name, code in codes.items() for word in ("--arm", f"{name}={code}")]


def test_the_command_takes_a_file(statistician: Delegation, arm_words: list[str], tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(written(nci()))
    assert "36 envelopes, a draft" in run(str(file), *arm_words, "--name", "main")


def test_the_command_takes_a_workbook_and_tells_what_it_passed_over(
    statistician: Delegation, arm_words: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "list.xlsx"
    file.write_bytes(workbooks.sheet(workbooks.above_a_footer))
    arms = [word for name in ("IL-2 1 MIU=IL2-1MIU", "IL-2 2 MIU=IL2-2MIU") for word in ("--arm", name)]
    said = run(str(file), *arms)
    assert "Passed over below the list: Made by the statistician" in said
    assert "36 envelopes, a draft" in said


def test_the_command_asks_what_a_column_is(
    statistician: Delegation, arm_words: list[str], tmp_path: Path
) -> None:
    rows = [[*row, "x" if n else "Opened by"] for n, row in enumerate(nci())]
    file = tmp_path / "list.csv"
    file.write_text(written(rows))
    with pytest.raises(CommandError, match=r"“Opened by”, is not known. .* --column NAME=ROLE"):
        run(str(file), *arm_words)
    with pytest.raises(CommandError, match="cannot be witness"):
        run(str(file), *arm_words, "--column", "Opened by=witness")
    assert "36 envelopes" in run(str(file), *arm_words, "--column", "opened by=unused")


def test_the_command_reads_standard_input_below_the_password(
    statistician: Delegation, arm_words: list[str]
) -> None:
    assert "36 envelopes, a draft" in run("-", *arm_words, below=written(nci()).encode())


WRONG = [
    (["missing.csv"], "missing.csv cannot be read"),
    (["{file}", "--arm", "Placebo"], "not of the form NAME=MEANING"),
    (["{file}", "--size", "all=many"], "no number of envelopes"),
    (["{file}", "--size", "women=3"], "no stratum women"),
    (
        ["{file}"],
        (
            r"33 to 36, arm: The trial has no such arm. Its arms are [A-Z0-9-]+(, [A-Z0-9-]+){2}\. "
            r"Match its name with --arm NAME=CODE"
        ),
    ),
]


@pytest.mark.parametrize(("words", "sentence"), WRONG)
def test_the_command_says_in_a_sentence_what_is_wrong(
    statistician: Delegation, tmp_path: Path, words: list[str], sentence: str
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(written(nci()))
    with pytest.raises(CommandError, match=sentence):
        run(*(word.format(file=file) for word in words))
    assert not RandomizationList.objects.exists()


def test_nothing_of_the_file_is_written_to_the_database(bring: Bring) -> None:
    """Not even its digest: a hash of a short list can be searched."""
    list_ = bring()
    design = open_secret(list_, pharmacy_key()).design
    with connection.cursor() as cursor:
        dump = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            dump += [repr([bytes(v) if isinstance(v, memoryview) else v for v in row]) for row in cursor]
    text = "\n".join(dump)
    assert str(design.source) not in text
    assert str(design.sequence) not in text


def test_a_published_archive_says_that_the_order_was_brought_in_a_file(
    world: TrialFixture,
    bring: Bring,
    statistician: Delegation,
    second_statistician: Delegation,
    at: datetime,
    tmp_path: Path,
) -> None:
    list_, investigator = bring(), world.person(Role.INVESTIGATOR)
    check_list(list_=list_, by=statistician, at=at)
    seal_list(list_=list_, by=statistician, at=at)
    recovery_key_is_proved(statistician, at)
    activate_list(list_=list_, by=second_statistician, at=at)
    draw_envelope(participant=world.participant(), by=world.nurse, at=at)
    lock_data(trial=world.trial, by=world.person(Role.TRIAL_MANAGER), at=at, statement="All is answered.")
    for by in (statistician, investigator):
        sign_opening(trial=world.trial, by=by, at=at)
    with (tmp_path / "trial.zip").open("w+b") as file:
        words = export_archive(trial=world.trial, by=statistician, at=at, file=file)
    done = checked(tmp_path / "trial.zip", *words)
    assert done.returncode == 0, done.stdout
    assert "order brought in a file: 36 rows" in done.stdout


def test_a_size_too_large_for_the_file_is_asked_about_before_the_file_is_read(bring: Bring) -> None:
    with pytest.raises(NotConfirmed):
        bring(sizes={"all": 3600})


def test_only_sizes_of_this_list_can_be_confirmed(bring: Bring) -> None:
    with pytest.raises(InvalidInput):
        bring(confirmed={"women": 12})


def test_the_command_asks_about_far_too_many(
    statistician: Delegation, arm_words: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(written(nci()))
    words = (str(file), *arm_words, "--size", "all=3600")
    with pytest.raises(CommandError, match=r"Envelopes of stratum all: 3600\. .* --confirm all=3600"):
        run(*words)
    with pytest.raises(CommandError, match="3600 are planned"):
        run(*words, "--confirm", "all=3600")
