"""`manage.py end_sessions`: end all of somebody's sessions, in the name of an administrator."""

from __future__ import annotations

from typing import Any

from trial.management.commands import shut_account
from trial.people.duties import shutting


class Command(shut_account.Command):
    """The same questions; another act."""

    help = "End all of somebody's sessions. By an administrator, whose password is asked for."
    done = "All sessions of {} have ended."

    def act(self, **what: Any) -> None:
        """Do it. Raises a Refusal."""
        shutting.end_sessions(**what)
