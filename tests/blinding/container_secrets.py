"""What docker-compose.yml gives a service of keys and secrets, below a folder in place of its own root."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.blinding.sandbox import Sandbox
from tests.tools import compose


def place_secrets(sandbox: Sandbox, service: str, home: Path, shape: Mapping[str, Any] | None = None) -> Path:
    """Place the secrets and public keys of a service, and nothing else; returns the folder of its keys.

    Keys are the sandbox's real ones. `shape` is docker-compose.yml as it is, unless another one is given.
    """
    shape = shape or compose.read()
    root = home / f"root-of-{service}"
    for target, file in secret_files(shape, service):
        path = root / target.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        kept = sandbox.folder / "keys-pharmacy" / Path(file).name
        path.write_bytes(kept.read_bytes() if kept.exists() else b"a secret")
    return root / str(compose.services(shape)[service]["environment"]["VELUM_KEYS"]).lstrip("/")


def secret_files(shape: Mapping[str, Any], service: str) -> Iterator[tuple[str, str]]:
    """Where the service has each of its secrets and public keys, and which file it is."""
    for kind, folder in (("secrets", "/run/secrets/"), ("configs", "/")):
        for entry in compose.services(shape)[service].get(kind, []):
            name = entry if isinstance(entry, str) else entry["source"]
            target = f"{folder}{name}" if isinstance(entry, str) else entry["target"]
            yield target, shape[kind][name]["file"]
