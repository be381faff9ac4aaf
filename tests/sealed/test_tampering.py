"""The tamper table: each kind of change, which check sees it, and that no check is there for nothing."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from randomization import list_checks, verification
from randomization.sealed import verification as sealed_verification
from randomization.sealed.ending.archive import export_archive
from randomization.verification import verify
from tests.sealed.tampering import BY_ANCHOR, KINDS, Scene, set_scene, undone
from tests.tools.archives import tool
from tests.tools.mutants import Switchboard, wrapped
from trial.core import chain as links
from trial.core.sentences import Sentence
from trial.models import Trial

AT = datetime(2015, 10, 5, 7, 30, tzinfo=UTC)
EVIDENCE = Path(__file__).resolve().parents[2] / "docs" / "evidence.md"
TOOL = tool()
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    """The trial at its end, made once; each test takes back what it did."""
    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer._from_testcase = True  # durable blocks may stand inside, as in Django's own TestCase
        with outer:
            yield set_scene(AT)
            transaction.set_rollback(True)


REPLAYED = {"rows", "times", "duties"}
"""The checks of tests/sealed/test_replaying.py: what the checks of lists see, they see without these."""


def found(scene: Scene, *, anchors: bool, door: str = "pharmacy", replayed: bool = True) -> list[str]:
    """Which checks of `verify` complain, in short.

    But for the triggers, which stand aside as long as the scene lasts: whoever tampers puts them back.
    """
    try:
        reports = everything(scene, anchors) if door == "pharmacy" else blinded(scene, anchors)
        complaints = (str(report.what) for report in reports if report.fault)
        names = {short(what) for what in complaints if not what.startswith("trigger ")}
        return sorted(names if replayed else names - REPLAYED)
    except (AttributeError, KeyError, TypeError, ValueError) as crash:
        return [f"crash: {crash}"]


def everything(scene: Scene, anchors: bool) -> Iterator[verification.Report]:
    yield from verify(scene.anchors if anchors else (), clock=timezone.now)


def blinded(scene: Scene, anchors: bool) -> Iterator[verification.Report]:
    yield from verification.audit_chains(timezone.now)
    yield from verification.lists()
    yield from verification.draws()
    if anchors:
        fault = next(verification.anchor_faults(scene.anchors), "")
        yield verification.Report(Sentence("anchors"), len(scene.anchors), fault)


def short(what: str) -> str:
    """`audit chain nct02059759/01` is an audit chain."""
    names = ("audit chain", "times", "duties", "rows", "list", "draws", "contents", "code breaks", "stock")
    names += ("anchors",)
    return next(name for name in names if what.startswith(name))


def test_an_honest_trial_holds(scene: Scene) -> None:
    assert found(scene, anchors=True) == []
    assert in_archive(scene) == []


@pytest.mark.parametrize("name", KINDS)
def test_tampering_is_found(scene: Scene, name: str) -> None:
    with undone(scene):
        KINDS[name](scene)
        assert found(scene, anchors=True)


@pytest.mark.parametrize("name", sorted(BY_ANCHOR))
def test_what_agrees_in_itself_is_found_by_the_anchor_alone(scene: Scene, name: str) -> None:
    with undone(scene):
        KINDS[name](scene)
        assert (found(scene, anchors=False), found(scene, anchors=True)) == ([], ["anchors"])


# --- Mutants -----------------------------------------------------------------------------------------

BLINDED, SEALED, CHAIN = Switchboard(), Switchboard(), Switchboard()
OF_A_LIST = [
    *("list_faults", "_place_faults", "_number_faults", "_step_faults", "_trail_faults", "_fixed_faults"),
    *("_order_faults", "_reserve_faults"),
]
SWITCHED = {
    list_checks: wrapped(list_checks, iter(OF_A_LIST), BLINDED),
    verification: wrapped(verification, iter(("draw_faults", "anchor_faults")), BLINDED),
    sealed_verification: wrapped(sealed_verification, iter(("recovery_faults", "code_break_faults")), SEALED),
    links: wrapped(links, iter(("first_break",)), CHAIN),
}
MUTANTS = [
    *((BLINDED, "clinic", number) for number in BLINDED.names),
    *((SEALED, "pharmacy", number) for number in SEALED.names),
    *((CHAIN, "clinic", number) for number in CHAIN.names),
]


@pytest.fixture
def switched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every condition of the verifier on its switchboard."""
    for module, functions in SWITCHED.items():
        for name, function in functions.items():
            monkeypatch.setattr(module, name, function)
    monkeypatch.setattr(verification, "list_faults", SWITCHED[list_checks]["list_faults"])


