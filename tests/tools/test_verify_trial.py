"""The verifier that anybody can run: a good archive holds; each way to spoil it is seen, by name."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import FunctionType

import pytest

from randomization.core import blocks
from randomization.core.design import ArmShare, Design, StratumSize
from randomization.core.methods import METHODS
from randomization.core.restricted.maximal import longest_part
from tests.core.exact import whole_list
from tests.tools import archives
from tests.tools.archives import TOOL, Json, anchors, archive, parts, tool
from tests.tools.mutants import Switchboard, wrapped
from tests.tools.spoiling import ONLY_ANCHORS, SPOILT, brought, by_dice, moved
from trial.core.chain import canonical

VERIFY = tool()
OF_A_PROOF = {"proof_faults", "root_faults"}
CHECKS = tuple(name for name in vars(VERIFY) if name.endswith("_faults") and name not in OF_A_PROOF)
BOARD = Switchboard()
SWITCHED = wrapped(VERIFY, iter(CHECKS), BOARD)
SIGNER = archive()["lists"][0]["signer"]


def faults(made: Json, kept: list[str] | None = None, signer: str = SIGNER) -> list[str]:
    """Every fault that the checks name, with their conditions on the switchboard."""
    found = VERIFY.checks.__globals__ | SWITCHED
    found["checks_of_list"] = FunctionType(VERIFY.checks_of_list.__code__, found)
    checks = FunctionType(VERIFY.checks.__code__, found)
    return [
        f"{what}: {fault}" for what, _, each in checks(made, kept or [], [signer]) for fault in checked(each)
    ]


def checked(each: Iterator[str]) -> Iterator[str]:
    """The faults of one check; none where a method is not known. What breaks it is no good either."""
    try:
        yield from each
    except VERIFY.NotChecked:
        return
    except Exception as fault:
        yield f"cannot be read: {fault}"


def spoilt(name: str) -> Json:
    made = archive()
    SPOILT[name](made)
    return made


def kept_for(name: str) -> list[str]:
    return anchors() if name in ONLY_ANCHORS else []


def test_a_good_archive_holds() -> None:
    assert faults(archive(), anchors()) == []


@pytest.mark.parametrize("name", SPOILT)
def test_a_spoilt_archive_is_seen(name: str) -> None:
    assert faults(spoilt(name), kept_for(name))


@pytest.mark.parametrize("name", sorted(ONLY_ANCHORS))
def test_what_holds_together_in_itself_is_seen_by_a_kept_hash_only(name: str) -> None:
    assert faults(spoilt(name)) == []


@cache
def seen_by() -> dict[str, frozenset[int]]:
    """Which conditions hold in each spoilt archive."""
    table = {}
    for name in SPOILT:
        BOARD.held.clear()
        faults(spoilt(name), kept_for(name))
        table[name] = frozenset(BOARD.held)
    return table


@pytest.mark.parametrize("number", BOARD.names, ids=BOARD.names.get)
def test_without_this_check_something_passes_unnoticed(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant in which one condition never holds: killed by an archive that only it refuses."""
    suspects = [name for name, held in seen_by().items() if number in held]
    monkeypatch.setattr(BOARD, "off", number)
    assert any(faults(spoilt(name), kept_for(name)) == [] for name in suspects), suspects


# --- As a program ------------------------------------------------------------------------------------


KNOWN = ("--signer", SIGNER, *(word for one in anchors() for word in ("--anchor", one)))
"""What somebody says who kept the key and a hash of each chain."""


def run(*words: object, encoding: str = "") -> subprocess.CompletedProcess[str]:
    """The tool as anybody starts it: Python alone, isolated from this project."""
    own = [] if not encoding else ["-X", "utf8=0"]
    command = [sys.executable, "-I", "-S", *own, str(TOOL), *map(str, words)]
    environment = {"LC_ALL": encoding, "PYTHONCOERCECLOCALE": "0"} if encoding else None
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment)


@pytest.fixture
def zipped(tmp_path: Path) -> Path:
    return written(tmp_path / "trial.zip", archive())


def written(path: Path, made: Json) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        for name, part in parts(made):
            file.writestr(name, json.dumps(part))
    return path


