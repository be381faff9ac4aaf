"""What is kept between runs is made once, copied, never half and never stale."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.lanes import TESTS
from tests.servers import kept, schema
from tests.servers.kept import AT_MOST, keep

KILLED = """
import os, signal, sys
from pathlib import Path
from tests.servers import kept

kept.KEPT = Path(sys.argv[1])
kept.keep("sqlite", "new", Path(sys.argv[2]), lambda: os.kill(os.getpid(), signal.SIGKILL))
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place of its own for what is kept."""
    monkeypatch.setattr(kept, "KEPT", tmp_path / "kept")
    return tmp_path / "kept"


class Maker:
    """Writes a file, slowly enough to be met, and counts how often."""

    def __init__(self, place: Path) -> None:
        self.place, self.times = place, 0

    def __call__(self) -> None:
        self.times += 1
        threading.Event().wait(0.05)
        self.place.write_text(f"made {self.times}")


def kept_text(digest: str, place: Path, maker: Maker) -> str:
    """What a run with that digest finds."""
    place.unlink(missing_ok=True)
    keep("sqlite", digest, place, maker)
    return place.read_text()


def test_what_is_kept_is_made_once_and_then_copied(tmp_path: Path) -> None:
    maker = Maker(tmp_path / "file")

    assert [kept_text("a", maker.place, maker) for _ in range(3)] == ["made 1"] * 3


def test_another_digest_makes_it_anew_and_the_first_is_still_there(tmp_path: Path) -> None:
    maker = Maker(tmp_path / "file")

    found = [kept_text(digest, maker.place, maker) for digest in "aba"]

    assert found == ["made 1", "made 2", "made 1"]


def test_what_a_run_writes_into_its_copy_is_not_kept(tmp_path: Path) -> None:
    maker = Maker(tmp_path / "file")
    kept_text("a", maker.place, maker)
    maker.place.write_text("rows of a test")

    assert kept_text("a", maker.place, maker) == "made 1"


def test_two_runs_at_once_make_it_once(tmp_path: Path) -> None:
    makers = [Maker(tmp_path / name) for name in "ab"]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda maker: kept_text("a", maker.place, maker), makers))

    assert (found, makers[0].times + makers[1].times) == (["made 1"] * 2, 1)


def test_a_run_that_is_killed_keeps_nothing_and_holds_nobody_up(tmp_path: Path, folder: Path) -> None:
    words = [sys.executable, "-c", KILLED, str(folder), str(tmp_path / "file")]
    assert subprocess.run(words, cwd=TESTS.parent, timeout=30).returncode == -9
    (folder / "sqlite.half-made").write_text("half of it")
    maker = Maker(tmp_path / "file")

    assert kept_text("new", maker.place, maker) == "made 1"
    assert sorted(path.name for path in folder.iterdir()) == ["sqlite-new", "sqlite.lock"]


def test_only_the_last_used_stay(tmp_path: Path, folder: Path) -> None:
    maker = Maker(tmp_path / "file")
    for digest in "abcdea":
        kept_text(digest, maker.place, maker)

    assert len(list(folder.glob("sqlite-*"))) == AT_MOST


@pytest.fixture
def product(tmp_path: Path) -> Path:
    """A product of a few files, with a migration that imports its triggers."""
    files = {
        "trial/settings.py": "INSTALLED_APPS = ['trial']",
        "trial/installation.py": "ENGINE = 'sqlite3'",
        "trial/apps.py": "import trial.page",
        "trial/page.py": "TITLE = 'Today'",
        "trial/walls/database_grants.py": "RIGHTS = {}",
        "trial/walls/triggers.py": "def laid():\n    from trial.words import SQL",
        "trial/words.py": "SQL = 'CREATE TRIGGER'",
        "trial/migrations/0001_initial.py": "from trial.walls.triggers import laid",
        "dosing/pharmacy/migrations/0002_more.py": "from ...unseen import laid\nfrom .. import numbers",
        "dosing/pharmacy/numbers.py": "LENGTH = 8",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


DECIDING = [
    "trial/migrations/0001_initial.py",
    "trial/migrations/0003_new.py",
    "dosing/pharmacy/migrations/0002_more.py",
    "dosing/pharmacy/numbers.py",
    "trial/walls/triggers.py",
    "trial/words.py",
    "trial/walls/database_grants.py",
    "trial/settings.py",
    "trial/installation.py",
    "trial/apps.py",
]


@pytest.mark.parametrize("name", DECIDING)
def test_a_change_of_what_migrate_runs_changes_the_digest(product: Path, name: str) -> None:
    before = schema.digest(product)

    with (product / name).open("a") as file:
        file.write("\nPLANTED = True")

    assert schema.digest(product) != before


def test_a_migration_that_is_removed_or_renamed_changes_the_digest(product: Path) -> None:
    path = product / "trial/migrations/0001_initial.py"
    digests = {schema.digest(product)}
    path = path.rename(path.with_name("0001_first.py"))
    digests.add(schema.digest(product))
    path.unlink()

    assert len(digests | {schema.digest(product)}) == 3


def test_another_version_of_a_package_changes_the_digest(
    product: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = schema.digest(product)
    monkeypatch.setattr(schema, "packages", lambda: ["django-5.2.99.dist-info"])

    assert schema.digest(product) != before


def test_a_change_of_a_page_leaves_the_digest_as_it_is(product: Path) -> None:
    before = schema.digest(product)
    (product / "trial/page.py").write_text("TITLE = 'Tomorrow'")

    assert schema.digest(product) == before


def test_every_migration_of_the_product_is_read() -> None:
    found = {str(path.relative_to(schema.ROOT)) for path in schema.files()}
    on_disk = {
        str(path.relative_to(schema.ROOT))
        for name in schema.PRODUCT
        for path in (schema.ROOT / name).rglob("migrations/*.py")
    }

    assert len(on_disk) > 20
    named = {"trial/walls/triggers.py", "trial/walls/database_grants.py", "trial/settings.py"}
    assert on_disk | named <= found
    assert [name for name in schema.packages() if name.lower().startswith("django-5")]
