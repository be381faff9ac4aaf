"""From which day a site screens and randomises, and from which it does no more.

Each public function is one transaction with one audit entry.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from trial.audit import record
from trial.models import Delegation, Site
from trial.permissions import Permission
from trial.policies import require
from trial.refusals import InvalidInput, Refusal


class WrongDay(Refusal):
    """A site cannot open or close on that day."""

    code = "wrong_day"
    status = 422


@transaction.atomic
def open_site(*, site: Site, on: date, by: Delegation | None, at: datetime) -> Site:
    """Say from which day a site may screen (ICH E6(R3) 4.3.5: release per site after approvals).

    A site that closed opens again from today or an earlier day, and keeps its first day. Raises WrongDay.
    """
    if by is not None:
        require(by, Permission.DELEGATE, trial=site.trial_id, site=site)
    if site.closed_on is None:
        site.opened_on = on
    elif on > at.astimezone(site.tzinfo).date():
        raise WrongDay(_("A closed site opens again today. Say so on the day on which it does."))
    site.closed_on = None
    site.save(update_fields=["opened_on", "closed_on"])
    record(
        action="site.opened", subject=site.number, by=by, at=at, trial=site.trial, body={"on": on.isoformat()}
    )
    return site


@transaction.atomic
def close_site(*, site: Site, on: date, reason: str, by: Delegation | None, at: datetime) -> Site:
    """Say from which day a site screens and randomises nobody more. Who is in the trial goes on.

    Taken back by `open_site`. Raises WrongDay, or InvalidInput without a reason.
    """
    if by is not None:
        require(by, Permission.DELEGATE, trial=site.trial_id, site=site)
    if site.opened_on is None or on < site.opened_on:
        raise WrongDay(
            _("Site %(site)s was not open before that day. Compare the day.") % {"site": site.number}
        )
    if not reason.strip():
        raise InvalidInput(_("Enter the reason."), {"reason": _("Enter the reason.")})
    site.closed_on = on
    site.save(update_fields=["closed_on"])
    body = {"on": on.isoformat(), "reason": reason.strip()}
    record(action="site.closed", subject=site.number, by=by, at=at, trial=site.trial, body=body)
    return site
