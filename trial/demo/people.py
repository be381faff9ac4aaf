"""The people of the demonstration, and how they log in.

One password is made for each demonstration and kept in a file that only its owner can read.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from trial.permissions import UNBLINDED_ROLES, Role

_WORDS = (
    "amber",
    "birch",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "grove",
    "heron",
    "ivory",
    "jade",
    "koala",
    "linen",
)


@dataclass(frozen=True)
class DemoPerson:
    """Somebody who works on the demonstration trial. No such person exists."""

    username: str
    first_name: str
    last_name: str
    role: Role
    at_site: bool = True

    @property
    def needs_second_factor(self) -> bool:
        """Whether this person comes to the pharmacy door."""
        return self.role in UNBLINDED_ROLES | {Role.INVESTIGATOR}


PEOPLE = (
    DemoPerson("nurse", "Claire", "Fabre", Role.STUDY_NURSE),
    DemoPerson("investigator", "Hugo", "Marty", Role.INVESTIGATOR),
    DemoPerson("monitor", "Ines", "Roux", Role.MONITOR, at_site=False),
    DemoPerson("manager", "Paul", "Aubert", Role.TRIAL_MANAGER, at_site=False),
    DemoPerson("admin", "Lou", "Perrin", Role.ADMINISTRATOR, at_site=False),
    DemoPerson("pharmacist", "Nadia", "Colin", Role.PHARMACIST),
    DemoPerson("pharmacist2", "Marc", "Giraud", Role.PHARMACIST),
    DemoPerson("statistician", "Elsa", "Blanc", Role.UNBLINDED_STATISTICIAN, at_site=False),
    DemoPerson("statistician2", "Jean", "Morel", Role.UNBLINDED_STATISTICIAN, at_site=False),
)


def demo_password(home: Path) -> str:
    """The demonstration's password, made the first time it is asked for."""
    path = home / "demo-password"
    if not path.exists():
        words = "-".join(secrets.choice(_WORDS) for _word in range(4))
        path.touch(mode=0o600)
        path.write_text(f"{words}-{secrets.randbelow(90) + 10}\n")
    return path.read_text().strip()
