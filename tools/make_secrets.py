"""Makes the passwords and session keys that docker-compose.yml reads from the folder secrets/.

    sudo python3 tools/make_secrets.py

Needs nothing but Python; overwrites nothing. The folder is closed to everybody but its owner; the
files in it are readable, because each container reads the few that it is given as a user of its
own. The keys of the lists are made by `manage.py make_keys` (docs/operations.md), not here.
"""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

RANDOM = (
    "owner_database_password",
    "clinic_database_password",
    "pharmacy_database_password",
    "clinic_secret_key",
    "pharmacy_secret_key",
)


def contents() -> dict[str, str]:
    """A new secret for each file. Redis's address holds its password, so both are made together."""
    password = secrets.token_urlsafe(32)
    made = {name: secrets.token_hex(32) for name in RANDOM}
    return made | {"redis_password": password, "redis_url": f"redis://:{password}@redis:6379/0"}


def write(folder: Path, name: str, content: str) -> None:
    """Write a new file; one that is there already raises FileExistsError."""
    descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444)
    with os.fdopen(descriptor, "w") as file:
        os.fchmod(descriptor, 0o444)
        file.write(content)


def make(folder: Path) -> list[str]:
    """Make the folder and every secret in it; return their names. Raises FileExistsError."""
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    made = contents()
    if existing := [name for name in made if (folder / name).exists()]:
        raise FileExistsError(f"{folder / existing[0]} exists already. Move the old secrets away first.")
    for name, content in made.items():
        write(folder, name, content)
    return list(made)


def main() -> None:
    """Make them beside docker-compose.yml and say what is still to do."""
    folder = Path(__file__).resolve().parent.parent / "secrets"
    try:
        made = make(folder)
    except FileExistsError as reason:
        sys.exit(str(reason))
    print(f"Made {len(made)} secrets in {folder}. Next: the keys of the lists, see docs/operations.md.")


if __name__ == "__main__":
    main()