def test_a_good_archive_ends_with_status_0(zipped: Path) -> None:
    done = run(zipped, *KNOWN)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "Everything checked holds.")


def test_a_folder_serves_as_well(zipped: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(zipped).extractall(tmp_path / "folder")
    assert run(tmp_path / "folder", *KNOWN).stdout == run(zipped, *KNOWN).stdout


def test_the_first_bad_row_is_named(tmp_path: Path) -> None:
    made = spoilt("an arm changed")
    done = run(written(tmp_path / "bad.zip", made))
    number = made["lists"][0]["rows"][0]["number"]
    assert done.returncode == 1
    assert f"First bad row: list list 1: contents: envelope {number} does not hold" in done.stdout


def test_an_unknown_method_is_not_checked_and_not_good(tmp_path: Path) -> None:
    made = archive()
    by_dice(made)
    done = run(written(tmp_path / "dice.zip", made))
    assert (done.returncode, "the method dice is unknown here" in done.stdout) == (3, True)


@pytest.mark.parametrize(
    "content", [b"", b"PK", b"{}", b'{"format": "velum archive 2"}', b"[1]", b"\xff\xfe"]
)
def test_what_is_no_archive_is_said_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    done = run(path)
    assert (done.returncode, done.stdout.startswith("Cannot be read: "), done.stderr) == (2, True, "")


def test_a_part_that_says_one_thing_twice_is_not_read(zipped: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(zipped) as good, zipfile.ZipFile(tmp_path / "two.zip", "w") as bad:
        for name in good.namelist():
            bad.writestr(name, good.read(name).replace(b'"seed":', b'"seed": "00", "seed":', 1))
    done = run(tmp_path / "two.zip", *KNOWN)
    assert (done.returncode, 'an object has the key "seed" twice' in done.stdout) == (1, True)


def test_an_archive_that_does_not_say_what_is_a_reserve_is_not_checked_there(tmp_path: Path) -> None:
    made = archive()
    for list_ in made["lists"]:
        del list_["reserve_of"]
    done = run(written(tmp_path / "early.zip", made))
    assert (done.returncode, "not checked: reserves" in done.stdout) == (3, True)


def test_an_entry_that_says_the_position_holds_too(tmp_path: Path) -> None:
    """As entries of draws did at first."""
    made = archive()
    entry, row = made["chains"][1]["entries"][0], made["lists"][0]["rows"][0]
    assert entry["hash"] == row["draw"]["entry"]
    entry["body"] = canonical(json.loads(entry["body"]) | {"position": 1})
    moved(made, made["chains"][1])
    assert faults(made) == []
    entry["body"] = entry["body"].replace('"position":1', '"position":2')
    moved(made, made["chains"][1])
    assert any("says otherwise" in fault for fault in faults(made))


# --- What would break a reader ------------------------------------------------------------------------

NESTED = "[" * 100_000 + "]" * 100_000
BROKEN = {
    "a place that no box could hold": (1, "envelope {0} does not hold what was committed"),
    "a block below zero": (1, "envelope {0} does not hold what was committed"),
    "a stratum of a million million envelopes": (1, "add up to 1000000000009 envelopes"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_no_record_could_hold_is_a_fault_by_name(tmp_path: Path, name: str) -> None:
    done = run(written(tmp_path / "bad.zip", spoilt(name)))
    status, sentence = BROKEN[name]
    number = archive()["lists"][0]["rows"][0]["number"]
    assert (done.returncode, done.stderr) == (status, "")
    assert sentence.format(number) in done.stdout


def deep_body(made: Json) -> None:
    made["chains"][0]["entries"][0]["body"] = NESTED
    archives.rechained(made["chains"][0])


def deep_design(made: Json) -> None:
    made["lists"][1]["design_text"] = NESTED


def no_block_sizes(made: Json) -> None:
    list_ = made["lists"][1]
    list_["design_text"] = (
        list_["design_text"].replace("[3]", "[9999991]").replace('"spinal",3', '"spinal",30001')
    )


@pytest.mark.parametrize(
    ("break_", "sentence"),
    [
        (deep_body, "audit entry 1 is not JSON"),
        (deep_design, "the design of list 2 is not JSON"),
        (no_block_sizes, "(ZeroDivisionError"),
    ],
)
def test_what_a_reader_would_stumble_over_is_a_fault_by_name(
    tmp_path: Path, break_: Callable[[Json], None], sentence: str
) -> None:
    made = archive()
    break_(made)
    done = run(written(tmp_path / "bad.zip", made))
    assert (done.returncode, done.stderr, sentence in done.stdout) == (1, "", True), done.stdout[-600:]


def test_a_damaged_part_is_named(tmp_path: Path) -> None:
    path = tmp_path / "damaged.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, part in parts(archive()):
            file.writestr(name, json.dumps(part))
        start = file.getinfo("lists/1.json").header_offset
    data = bytearray(path.read_bytes())
    data[start + 60 : start + 90] = bytes(30)
    path.write_bytes(data)
    done = run(path)
    assert (done.returncode, done.stderr) == (1, "")
    assert "lists/1.json is damaged in this file" in done.stdout


def test_a_part_that_nests_too_deeply_is_named(tmp_path: Path) -> None:
    (tmp_path / "archive.json").write_text(NESTED)
    done = run(tmp_path)
    assert (done.returncode, done.stderr, "archive.json is not JSON" in done.stdout) == (1, "", True)


# --- Every method, against the program that makes lists -----------------------------------------------

EQUAL, UNEQUAL = archives.ARMS, (ArmShare("A", 2), ArmShare("B", 1), ArmShare("C", 1))
STRATA = (StratumSize("one", 24, 12), StratumSize("two", 12))
DESIGNS = {
    "blocks": Design(EQUAL, STRATA, block_sizes=(3, 6, 9)),
    "unequal blocks": Design(UNEQUAL, STRATA, block_sizes=(12, 4)),
    "cut blocks": Design(EQUAL, STRATA, block_sizes=(9, 15), exact=False),
    "one block": Design(UNEQUAL, STRATA, method="one_block"),
    "big stick": Design(EQUAL, STRATA, method="big_stick", max_range=2),
    "urn": Design(UNEQUAL, STRATA, method="urn", alpha=1, beta=2),
    "urn from nothing": Design(EQUAL, STRATA, method="urn", alpha=0, beta=1),
    "complete": Design(UNEQUAL, STRATA, method="complete"),
    "efron": Design(EQUAL, STRATA, method="efron", probability="2/3"),
    "unequal efron": Design(UNEQUAL, STRATA, method="efron", probability="9/10"),
    "block urn": Design(EQUAL, STRATA, method="block_urn", sets=2),
    "unequal block urn": Design(UNEQUAL, STRATA, method="block_urn", sets=3),
    "maximal": Design(EQUAL, STRATA, method="maximal", max_range=2),
    "unequal maximal": Design(UNEQUAL, STRATA, method="maximal", max_range=1),
}


@pytest.mark.parametrize("name", DESIGNS)
def test_the_second_writing_of_each_method_gives_the_same_list(name: str) -> None:
    design, seed = DESIGNS[name], archives.seed_of(9)
    ours = [{"arm": row.arm, "block": row.block} for row in whole_list(design, seed)]
    assert list(VERIFY.places_of(json.loads(design.as_json()), seed)) == ours


def test_a_design_that_would_make_the_verifier_stand_still_is_refused() -> None:
    """The same bound as where lists are made, and no arm of a thousand million parts."""
    long = Design(EQUAL, (StratumSize("one", 12_249),), method="maximal", max_range=3)
    many = Design((ArmShare("A", 10**9), ArmShare("B", 1)), STRATA, method="efron", probability="1/2")
    for design in (long, many):
        with pytest.raises(VERIFY.Unreadable):
            next(VERIFY.places_of(json.loads(design.as_json()), archives.seed_of(9)))
    assert VERIFY.longest_of_maximal(6, 2) == longest_part(6, 2)


def test_no_method_is_left_out() -> None:
    assert set(VERIFY.METHODS) == set(METHODS)


def test_a_very_long_stratum_is_made_of_the_same_runs() -> None:
    assert VERIFY.runs(100_000, [3, 6, 9]) == blocks.runs(100_000, (3, 6, 9))


def test_an_imported_order_is_said_to_be_one_and_its_salts_are_checked(tmp_path: Path) -> None:
    made = archive()
    brought(made)
    good = run(written(tmp_path / "brought.zip", made))
    assert (good.returncode, "order brought in a file" in good.stdout, "BAD" in good.stdout) == (
        3,
        True,
        False,
    )
    bad = faults(spoilt("a salt of a list from a file changed, committed and signed anew"))
    assert any("its salt is not what" in fault for fault in bad)


# --- One envelope alone ------------------------------------------------------------------------------


@pytest.fixture
def proof(zipped: Path, tmp_path: Path) -> Path:
    number = archive()["lists"][0]["rows"][4]["number"]
    path = tmp_path / "envelope.json"
    path.write_text(run(zipped, "--prove", number).stdout)
    return path


def test_a_single_envelope_is_proved_alone(proof: Path) -> None:
    done = run(proof, "--signer", SIGNER)
    assert (done.returncode, json.loads(proof.read_text())["row"]["arm"] in "ABC") == (0, True)


@pytest.mark.parametrize("index", range(15))
def test_every_envelope_has_a_proof(index: int) -> None:
    made = archive()
    number = made["lists"][0]["rows"][index]["number"]
    assert list(VERIFY.proof_faults(VERIFY.proof_of(made, number))) == []


@pytest.mark.parametrize(
    ("part", "what", "value"),
    [
        ("row", "arm", "Z"),
        ("row", "salt", "00" * 32),
        ("row", "number", "R-00000"),
        ("list", "root", "0" * 64),
        ("list", "envelopes", 16),
        ("list", "signature", "0" * 128),
        ("list", "made", "2026-01-05T10:30:00.000000Z"),
    ],
)
def test_a_changed_proof_proves_nothing(proof: Path, part: str, what: str, value: object) -> None:
    changed = json.loads(proof.read_text())
    changed[part][what] = value
    proof.write_text(json.dumps(changed))
    assert run(proof).returncode == 1


def test_the_proof_of_one_envelope_does_not_serve_another(proof: Path) -> None:
    changed = json.loads(proof.read_text())
    changed["index"] = 5
    proof.write_text(json.dumps(changed))
    assert run(proof).returncode == 1


def test_a_proof_by_another_signer_is_refused(proof: Path) -> None:
    assert run(proof, "--signer", "00" * 32).returncode == 1


def test_a_root_that_somebody_kept_must_be_the_proofs(proof: Path) -> None:
    root = archive()["lists"][0]["root"]
    kept = [
        run(proof, "--signer", SIGNER, "--anchor", anchor).returncode
        for anchor in (root, root[:16], root[:15], "0" * 64)
    ]
    assert kept == [0, 0, 1, 1]


def test_a_proof_does_not_say_who_drew_the_envelope(proof: Path) -> None:
    assert set(json.loads(proof.read_text())["row"]) == set(VERIFY.INSIDE)


@pytest.mark.parametrize(("part", "what"), [("row", "draw"), ("row", "commitment"), ("list", "name")])
def test_what_a_proof_says_beyond_what_it_proves_is_refused(proof: Path, part: str, what: str) -> None:
    changed = json.loads(proof.read_text())
    changed[part][what] = {"participant": "IM-0110"}
    proof.write_text(json.dumps(changed))
    done = run(proof)
    sentence = f"the file, {part} has a field that nothing names: "
    assert (done.returncode, f'{sentence}"{what}"' in done.stdout) == (1, True)


@pytest.mark.parametrize(("what", "value"), [("position", 2**40), ("block", -1), ("arm", 7), ("salt", "z")])
def test_a_proof_of_what_no_record_could_hold_is_a_fault(proof: Path, what: str, value: object) -> None:
    changed = json.loads(proof.read_text())
    changed["row"][what] = value
    proof.write_text(json.dumps(changed))
    done = run(proof)
    assert (done.returncode, done.stderr, "BAD envelope" in done.stdout) == (1, "", True)


def test_an_unknown_number_is_said(zipped: Path) -> None:
    done = run(zipped, "--prove", "R-99999")
    assert (done.returncode, "No list of this archive has the number" in done.stdout) == (2, True)
