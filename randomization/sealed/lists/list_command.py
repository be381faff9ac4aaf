"""What the list commands have in common: who acts, on which list, and one sentence for each error."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from randomization.core.design import DesignFault
from randomization.key_files import KeyFault
from randomization.models import RandomizationList
from trial.management.confirming import asked_in_words
from trial.management.terminal import confirm_identity, duties_of
from trial.models import Delegation, Trial
from trial.people.signing import Hand
from trial.people.signing.hands import hand_of_person
from trial.permissions import GRANTS, Permission
from trial.queries import find_trial
from trial.refusals import NotConfirmed, Refusal


class ListCommand(BaseCommand):
    """A command of a person who manages lists: the password of the person named with `--by` is asked for.

    A refusal becomes one sentence and exit status 1. `hand` signs what is done in that person's name.
    """

    hand: Hand

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
            self.hand = hand_of_person(by, both_parts=True)  # the name came with the command
            self.stdout.write(self.act(trial, by, options))
        except NotConfirmed as asked:
            raise CommandError(asked_in_words(asked)) from asked
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


def list_keeper(username: str, trial: Trial) -> Delegation:
    """The running delegation under which this person manages the trial's lists."""
    roles = [role for role, granted in GRANTS.items() if Permission.MANAGE_LISTS in granted]
    duties = duties_of(username).filter(trial=trial, role__in=roles)
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