@cache
def held_in(name: str, scene_id: int) -> dict[int, set[int]]:
    """Filled by `suspects`: which conditions held in this kind, by switchboard."""
    return {}


def suspects(scene: Scene, board: Switchboard, door: str, number: int) -> list[str]:
    """The kinds in which this condition holds."""
    for name in KINDS:
        seen = held_in(name, id(scene))
        if id(board) not in seen:
            board.held.clear()
            with undone(scene):
                KINDS[name](scene)
                found(scene, anchors=True, door=door)
            seen[id(board)] = set(board.held)
    return [name for name in KINDS if number in held_in(name, id(scene))[id(board)]]


@pytest.mark.parametrize(
    ("board", "door", "number"), MUTANTS, ids=[board.names[number] for board, _, number in MUTANTS]
)
def test_without_this_check_something_passes_unnoticed(
    scene: Scene, switched: None, board: Switchboard, door: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutant in which one condition never holds: killed by a kind of tampering that only it finds."""
    tried = suspects(scene, board, door, number)
    anchors = board.names[number].startswith("anchor_faults")
    monkeypatch.setattr(board, "off", number)
    assert any(unnoticed(scene, name, door, anchors) for name in tried), tried


def unnoticed(scene: Scene, name: str, door: str, anchors: bool) -> bool:
    with undone(scene):
        KINDS[name](scene)
        return found(scene, anchors=anchors, door=door, replayed=False) == []


def test_without_opening_the_boxes_a_forged_one_passes_unnoticed(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealed_verification, "_fault", lambda list_: "")
    with undone(scene):
        KINDS["a box replaced by a fresh one with another arm"](scene)
        assert found(scene, anchors=True) == []


# --- The table ---------------------------------------------------------------------------------------


def in_archive(scene: Scene) -> list[str]:
    """Which checks of tools/verify_trial.py complain of the archive of this database."""
    file = io.BytesIO()
    try:
        export_archive(trial=Trial.objects.get(), by=scene.opener, at=scene.at, file=file)
    except Exception as refusal:
        return [f"not exported ({type(refusal).__name__})"]
    with zipfile.ZipFile(file) as written:
        made = json.loads(written.read("archive.json"))
        for part in ("lists", "chains"):
            made[part] = [json.loads(written.read(name)) for name in made[part]]
    signer = [scene.list.signer_public_key]
    complaints = [
        what for what, _, faults in TOOL.checks(made, scene.anchors, signer) if TOOL.outcome(faults)[0]
    ]
    return sorted({what.rpartition(": ")[2].partition(" nct")[0] for what in complaints})


def row_of(scene: Scene, name: str) -> str:
    with undone(scene):
        KINDS[name](scene)
        clinic, pharmacy = (found(scene, anchors=True, door=door) for door in ("clinic", "pharmacy"))
        archive = in_archive(scene)
    cells = (name, *(", ".join(cell) or "–" for cell in (clinic, pharmacy, archive)))
    return f"| {' | '.join(cells)} |"


def test_the_table_in_the_documents_is_what_was_found(scene: Scene) -> None:
    """On SQLite and PostgreSQL alike. On failure the right table is printed, to be put there."""
    table = "\n".join(row_of(scene, name) for name in KINDS)
    written = EVIDENCE.read_text() if EVIDENCE.exists() else ""
    if table not in written:
        print(table)
    assert table in written, connection.vendor
