"""`manage.py simulate`, as a statistician types it. No test here asks for a database, so none is touched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from trial.protocol.files import PROTOCOLS

IMODALS, MIROCALS = (str(PROTOCOLS / f"{key}.toml") for key in ("nct02059759", "nct03039673"))


@pytest.fixture
def design(tmp_path: Path) -> Path:
    file = tmp_path / "mixed.toml"
    file.write_text("block_sizes = [3, 6, 9]\n")
    return file


def run(*words: str) -> str:
    out = StringIO()
    call_command("simulate", *words, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_a_table_has_a_line_for_each_design(design: Path, tmp_path: Path) -> None:
    other = tmp_path / "coin.toml"
    other.write_text('method = "complete"\n')
    words = ("--protocol", IMODALS, "--design", str(design), "--design", str(other))
    lines = run(*words, "--runs", "200").splitlines()
    assert [line.split()[0] for line in lines[:3]] == ["design", "mixed", "coin"]
    assert lines[1].split()[-1] == "100.0"
    assert lines[0].split()[1:8] == ["n", "guessed", "%", "knowing", "%", "greatest", "%"]
    assert "200 trials of 36, seed 1." in lines


def test_json_has_every_figure_with_its_error(design: Path) -> None:
    words = (
        "--protocol",
        IMODALS,
        "--design",
        str(design),
        "--runs",
        "50",
        "--seed",
        "9",
        "--format",
        "json",
    )
    (found,) = json.loads(run(*words))
    assert (found["design"], found["runs"], found["seed"], found["participants"]) == ("mixed", 50, 9, 36)
    assert found["overall"]["balanced"] == {"mean": 1.0, "error": 0.0}
    assert found["overall"]["greatest"]["mean"] >= found["overall"]["knowing"]["mean"] > 0.5
    assert set(found["strata"]) == {"all"}
    assert run(*words) == run(*words)


def test_minimisation_with_equal_shares_is_the_same_by_both_rules(tmp_path: Path) -> None:
    """A file that says no rule has equal parts; the older rule is had by its name."""
    files = [tmp_path / "new.toml", tmp_path / "parts.toml", tmp_path / "shares.toml"]
    for file, rule in zip(files, ("", 'rule = "parts"\n', 'rule = "shares"\n'), strict=True):
        file.write_text('method = "minimization"\n' + rule)
    words = [word for file in files for word in ("--design", str(file))]
    found = json.loads(run("--protocol", MIROCALS, *words, "--runs", "20", "--format", "json"))
    assert [one.pop("design") for one in found] == ["new", "parts", "shares"]
    assert found[0] == found[1] == found[2]


def test_minimisation_takes_the_protocols_strata(tmp_path: Path) -> None:
    file = tmp_path / "minimised.toml"
    file.write_text('method = "minimization"\n')
    table = run("--protocol", MIROCALS, "--design", str(file), "--runs", "20")
    assert "COUNTRY/FR" in table
    assert "ONSET/LIMB" in table


FAULTS = [
    ("block_sizes = [4]", "mixed.toml: block_sizes has 4, which is no multiple of 3"),
    ("blocks = 4", "mixed.toml: blocks is no field"),
    ("method = ", "mixed.toml: The design file is not valid TOML"),
]


@pytest.mark.parametrize(("text", "sentence"), FAULTS)
def test_a_fault_names_file_and_field(design: Path, text: str, sentence: str) -> None:
    design.write_text(text)
    with pytest.raises(CommandError, match=sentence):
        run("--protocol", IMODALS, "--design", str(design))


def test_a_file_that_is_not_there_is_named(design: Path) -> None:
    with pytest.raises(CommandError, match=r"nowhere\.toml"):
        run("--protocol", "nowhere.toml", "--design", str(design))
    with pytest.raises(CommandError, match=r"missing\.toml cannot be read: No such file"):
        run("--protocol", IMODALS, "--design", "missing.toml")


@pytest.mark.parametrize("runs", ["0", "-1", "1.5", "many"])
def test_a_number_of_runs_that_is_none_is_refused(design: Path, runs: str) -> None:
    with pytest.raises(CommandError, match="no whole number of 1 or more"):
        run("--protocol", IMODALS, "--design", str(design), f"--runs={runs}")


@pytest.mark.parametrize(("door", "status"), [("pharmacy", 0), ("clinic", 1)])
def test_it_works_from_a_fresh_clone_behind_one_door(
    design: Path, tmp_path: Path, door: str, status: int
) -> None:
    """No key, no home and a database that cannot answer; the clinic door does not have the command."""
    bare = {key: value for key, value in os.environ.items() if not key.startswith(("VELUM_", "DATABASE"))}
    bare |= {
        "VELUM_DOOR": door,
        "VELUM_HOME": str(tmp_path / "none"),
        "DJANGO_SETTINGS_MODULE": "trial.settings",
    }
    bare |= {"DATABASE_URL": "postgres://nobody@127.0.0.1:9/nowhere"}
    words = ["--protocol", IMODALS, "--design", str(design), "--runs", "5"]
    manage = str(Path(__file__).parents[2] / "manage.py")
    done = subprocess.run(
        [sys.executable, manage, "simulate", *words], env=bare, capture_output=True, text=True
    )
    assert (done.returncode, "5 trials of 36" in done.stdout) == (status, status == 0), done.stderr
