"""Key files: made once, readable by their owner alone, never shown."""

from __future__ import annotations

import stat
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from randomization.key_files import KeyFault, make_key_files, read_public, refuse_loose

FILES = {
    "pharmacy.key": 0o400,
    "pharmacy.pub": 0o444,
    "recovery.key": 0o400,
    "recovery.pub": 0o444,
    "list-signing.key": 0o400,
    "list-signing.pub": 0o444,
    "secret-key-clinic": 0o600,
    "secret-key-pharmacy": 0o600,
}


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.VELUM_HOME, settings.VELUM_KEYS = tmp_path, tmp_path / "keys"
    return tmp_path / "keys"


def make_keys() -> str:
    out = StringIO()
    call_command("make_keys", stdout=out)
    return out.getvalue()


def test_make_keys_makes_what_both_doors_need(folder: Path) -> None:
    make_keys()
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == FILES


def test_make_keys_prints_no_key(folder: Path) -> None:
    printed = make_keys()
    contents = [line for path in folder.iterdir() for line in path.read_text().splitlines()]
    assert not [line for line in contents if line in printed]


def test_keys_are_never_overwritten(folder: Path) -> None:
    make_keys()
    before = {path: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(CommandError, match="exists already"):
        make_keys()
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_one_key_in_the_way_stops_all_of_them(folder: Path) -> None:
    folder.mkdir()
    (folder / "recovery.pub").touch()
    with pytest.raises(CommandError, match=r"recovery\.pub exists already"):
        make_keys()
    assert [path.name for path in folder.iterdir()] == ["recovery.pub"]


@pytest.mark.parametrize("mode", [0o440, 0o404, 0o420, 0o600 | 0o004])
def test_a_private_key_that_others_reach_is_refused(tmp_path: Path, mode: int) -> None:
    make_key_files(tmp_path)
    (tmp_path / "pharmacy.key").chmod(mode)
    with pytest.raises(KeyFault, match="chmod 400"):
        refuse_loose(tmp_path / "pharmacy.key")


def test_a_missing_or_broken_public_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyFault, match="There is no"):
        read_public(tmp_path, "pharmacy")
    (tmp_path / "pharmacy.pub").write_text("-----")
    with pytest.raises(KeyFault, match="not a public key"):
        read_public(tmp_path, "pharmacy")
