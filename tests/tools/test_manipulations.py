"""Manipulations of a published archive: each is noticed, or harmless, and then the same facts are printed."""

from __future__ import annotations

import io
import json
import re
from contextlib import redirect_stdout
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest

from tests.tools.archives import tool
from tests.tools.manipulating import (
    CASES,
    GOOD,
    PROOFS,
    ZIPPED,
    Files,
    good,
    known,
    replaced,
    zipped,
)
from tests.tools.test_verify_trial import run

VERIFY = tool()
EVIDENCE = Path(__file__).resolve().parents[2] / "docs" / "evidence.md"
HARMLESS = {
    "parts in another order",
    "parts stored and not packed",
    "parts with the times of another day",
    "parts written to a pipe, their lengths after them",
    "a folder with the same files",
    "more white space in a part",
    "an escape for a letter",
    "fields in another order, no white space",
    "the chains in another order",
    "parts called otherwise",
    "the end of a long zip file (zip64)",
}
"""What says the same: other bytes around the same values."""


def said(path: Path, words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """The exit status of the verifier, and what it printed."""
    capsys.readouterr()
    status = VERIFY.main([str(path), *words])
    return status, capsys.readouterr().out


def test_the_archive_that_was_written_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(GOOD, known(), capsys)[0] == 0


@cache
def found(name: str) -> tuple[int, str]:
    """The same for a manipulated archive, beside the true key and the true anchors."""
    with TemporaryDirectory() as folder, redirect_stdout(io.StringIO()) as out:
        path = Path(folder) / "trial.zip"
        ZIPPED[name](path)
        return VERIFY.main([str(path), *known()]), out.getvalue()


@pytest.mark.parametrize("name", ZIPPED)
def test_a_manipulation_is_noticed_or_harmless(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    if name in HARMLESS:
        assert found(name) == said(GOOD, known(), capsys)
    else:
        assert found(name)[0] == OTHER_STATUS.get(name, 1), found(name)[1]


OTHER_STATUS = {
    "another version of the format": 2,
    "an entry added, its chain computed anew": 3,
    "a strange chain, its site opened in the trial's own as well": 3,
}
"""What is no archive of this kind; what stands after the last anchor, or in a chain without one."""


@pytest.mark.parametrize("name", ["tamper-two-lists-false-first", "tamper-invented-chain"])
def test_a_tampered_archive_does_not_hold_beside_a_true_key_and_true_anchors(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(CASES / f"{name}.zip", known(), capsys)[0] == 1


def shaken(dice: Random) -> Files:
    """The parts with one character changed, or two exchanged."""
    name, data = dice.choice(good())
    text, place, other = bytearray(data), dice.randrange(len(data)), dice.randrange(len(data))
    if dice.random() < 0.5:
        text[place] = dice.choice(b' 0123456789abcdefABCDEF"\\:,{}[]-+.eEtrun\x00\t')
    else:
        text[place], text[other] = text[other], text[place]
    return replaced(good(), name, bytes(text))


@pytest.mark.parametrize("seed", range(60))
def test_a_changed_character_never_changes_what_holds(
    seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    zipped(tmp_path / "trial.zip", shaken(Random(seed)))
    found_ = said(tmp_path / "trial.zip", known(), capsys)
    assert found_[0] in (1, 2) or found_ == said(GOOD, known(), capsys)


@pytest.mark.parametrize("seed", range(60))
def test_a_changed_byte_of_the_zip_file_never_changes_what_holds(
    seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dice, data = Random(seed), bytearray(GOOD.read_bytes())
    place = dice.choice((dice.randrange(len(data)), dice.randrange(60), len(data) - dice.randrange(1, 400)))
    data[place] ^= 1 << dice.randrange(8)
    (tmp_path / "trial.zip").write_bytes(data)
    found_ = said(tmp_path / "trial.zip", known(), capsys)
    assert found_[0] == 1 or found_ == said(GOOD, known(), capsys)


# --- Key and anchors ---------------------------------------------------------------------------------


def test_without_key_and_anchors_key_and_root_are_printed_and_nobody_is_believed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, text = said(GOOD, [], capsys)
    list_ = json.loads(dict(good())["lists/1.json"])
    assert (status, list_["root"] in text, list_["signer"] in text) == (3, True, True)
    assert "not checked: whose key this is" in text
    assert "Everything checked holds." not in text


def test_the_key_alone_does_not_say_whose_history_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    status, text = said(GOOD, known()[:2], capsys)
    assert (status, text.count("not checked: whose history this is")) == (3, 3)


def test_anchors_alone_do_not_say_whose_key_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    status, text = said(GOOD, known()[2:], capsys)
    assert (status, text.count("not checked: ")) == (3, 1)


@pytest.mark.parametrize("left_out", [1, 2, 3])
def test_an_anchor_of_each_chain_is_asked_for(left_out: int, capsys: pytest.CaptureFixture[str]) -> None:
    words = known()[: 2 * left_out] + known()[2 * left_out + 2 :]
    status, text = said(GOOD, words, capsys)
    assert (status, text.count("not checked: whose history this is")) == (3, 1)


def test_the_root_of_a_list_is_no_anchor_of_a_chain(capsys: pytest.CaptureFixture[str]) -> None:
    root = json.loads(dict(good())["lists/1.json"])["root"]
    assert said(GOOD, [*known()[:2], "--anchor", root], capsys)[0] == 3


def test_what_stands_after_the_last_anchor_is_said_to_be_unchecked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    early = json.loads(dict(good())["audit/nct02059759-01.json"])["entries"][4]["hash"]
    words = [early if word == known()[5] else word for word in known()]
    status, text = said(GOOD, words, capsys)
    assert (status, "no hash that was given with --anchor stands after its entry 5" in text) == (3, True)


def test_an_anchor_of_another_trial_is_a_fault(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(GOOD, [*known(), "--anchor", "9" * 64], capsys)[0] == 1


def test_two_signers_may_be_named_and_one_must_have_signed(capsys: pytest.CaptureFixture[str]) -> None:
    other = ["--signer", "ab" * 32]
    assert said(GOOD, [*other, *known()], capsys)[0] == 0
    assert said(GOOD, [*other, *known()[2:]], capsys)[0] == 1


def test_a_wrong_command_line_has_a_status_of_its_own(tmp_path: Path) -> None:
    assert [run(*words).returncode for words in ((), ("a", "b"), (tmp_path / "none.zip",))] == [2, 2, 2]


# --- The terminal ------------------------------------------------------------------------------------

ESCAPES = {
    "a list's name with an escape sequence": "\\x1b[2Jok",
    "a list's name written from the right": "\\u202etsil",
    "a list's name with a joint that nobody sees": "\\u200b list",
    "half a character in a name": "\\ud800",
}


@pytest.mark.parametrize("name", ESCAPES)
def test_text_of_an_archive_does_nothing_to_a_terminal(name: str) -> None:
    text = found(name)[1]
    assert ESCAPES[name] in text
    assert all(letter.isprintable() for letter in text if letter != "\n")


def test_a_line_of_the_archive_does_not_become_a_line_of_the_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = dict(good())
    forged = b"training list 1\\nEverything checked holds."
    parts["lists/1.json"] = parts["lists/1.json"].replace(b"training list 1", forged)
    for name, data in parts.items():
        (tmp_path / "folder" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "folder" / name).write_bytes(data)
    lines = said(tmp_path / "folder", known(), capsys)[1].splitlines()
    assert "Everything checked holds." not in lines


def test_a_terminal_that_knows_ascii_only_is_served(tmp_path: Path) -> None:
    ZIPPED["another version of the format"](tmp_path / "trial.zip")
    done = run(tmp_path / "trial.zip", encoding="POSIX")
    assert (done.returncode, done.stderr, "does not say" in done.stdout) == (2, "", True)


# --- The proof of one envelope -----------------------------------------------------------------------


@cache
def proof() -> str:
    """What `--prove` writes about the first envelope."""
    number = json.loads(dict(good())["lists/1.json"])["rows"][0]["number"]
    return run(GOOD, "--prove", number).stdout


@pytest.mark.parametrize("name", PROOFS)
def test_a_manipulated_proof_proves_nothing_else(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "envelope.json"
    path.write_text(proof())
    before = said(path, known()[:2], capsys)
    changed = json.loads(proof())
    PROOFS[name](changed)
    path.write_text(json.dumps(changed))
    after = said(path, known()[:2], capsys)
    assert before[0] == 0
    assert after == before if name == "another fraction of the second" else after[0] in (1, 2)


def test_a_proof_without_a_known_key_is_not_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "envelope.json").write_text(proof())
    status, text = said(tmp_path / "envelope.json", [], capsys)
    assert (status, "not checked: whose key this is" in text) == (3, True)


def test_a_proof_for_a_terminal_holds_ascii_alone() -> None:
    assert proof().isascii()
    assert "\x7f" not in proof()


# --- The table ---------------------------------------------------------------------------------------


def row(name: str) -> str:
    """A line of the table: what was done, the exit status, and the first sentence about it."""
    status, text = found(name)
    last = text.splitlines()[-1].removeprefix("First bad row: ").removeprefix("BAD ")
    for what in ("the one spelling", "damaged"):  # the words after it are Python's, and change with it
        last = re.sub(f"({what}[^:]*): .*", r"\1", last)
    sentence = "the same facts" if status == 0 else re.sub("[0-9a-f]{20,}", "…", last)
    return f"| {name} | {status} | {sentence.rstrip('.')} |"


def test_the_table_in_the_documents_is_what_was_found() -> None:
    """On failure the right table is printed, to be put there."""
    table = "\n".join(row(name) for name in ZIPPED)
    if table not in EVIDENCE.read_text():
        print(table)
    assert table in EVIDENCE.read_text()
