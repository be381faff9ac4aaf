"""`manage.py check_protocol`, run as a person runs it, with no database to be found."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from trial.protocol.files import PROTOCOLS, load_protocol

ROOT = Path(__file__).parents[2]
IMODALS = PROTOCOLS / "nct02059759.toml"


def _check(file):
    environment = os.environ | {"DATABASE_URL": "postgres://nobody@localhost:1/nothing"}
    command = [sys.executable, "manage.py", "check_protocol", str(file)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)


def test_a_good_file_is_summed_up():
    ran = _check(IMODALS)
    assert (ran.returncode, ran.stderr) == (0, "")
    facts = {line.split()[0]: line.split(maxsplit=1)[1] for line in ran.stdout.splitlines()}
    assert facts["trial"] == "nct02059759 (IMODALS), version 1"
    assert facts["digest"] == f"sha256 {load_protocol(IMODALS).digest}"
    assert facts["target"] == "36 participants, planned within 12 months"
    assert facts["arms"] == "PLACEBO 1, IL2-1MIU 1, IL2-2MIU 1"
    assert facts["injections"] == "15 (COURSE: 5 days x 3)"
    assert facts["visits"].split(", ") == ["V0", "V1", "V2", "V3", "V4", "V5", "V6", "V7"]


def test_faults_are_told_by_line_and_field_and_the_status_is_1(tmp_path):
    text = IMODALS.read_text(encoding="utf-8")
    text = text.replace("target = 36", "target = 0").replace(
        "days = [1, 2, 3, 4, 5]", "days = [1, 2, 3, 4, 5, 6]"
    )
    (tmp_path / "bad.toml").write_text(text, encoding="utf-8")
    ran = _check(tmp_path / "bad.toml")
    assert ran.returncode == 1
    assert [line.split(":")[0] for line in ran.stdout.splitlines()] == [
        "line 17, trial.target",
        "line 19, trial.injections",
        "line 101, courses[COURSE].days",
    ]
    assert "3 faults" in ran.stderr


def test_a_reason_without_french_is_told_beside_the_summary_and_the_status_is_0(tmp_path):
    text = IMODALS.read_text(encoding="utf-8")
    text += '\n[[assumptions]]\nfield = "trial.phase"\nreason = "Looked up."\n'
    (tmp_path / "more.toml").write_text(text, encoding="utf-8")
    ran = _check(tmp_path / "more.toml")
    assert ran.returncode == 0
    assert "in English: trial.phase. Write reason.en and reason.fr." in ran.stderr


@pytest.mark.parametrize("file", ["nowhere.toml", "."])
def test_a_file_that_cannot_be_read_is_told_in_one_sentence(tmp_path, file):
    ran = _check(tmp_path / file)
    assert ran.returncode == 1
    assert "cannot be read" in ran.stderr
    assert "Traceback" not in ran.stderr
