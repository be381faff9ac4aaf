"""What the documents say of the machinery is so."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.lanes import LANES, TESTS
from tests.tools import compose

ROOT = TESTS.parent


def text(name: str) -> str:
    return Path(ROOT, name).read_text()


def test_every_setting_is_explained_to_whoever_operates_velum() -> None:
    sources = text("trial/settings.py") + text("trial/installation.py")
    settings = set(compose.READS.findall(sources))
    explained = set(re.findall(r"^\| `([A-Z_]+)`", text("docs/operations.md"), re.MULTILINE))

    assert settings == explained


def test_every_lane_and_folder_is_explained_to_developers() -> None:
    named = set(re.findall(r"`([\w-]+)`", text("DEVELOPERS.md")))

    assert {lane.name for lane in LANES} | {folder for lane in LANES for folder in lane.folders} <= named


def test_every_target_of_the_makefile_is_in_its_help() -> None:
    makefile = text("Makefile")
    targets = set(re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)[1].split())

    assert targets - {"help", "runtime", "development", "browser"} == set(
        re.findall(r'"make ([\w-]+) ', makefile)
    )


@pytest.mark.parametrize(
    ("lanes", "needed"), [("", True), ("journeys", True), ("core journeys", True), ("core", False)]
)
def test_make_test_fetches_a_browser_only_for_the_journeys(lanes: str, needed: bool) -> None:
    words = ["make", "--dry-run", "test", f"LANE={lanes}"]
    planned = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert ("tests.tools.chromium" in planned) is needed
