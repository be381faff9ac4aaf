"""Each import contract breaks, alone, when somebody plants the import that it forbids."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from itertools import permutations
from pathlib import Path

import pytest

from tests.lanes import TESTS

ROOT = TESTS.parent
CONTRACTS = (
    "one-way",
    "pharmacy",
    "sealed",
    "trial-core",
    "randomization-core",
    "dosing-core",
    "cryptography",
    "sealed-rooms",
)
NAMES = {
    one["id"]: one["name"]
    for one in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}
"""What lint-imports calls each contract."""
ROOMS = ("lists", "opening", "ending", "comparing", "jobs", "enrolment")

PLANTS = [
    ("one-way", "trial/planted.py", "import randomization"),
    ("one-way", "trial/planted.py", "def late():\n    import dosing.core"),
    ("one-way", "randomization/planted.py", "from dosing import core"),
    ("pharmacy", "dosing/planted.py", "import dosing.pharmacy"),
    ("sealed", "dosing/planted.py", "from randomization import sealed"),
    ("sealed", "randomization/planted.py", "import randomization.sealed"),
    ("trial-core", "trial/core/planted.py", "import django"),
    ("trial-core", "trial/core/planted.py", "import trial.settings"),
    ("randomization-core", "randomization/core/planted.py", "from reportlab import lib"),
    ("dosing-core", "dosing/core/planted.py", "import holidays"),
    ("cryptography", "dosing/pharmacy/planted.py", "from cryptography.fernet import Fernet"),
    ("cryptography", "randomization/sealed/opening/planted.py", "import cryptography.hazmat"),
    ("cryptography", "randomization/planted.py", "def late():\n    from cryptography import fernet"),
    ("cryptography", "trial/planted.py", "import cryptography"),
    ("sealed-rooms", "randomization/sealed/models/planted.py", "import randomization.sealed.vault.boxes"),
    ("sealed-rooms", "randomization/sealed/vault/planted.py", "from randomization.sealed import lists"),
    *(
        ("sealed-rooms", f"randomization/sealed/{room}/planted.py", f"import randomization.sealed.{other}")
        for room, other in permutations(ROOMS, 2)
        if (step := ROOMS.index(other) - ROOMS.index(room)) == 3 or step % len(ROOMS) in {1, 4}
    ),
]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the packages and of the contracts, to plant faults in."""
    for package in ("trial", "randomization", "dosing"):
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "static")
        )
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "__init__.py").touch()
    shutil.copytree(ROOT / "tests" / "contracts", tmp_path / "tests" / "contracts")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    """What lint-imports says of this tree."""
    program = "import sys; sys.path.insert(0, '.'); from importlinter import cli; cli.lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", program, "--no-cache"],
        cwd=tree,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_code_as_it_is_keeps_every_contract(tree: Path) -> None:
    done = lint(tree)

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken" in done.stdout


@pytest.mark.parametrize(("contract", "file", "fault"), PLANTS)
def test_a_planted_import_breaks_its_contract_and_no_other(
    tree: Path, contract: str, file: str, fault: str
) -> None:
    (tree / file).write_text(f'"""Planted."""\n\n{fault}\n')

    done = lint(tree)

    assert f"Contracts: {len(CONTRACTS) - 1} kept, 1 broken" in done.stdout, done.stdout + done.stderr
    said = " ".join(done.stdout.split())  # long names are broken into lines
    assert (f"{NAMES[contract]} BROKEN" in said, done.returncode) == (True, 1)
