"""The end of data collection: the lock, and with it the end of every list."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from randomization.hooks import HearsOfDataLock
from randomization.models import RandomizationList, Step, Stratum
from randomization.queries import current_step
from randomization.services import take_step
from randomization.signed_records import lock_content
from trial.audit import record
from trial.hooks import ask_apps
from trial.models import DataLock, Delegation, Participant, Signature, SignedAct, Site, Trial
from trial.people.signing import Deed, Hand, sign
from trial.permissions import Permission
from trial.policies import require
from trial.refusals import InvalidInput, Refusal


class LockedAlready(Refusal):
    """The data of this trial have been locked already."""

    code = "locked_already"


@transaction.atomic
def lock_data(
    *, trial: Trial, by: Delegation, at: datetime, statement: str, hand: Hand | None = None
) -> DataLock:
    """Lock the data of a trial and close its lists: nothing more is recorded, drawn, activated or mailed.

    `statement` says on what ground (data reviewed, queries answered). There is no way back. Sites,
    participants and strata are locked first, so an act that is under way ends before, or is refused.
    Raises NotPermitted, InvalidInput or LockedAlready.
    """
    require(by, Permission.LOCK_DATA, trial=trial)
    if not statement.strip():
        raise InvalidInput(
            _("Enter the reason for the data lock."), {"statement": _("An answer is required.")}
        )
    _wait_for_acts(trial)
    for list_ in open_lists(trial):
        list(Stratum.objects.select_for_update().filter(list=list_))
        take_step(list_=list_, step=Step.CLOSED, by=by, at=at)
    lock = _lock(trial, by, at, statement.strip())
    for app in ask_apps(HearsOfDataLock):
        app.data_locked(trial, at=at)
    deed = Deed(SignedAct.DATA_LOCK, trial.pk, trial.pk, lock_content(lock), hand)
    body = {"statement": lock.statement} | deed.facts
    entry = record(action="data.locked", subject=trial.pk, by=by, at=at, trial=trial, body=body)
    sign(deed, into=Signature, entry=entry, by=by, at=at, site=None)
    return lock


def open_lists(trial: Trial) -> QuerySet[RandomizationList]:
    """The lists of the trial that are not closed yet."""
    lists = RandomizationList.objects.filter(trial=trial).annotate(step=current_step())
    return lists.exclude(step=Step.CLOSED).order_by("sequence")


def _wait_for_acts(trial: Trial) -> None:
    """Every act on a participant holds that row, and every first number its site's, in this order."""
    for rows in (Site.objects.filter(trial=trial), Participant.objects.filter(trial=trial)):
        list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk"))


def _lock(trial: Trial, by: Delegation, at: datetime, statement: str) -> DataLock:
    try:
        with transaction.atomic():
            return DataLock.objects.create(trial=trial, by=by, at=at, statement=statement)
    except IntegrityError as fault:
        raise LockedAlready(_("The data of this trial are locked already.")) from fault
