"""An interrupted `make demo` starts over; what no demonstration has made is never touched."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management.base import CommandError

from trial.management.commands.demo import building

LEFT = ("velum.sqlite3", "velum.sqlite3-journal", "demo-password", "keys/pharmacy.key", "mail/1.log")


def interrupted(home: Path) -> Path:
    """A folder in which a demonstration was half built when the power went."""
    with pytest.raises(CommandError, match="starts over"), building(home):
        for name in LEFT:
            (home / name).parent.mkdir(exist_ok=True)
            (home / name).write_text("half of it")
        raise KeyboardInterrupt
    return home


def test_what_an_interrupted_build_left_is_removed_before_the_next(tmp_path: Path) -> None:
    home = interrupted(tmp_path)
    (home / "notes.txt").write_text("somebody's own")
    with building(home):
        assert {path.name for path in home.iterdir()} == {"demo-building", "notes.txt"}
    assert {path.name for path in home.iterdir()} == {"demo-built", "notes.txt"}


def test_a_database_that_no_demonstration_made_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "velum.sqlite3").write_text("a real trial")
    with pytest.raises(CommandError, match="not from a finished demonstration"), building(tmp_path):
        pass
    assert (tmp_path / "velum.sqlite3").read_text() == "a real trial"


def test_keys_that_were_there_before_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    with building(tmp_path):
        assert (tmp_path / "keys").is_dir()


def test_two_cannot_build_at_once(tmp_path: Path) -> None:
    with building(tmp_path):
        (tmp_path / "velum.sqlite3").write_text("being filled")
        with pytest.raises(CommandError, match="being built already"), building(tmp_path):
            pass
        assert (tmp_path / "velum.sqlite3").exists()
