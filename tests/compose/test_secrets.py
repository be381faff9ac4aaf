"""The secrets that the containers read can all be made, and are never made twice."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from randomization.key_files import make_key_files
from tests.tools import compose
from tools import make_secrets


def test_every_file_that_the_containers_read_is_made(tmp_path: Path) -> None:
    shape = compose.read()
    wanted = {Path(at["file"]).name for at in [*shape["secrets"].values(), *shape["configs"].values()]}

    made = {
        *make_secrets.make(tmp_path / "secrets"),
        *(path.name for path in make_key_files(tmp_path / "keys")),
    }

    assert wanted <= made
    assert made - wanted == {"recovery.key", "list-signing.key"}


def test_nobody_but_the_owner_can_look_into_the_folder(tmp_path: Path) -> None:
    make_secrets.make(tmp_path / "secrets")

    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700


def test_secrets_that_exist_stay_as_they_are(tmp_path: Path) -> None:
    make_secrets.make(tmp_path)
    before = {path.name: path.read_text() for path in tmp_path.iterdir()}

    with pytest.raises(FileExistsError, match="Move the old secrets away"):
        make_secrets.make(tmp_path)

    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == before


def test_the_address_of_redis_holds_its_password() -> None:
    made = make_secrets.contents()

    assert made["redis_url"] == f"redis://:{made['redis_password']}@redis:6379/0"
