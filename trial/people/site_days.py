"""From which day a site screens and randomises, and from which it does no more.

Each public function is one transaction with one audit entry.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from trial.audit import record
from trial.models import AuditEntry, Delegation, Site
from trial.permissions import Permission
from trial.policies import require
from trial.refusals import InvalidInput, Refusal, kept_far_day

A_YEAR = timedelta(days=366)


class WrongDay(Refusal):
    """A site cannot open or close on that day."""

    code = "wrong_day"
    status = 422


@transaction.atomic
def open_site(
    *,
    site: Site,
    on: date,
    by: Delegation | None,
    at: datetime,
    confirmed: Mapping[str, object] | None = None,
) -> Site:
    """Say from which day a site may screen (ICH E6(R3) 4.3.5: release per site after approvals).

    A site that closed opens again from today or an earlier day, and keeps its first day. A day long before
    the trial, or more than a year ahead, is taken only if `confirmed` has that very day; None is for what
    cannot be asked. Raises WrongDay or NotConfirmed.
    """
    if by is not None:
        require(by, Permission.DELEGATE, trial=site.trial_id, site=site)
    if site.closed_on is None:
        site.opened_on = on
    elif on > at.astimezone(site.tzinfo).date():
        raise WrongDay(_("A closed site opens again today. Say so on the day on which it does."))
    kept = _confirmed(site, on, at, confirmed)
    site.closed_on = None
    site.save(update_fields=["opened_on", "closed_on"])
    body = {"on": on.isoformat()} | kept
    record(action="site.opened", subject=site.number, by=by, at=at, trial=site.trial, body=body)
    return site


@transaction.atomic
def close_site(
    *,
    site: Site,
    on: date,
    reason: str,
    by: Delegation | None,
    at: datetime,
    confirmed: Mapping[str, object] | None = None,
) -> Site:
    """Say from which day a site screens and randomises nobody more. Who is in the trial goes on.

    Taken back by `open_site`. Days are asked about as there. Raises WrongDay, NotConfirmed, or InvalidInput
    without a reason.
    """
    if by is not None:
        require(by, Permission.DELEGATE, trial=site.trial_id, site=site)
    if site.opened_on is None or on < site.opened_on:
        raise WrongDay(
            _("Site %(site)s was not open before that day. Compare the day.") % {"site": site.number}
        )
    if not reason.strip():
        raise InvalidInput(_("Enter the reason."), {"reason": _("Enter the reason.")})
    kept = _confirmed(site, on, at, confirmed)
    site.closed_on = on
    site.save(update_fields=["closed_on"])
    body = {"on": on.isoformat(), "reason": reason.strip()} | kept
    record(action="site.closed", subject=site.number, by=by, at=at, trial=site.trial, body=body)
    return site


@dataclass(frozen=True)
class Closing:
    """A time in which a site was closed: from the first day on, until the day on which it opened again."""

    first: date
    until: date


def past_closings(site: Site) -> tuple[Closing, ...]:
    """When a site was closed and then opened again, from the trail; its row knows the present alone.

    A closing that was taken back as of its own day, or an earlier one, never was.
    """
    told = AuditEntry.objects.filter(
        chain__trial=site.trial_id, subject=site.number, action__in=("site.opened", "site.closed")
    )
    found: list[Closing] = []
    closed: date | None = None
    for action, body in told.order_by("sequence").values_list("action", "body"):
        on = date.fromisoformat(json.loads(body)["on"])
        if action == "site.closed":
            closed = on
        elif closed is not None:
            found += [Closing(closed, on)] if on > closed else []
            closed = None
    return tuple(found)


def _confirmed(
    site: Site, on: date, at: datetime, confirmed: Mapping[str, object] | None
) -> dict[str, object]:
    """What the entry says of a day more than a year before the trial, or more than a year ahead."""
    today = at.astimezone(site.tzinfo).date()
    return kept_far_day("on", on, min(_began(site), today) - A_YEAR, today + A_YEAR, confirmed)


def _began(site: Site) -> date:
    installed = site.trial.installed_at.astimezone(site.tzinfo).date()
    return min(site.trial.protocol_version.protocol.record.started_on or installed, installed)
