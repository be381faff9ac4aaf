"""`manage.py schedule`, started as anyone would start it: no door, no key, no database."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from dosing.management.commands.schedule import Command

ROOT = Path(__file__).parents[2]
IMODALS = str(ROOT / "trial/protocols/nct02059759.toml")
BARE = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("VELUM", "DATABASE", "DJANGO", "REDIS"))
}


def schedule(*arguments, language="C.UTF-8", home="/nonexistent"):
    return subprocess.run(
        [sys.executable, "manage.py", "schedule", *arguments],
        cwd=ROOT,
        env=BARE | {"LANG": language, "VELUM_HOME": home},
        capture_output=True,
        text=True,
        check=False,
    )


def refused(*arguments):
    """The sentence of a refusal, from the command called within this process."""
    out = io.StringIO()
    with pytest.raises(CommandError) as refusal:
        call_command(Command(), *arguments, stdout=out)
    assert not out.getvalue()
    return str(refusal.value)


def test_json_has_22_days_with_the_agreed_fields():
    result = schedule("--protocol", IMODALS, "--first-injection", "2015-10-05", "--format", "json")
    rows = json.loads(result.stdout)
    assert [row["kind"] for row in rows].count("injection") == 15
    assert {key: rows[1][key] for key in rows[1] if key not in ("earliest", "latest")} == {
        "kind": "injection",
        "code": "C1D1",
        "course": 1,
        "day_in_course": 1,
        "trial_day": 1,
        "date": "2015-10-05",
        "notes": [],
        "explanation": "Day 1: first day of course 1, which starts on the day of the first injection.",
    }
    assert rows[-1]["kind"] == "visit"
    assert (rows[-1]["course"], rows[-1]["day_in_course"]) == (None, None)
    assert rows[-1]["earliest"] <= rows[-1]["date"] == "2016-03-21" <= rows[-1]["latest"]


def test_the_table_ends_with_its_warnings_in_words_whatever_the_locale():
    arguments = ("--protocol", IMODALS, "--first-injection", "2015-10-12")
    english, french = (schedule(*arguments, language=tag).stdout for tag in ("C.UTF-8", "fr_FR.UTF-8"))
    assert english == french
    assert english.splitlines()[-2:] == [
        "Wednesday 11 November 2015 is a public holiday: Armistice Day.",
        "Monday 28 March 2016 is a public holiday: Easter Monday.",
    ]


def test_csv_can_be_read_back():
    result = schedule("--protocol", IMODALS, "--first-injection", "2015-10-12", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert len(rows) == 22
    assert [row["date"] for row in rows if row["notes"]] == ["2015-11-11", "2016-03-28"]


def test_a_zone_without_a_site_has_no_holidays_and_says_so():
    arguments = ("--protocol", IMODALS, "--first-injection", "2015-10-12", "--format", "json")
    result = schedule(*arguments, "--zone", "Pacific/Auckland")
    assert result.stderr.strip() == (
        "The protocol names no site in Pacific/Auckland, so public holidays are not marked."
    )
    assert not any(row["notes"] for row in json.loads(result.stdout))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--first-injection", "2015-02-30"], "February 2015 has 28 days"),
        (["--first-injection", "5/10/2015"], "is not a date"),
        (["--first-injection", "2015-10-05", "--randomized", "2015-10-06"], "before randomisation"),
        (["--first-injection", "2015-10-05", "--randomized", "2015-01-06"], "days after randomisation"),
        (["--first-injection", "2015-10-05", "--zone", "Europe/Nowhere"], "is not a time zone"),
        (["--first-injection", "9999-12-30"], "years 1 to 9999"),
    ],
)
def test_a_fault_is_one_sentence(arguments, words):
    said = refused("--protocol", IMODALS, *arguments)
    assert words in said
    assert len(said.splitlines()) == 1


def test_a_missing_protocol_file_is_named_and_the_exit_status_is_1():
    result = schedule("--protocol", "nowhere.toml", "--first-injection", "2015-10-05")
    assert result.returncode == 1
    assert not result.stdout
    assert result.stderr == "CommandError: nowhere.toml cannot be read: No such file or directory.\n"


def test_a_protocol_that_counts_from_randomization_asks_for_the_date(tmp_path):
    text = Path(IMODALS).read_text(encoding="utf-8")
    changed = tmp_path / "from_randomization.toml"
    changed.write_text(_last_visit_from_randomization(text), encoding="utf-8")
    said = refused("--protocol", str(changed), "--first-injection", "2015-10-05")
    assert said.endswith("Give the date of randomisation.")


def _last_visit_from_randomization(text: str) -> str:
    before, heading, last = text.rpartition("[[visits]]\n")
    return before + heading + 'anchor = "randomization"\n' + last


@pytest.mark.parametrize("form", ["csv", "json", "table"])
def test_every_form_notes_the_weekend_of_the_country(form):
    """Israel: Friday 25 September 2026 is noted, Sunday 20 September is not."""
    file = str(ROOT / "tests/cases/protocols/w_IL.toml")
    said = schedule("--protocol", file, "--first-injection", "2026-09-20", "--format", form).stdout
    friday, sunday = (
        [line for line in said.splitlines() if "weekend" in line and day in line]
        for day in ("25 September", "20 September")
    )
    assert (bool(friday), sunday) == (True, [])
