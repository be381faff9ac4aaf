"""What waits for the pharmacy door: accepted duties behind it, and ends that would leave a site alone.

Only a process of that door, or the owner, may write these rows; the clinic's role may not (decision 37).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from trial.audit import note_rows, record
from trial.models import (
    AccountShut,
    Delegation,
    DutyEnd,
    EnrolmentAsked,
    Invitation,
    Signature,
    Site,
    Trial,
    User,
)
from trial.people.delegating import delegate, lock_duties, need_reason
from trial.people.duties.signed import deed_of_duty, deed_of_end
from trial.people.signing import Hand, sign
from trial.permissions import DOORS, Permission, Role
from trial.policies import NotPermitted, require
from trial.refusals import Refusal


class NothingWaits(Refusal):
    """There is nothing to confirm, or somebody has confirmed it already."""

    code = "nothing_waits"


@dataclass(frozen=True)
class Confirmer:
    """Who confirms on the page of this door, how they made sure, and the hand that signs it.

    The owner's command has none.
    """

    by: Delegation
    reason: str
    hand: Hand | None = None

    def check(self, *, asked: Delegation | None, about: User | None, trial: Trial, site: Site | None) -> None:
        """Raises NotPermitted, also for whoever asked and whom it is about; InvalidInput without a reason."""
        require(self.by, Permission.CONFIRM_DUTIES, trial=trial, site=site, goes_on=True)
        everywhere = self.by.site_id is None
        concerned = {asked.user_id if asked else None, about.pk if about else None}
        if self.by.user_id in concerned or (site is None and not everywhere):
            raise NotPermitted(_("Somebody else has to confirm this: a second person, whom it is not about."))
        need_reason(self.reason)

    @property
    def facts(self) -> dict[str, object]:
        """What the entry says of it."""
        return {"made_sure": self.reason.strip()}


def waiting_ends(trial: str) -> QuerySet[DutyEnd]:
    """Ends of duties that count at the clinic door only."""
    rows = DutyEnd.objects.filter(delegation__trial=trial, delegation__ended_at=None)
    related = ("delegation__user", "delegation__site", "delegation__trial", "by__user")
    return rows.select_related(*related).order_by("at", "pk")


def codes_asked(trial: str) -> QuerySet[EnrolmentAsked]:
    """Who needs a new enrolment code, as an administrator said at the clinic door; the newest first."""
    rows = EnrolmentAsked.objects.filter(by__trial=trial).select_related("user", "by__user")
    return rows.order_by("-at", "-id")


@transaction.atomic
def confirm_duty(*, invitation: Invitation, at: datetime, who: Confirmer | None = None) -> Delegation:
    """Give the duty that was accepted, and its account. Raises RolesClash, NothingWaits or NotPermitted."""
    if who:
        who.check(asked=invitation.by, about=invitation.user, trial=invitation.trial, site=invitation.site)
    lock_duties(invitation.trial)
    use = getattr(invitation, "use", None)
    if use is None or invitation.role not in DOORS["pharmacy"]:
        raise NothingWaits(_("Nothing waits to be confirmed here."))
    if Delegation.objects.filter(pk=use.duty).exists():
        raise NothingWaits(_("This duty is confirmed already."))
    user = invitation.user or _account(invitation, use.password)
    site: Site | None = invitation.site
    role, by = Role(invitation.role), invitation.by
    trial = invitation.trial
    duty = delegate(user=user, trial=trial, role=role, site=site, by=by, at=at, key=use.duty)
    if who:
        deed = deed_of_duty(duty, who.hand)
        body = {"role": role.value, **who.facts, **deed.facts}
        said: dict[str, Any] = {"subject": user.username, "trial": trial, "body": body}
        entry = record(action="delegation.confirmed", by=who.by, at=at, **said)
        sign(deed, into=Signature, entry=entry, by=who.by, at=at, site=site)
    return duty


@transaction.atomic
def confirm_end(*, end: DutyEnd, at: datetime, who: Confirmer | None = None) -> None:
    """Let an end count at the pharmacy door as well. Raises NothingWaits or NotPermitted."""
    if who:
        who.check(
            asked=end.by, about=end.delegation.user, trial=end.delegation.trial, site=end.delegation.site
        )
    duty = (
        Delegation.objects.select_for_update(of=("self",))
        .select_related("user", "trial", "site")
        .get(pk=end.delegation_id)
    )
    if duty.ended_at is not None:
        raise NothingWaits(_("This duty has ended at both doors already."))
    duty.ended_at = end.at
    duty.save(update_fields=["ended_at"])
    shut = AccountShut.objects.filter(user=duty.user).exists()
    if shut and not Delegation.objects.filter(user=duty.user, ended_at=None).exists():
        User.objects.filter(pk=duty.user_id).update(is_active=False)
    end.delegation = duty
    deed = deed_of_end(end, who.hand if who else None)
    entry = record(
        action="delegation.end_confirmed",
        subject=duty.user.username,
        by=who.by if who else None,
        at=at,
        trial=duty.trial,
        body={"role": duty.role, "reason": end.reason} | (who.facts if who else {}) | deed.facts,
    )
    if who:
        sign(deed, into=Signature, entry=entry, by=who.by, at=at, site=duty.site)


def _account(invitation: Invitation, password: str) -> User:
    """The account of whoever accepted, with the password that they set. Raises NothingWaits."""
    if User.objects.filter(username=invitation.username).exists():
        raise NothingWaits(
            _("The log-in name %(name)s is taken meanwhile. Invite the person again under another one.")
            % {"name": invitation.username}
        )
    user = User(
        username=invitation.username,
        first_name=invitation.first_name,
        last_name=invitation.last_name,
        email=invitation.email,
        language=invitation.language,
        password=password,
    )
    user.save()
    note_rows([user])
    return user
