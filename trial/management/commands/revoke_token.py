"""`manage.py revoke_token`, in the name of an administrator."""

from __future__ import annotations

from typing import Any

from trial.management.commands import shut_account
from trial.people.duties import shutting


class Command(shut_account.Command):
    """The same questions; another act."""

    help = "Revoke all of somebody's tokens in this trial. By an administrator, whose password is asked for."
    done = "The tokens of {} are revoked."

    def act(self, **what: Any) -> None:
        """Do it. Raises a Refusal."""
        shutting.revoke_tokens(**what)
