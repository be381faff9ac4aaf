"""What the list commands have in common: who acts, on which list, and one sentence for each error."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from randomization.core.design import DesignFault
from randomization.key_files import KeyFault
from randomization.models import RandomizationList
from trial.management.terminal import confirm_identity
from trial.models import Delegation, Trial
from trial.permissions import GRANTS, Permission
from trial.queries import find_trial
from trial.refusals import NotConfirmed, Refusal, in_page_language


class ListCommand(BaseCommand):
    """A command of a person who manages lists: the password of the person named with `--by` is asked for.

    A refusal becomes one sentence and exit status 1.
    """

    def add_arguments(self, parser: CommandParser) -> None:
        """The trial and the person; subclasses add theirs."""
        parser.add_argument("--trial", required=True, help="the trial's key, such as nct02059759")
        parser.add_argument(
            "--by", required=True, metavar="USERNAME", help="the unblinded statistician who acts"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Find trial and person, then act."""
        try:
            trial = find_trial(options["trial"])
            by = list_keeper(options["by"], trial)
            confirm_identity(by.user)
            self.stdout.write(self.act(trial, by, options))
        except NotConfirmed as asked:
            raise CommandError(_asked(asked)) from asked
        except (Refusal, DesignFault, KeyFault) as fault:
            raise CommandError(str(fault)) from fault
        except OSError as fault:
            raise CommandError(f"{fault.filename} cannot be read: {fault.strerror}.") from fault

    def act(self, trial: Trial, by: Delegation, options: dict[str, Any]) -> str:
        """Carry the command out and return one sentence: what is so now."""
        raise NotImplementedError


def add_reason(parser: CommandParser) -> None:
    """The option with which a rare order is taken."""
    parser.add_argument(
        "--reason",
        metavar="TEXT",
        default="",
        help="why a list is taken whose order is rare under its design; signed into the sealed trail",
    )


def add_confirm(parser: CommandParser) -> None:
    """Take what is confirmed: the very value, by the name under which it was asked about."""
    parser.add_argument(
        "--confirm", metavar="FIELD=VALUE", action="append", default=[], help="an unlikely size that is right"
    )


def confirmed_in(options: dict[str, Any]) -> dict[str, str]:
    """What was confirmed, by field."""
    pairs = [text.rpartition("=") for text in options["confirm"]]
    if wrong := [field + sign + value for field, sign, value in pairs if not (field and sign and value)]:
        raise CommandError(f"{wrong[0]} is not of the form FIELD=VALUE.")
    return {field: value for field, _sign, value in pairs}


def _asked(reason: NotConfirmed) -> str:
    """Each question, with the words that confirm."""
    lines = [
        f"{in_page_language(doubt.asks)} --confirm {doubt.field}={doubt.value}" for doubt in reason.doubts
    ]
    return "\n".join(["Nothing was done.", *lines])


def list_keeper(username: str, trial: Trial) -> Delegation:
    """The running delegation under which this person manages the trial's lists."""
    roles = [role for role, granted in GRANTS.items() if Permission.MANAGE_LISTS in granted]
    duties = Delegation.objects.filter(user__username=username, trial=trial, ended_at=None, role__in=roles)
    if duty := duties.select_related("user").first():
        return duty
    raise CommandError(
        f"{username} does not manage lists in {trial.pk}. Give the role unblinded_statistician first."
    )


def find_list(trial: Trial, name: str) -> RandomizationList:
    """The trial's list with that name, id, or number among the trial's lists."""
    lists = RandomizationList.objects.filter(trial=trial).select_related("trial")
    for condition in (Q(name=name), Q(pk=name), Q(sequence=name)):
        try:
            if found := lists.filter(condition).first():
                return found
        except (ValidationError, ValueError):
            continue
    known = ", ".join(lists.values_list("name", flat=True)) or "none yet"
    raise CommandError(f"{trial.pk} has no list {name}. Its lists: {known}.")
