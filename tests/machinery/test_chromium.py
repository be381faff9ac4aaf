"""Finding a browser: what is there is taken, what is missing is said, and nothing is fatal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools import chromium


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without any browser; the folder is its PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("VELUM_CHROMIUM", raising=False)
    monkeypatch.setattr(chromium, "playwright_has_one", lambda: False)
    return tmp_path


def executable(path: Path, script: str = "") -> Path:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_the_browser_of_the_system_is_found(bare: Path) -> None:
    assert chromium.find() == ""

    assert executable(bare / "chromium-browser") == Path(chromium.find())


def test_the_browser_that_was_named_comes_first(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    executable(bare / "chromium")
    monkeypatch.setenv("VELUM_CHROMIUM", str(executable(bare / "my-browser")))

    assert chromium.find().endswith("my-browser")


def test_a_missing_browser_is_said_and_is_not_fatal(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(chromium, "may_install", lambda: False)

    assert chromium.main() == 0
    assert "no Chromium" in capsys.readouterr().out


def test_debians_browser_is_installed_where_we_are_root(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(chromium, "may_install", lambda: True)
    executable(
        bare / "apt-get",
        f"[ $1 = update ] || (echo '#!/bin/sh' > {bare}/chromium && /bin/chmod +x {bare}/chromium)",
    )

    assert chromium.main() == 0
    assert f"Chromium installed: {bare}/chromium" in capsys.readouterr().out


def test_an_installation_that_fails_is_said_and_is_not_fatal(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(chromium, "may_install", lambda: True)
    executable(bare / "apt-get", "echo no network >&2; exit 100")

    assert chromium.main() == 0
    assert "could not be installed: no network" in capsys.readouterr().out
