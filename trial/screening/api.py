"""The endpoints of the `trial` app: participants, consent, eligibility, contact, trail, and the document."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from trial.models import AuditEntry, Participant, Site
from trial.permissions import Permission
from trial.queries import (
    entries_of,
    find_participant,
    find_site,
    for_reader,
    latest_check,
    named,
    participants_for,
    sites_for,
)
from trial.refusals import NotConfirmed, Refusal
from trial.rest.endpoint import Acting, Endpoint
from trial.rest.openapi import document
from trial.rest.queries import InvalidParameter
from trial.screening import shapes
from trial.screening.beforehand import notes_for, sites_now
from trial.screening.consent_correction import correct_consent
from trial.screening.recruiting import ListExhausted, TargetReached, check_can_randomize
from trial.screening.services import (
    ConsentRecorded,
    NoConsent,
    SiteNotOpen,
    TooLate,
    WrongStatus,
    check_eligibility,
    record_consent,
    record_contact,
    screen,
)


class Sites(Endpoint):
    """The sites within the token's reach."""

    reads = Permission.VIEW_PARTICIPANTS
    shape = shapes.SitesShape

    def get(self, request: Request, **where: Any) -> Response:
        """Each site, and whether somebody who is screened there now could be randomised: ask it first."""
        return self.shown({"sites": sites_now(sites_for(self.by), at=self.at)})


class Participants(Acting):
    """The participants within the token's reach."""

    reads, writes = Permission.VIEW_PARTICIPANTS, Permission.SCREEN
    query_shape, paged = shapes.ParticipantsQuery, True
    body_shape = shapes.NewParticipant
    shape = answer_shape = shapes.ParticipantShape
    refusals = (NotConfirmed, SiteNotOpen, TargetReached, ListExhausted)

    def get(self, request: Request, **where: Any) -> Response:
        """The participants within the token's reach, by number."""
        names = {"status": "current_status", "site": "site__number"}
        wanted = {names[name]: value for name, value in self.query.items() if name in names}
        found = participants_for(self.by).filter(**wanted).prefetch_related("statuses")
        number = self.query.get("number")
        return self.page(found.filter(named(number)) if number else found, key="number")

    def act(
        self, *, confirmed: dict[str, object], site: str = "", consent_signed_on: date | None = None
    ) -> Participant:
        """Screen a person: a number is given, and the consent recorded if it is signed."""
        where = find_site(self.by, site)
        person = screen(
            site=where, by=self.by, at=self.at, consent_signed_on=consent_signed_on, confirmed=confirmed
        )
        return find_participant(self.by, person.number)


class OneParticipant(Endpoint):
    """One participant."""

    reads = Permission.VIEW_PARTICIPANTS
    shape = shapes.OneParticipantShape

    def get(self, request: Request, **where: Any) -> Response:
        """One participant by number, with what is in the way of a draw."""
        shown = shapes.ParticipantShape(self.participant).data
        return Response({**shown, **shapes.StandingShape(self._standing()).data})

    def _standing(self) -> dict[str, object]:
        refused = None
        try:
            check_can_randomize(self.participant, at=self.at)
        except Refusal as reason:
            refused = {"code": reason.code, "detail": str(reason)}
        return {"notes": notes_for(self.participant, at=self.at), "refused": refused}


class ConsentOf(Acting):
    """The consent of a participant."""

    writes = Permission.SCREEN
    body_shape = shapes.ConsentBody
    answer_shape = shapes.ParticipantShape
    refusals = (ConsentRecorded, NoConsent, SiteNotOpen, NotConfirmed)

    def act(
        self,
        *,
        signed_on: date,
        confirmed: dict[str, object],
        correction: bool = False,
        reason: str = "",
    ) -> Participant:
        """Record the signed consent of a participant who was screened without it, or correct its day."""
        values: dict[str, Any] = {
            "participant": self.participant,
            "signed_on": signed_on,
            "confirmed": confirmed,
            "by": self.by,
            "at": self.at,
        }
        if correction:
            correct_consent(reason=reason, **values)
        else:
            record_consent(**values)
        return find_participant(self.by, self.participant.number)


class Eligibility(Acting):
    """The eligibility check of a participant."""

    reads, writes = Permission.VIEW_PARTICIPANTS, Permission.SCREEN
    shape = shapes.EligibilityShape
    body_shape = shapes.EligibilityBody
    answer_shape = shapes.CheckShape
    refusals = (NoConsent, TooLate, SiteNotOpen, NotConfirmed)

    def get(self, request: Request, **where: Any) -> Response:
        """The questions of the protocol in both languages, and the outcome of the last check."""
        protocol = self.participant.trial.protocol_version.protocol
        check = latest_check(self.participant)
        asked = {"questions": protocol.questions(), "strata": protocol.strata}
        notes = notes_for(self.participant, at=self.at)
        return self.shown(asked | {"check": check, "notes": notes})

    def act(
        self,
        *,
        birth_date: date,
        answers: dict[str, object],
        strata: dict[str, str],
        confirmed: dict[str, object],
        happened_on: date | None = None,
    ) -> object:
        """Judge the answers against the protocol's criteria; the reply says eligible, or which fail."""
        return check_eligibility(
            participant=self.participant,
            birth_date=birth_date,
            answers=answers,
            strata=strata,
            confirmed=confirmed,
            happened_on=happened_on,
            by=self.by,
            at=self.at,
        )


class Contact(Acting):
    """Where a participant's reminders go."""

    writes = Permission.MANAGE_CONTACT
    body_shape = shapes.ContactBody
    answer_shape = shapes.ContactShape
    refusals = (NoConsent, WrongStatus, NotConfirmed)

    def act(self, *, email: str, language: str, consented_on: date, confirmed: dict[str, object]) -> object:
        """Keep an address for reminders, to which the participant has agreed."""
        return record_contact(
            participant=self.participant,
            email=email,
            language=language,
            consented_on=consented_on,
            by=self.by,
            at=self.at,
            confirmed=confirmed,
        )


class Audit(Endpoint):
    """The blinded audit trail."""

    reads = Permission.VIEW_AUDIT
    query_shape, paged = shapes.AuditQuery, True
    shape = shapes.EntryShape

    def get(self, request: Request, **where: Any) -> Response:
        """One chain of the audit trail in its order: the token's site, a named one, or the trial's own."""
        return self.page(self._entries(), key="sequence")

    def _entries(self) -> QuerySet[AuditEntry]:
        after = [int(self.query["after"])] if "after" in self.query else []
        if "cursor" in self.query:
            after.append(_sequence(self.query["cursor"]))
            self.query["cursor"] = max(after)
        entries = for_reader(entries_of(self.by.trial_id, self._site()), self.by)
        return entries.filter(sequence__gt=max(after, default=0))

    def _site(self) -> Site | None:
        if "chain" in self.query:
            return find_site(self.by, self.query["chain"])
        return self.by.site


def _sequence(cursor: str) -> int:
    if not cursor.isdigit() or len(cursor) > 18:
        raise InvalidParameter(_("Take the cursor from the answer before, unchanged."))
    return int(cursor)


class OpenApi(Endpoint):
    """What this door offers."""

    def get(self, request: Request, **where: Any) -> Response:
        """The OpenAPI 3.1 document of this door."""
        return Response(document())
