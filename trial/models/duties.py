"""What an administrator does about people: rows that are written once, and honoured at the next request.

The clinic's database role may add these rows and may change none of the tables that they act on. What a
row does there, a trigger of the database does (`trial.walls.duty_triggers`, decision 37).
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models

from trial.models.people import ApiToken, Delegation, User
from trial.models.replay import Replayed
from trial.models.trials import Site, Trial
from trial.permissions import DOORS, Role


class DutyEnd(models.Model):
    """The end of a duty: by whom, when and why. `by` is empty where the owner's command ended it.

    The duty's own `ended_at` follows at once, but for the last one at a site by which a code can be broken
    (of whoever has a second factor, where anybody has one): that end counts at the clinic door, and waits
    until somebody confirms it at the pharmacy door.
    """

    replay = Replayed(
        key=("delegation__user__username", "delegation__role", "delegation__granted_at"),
        entered_by=("delegation.ended",),
        trial="delegation__trial",
        participant="",
    )

    delegation = models.OneToOneField(Delegation, models.PROTECT, related_name="end")
    by = models.ForeignKey(Delegation, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField()


class AccountShut(models.Model):
    """An account that is shut: nobody logs in with it any more, at either door."""

    replay = Replayed(
        key=("user__username",), entered_by=("account.shut",), trial="by__trial", participant=""
    )

    user = models.OneToOneField(User, models.PROTECT, related_name="shut")
    by = models.ForeignKey(Delegation, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField()


class SessionsEndedQuerySet(models.QuerySet["SessionsEnded"]):
    """Moments at which all sessions of somebody ended."""

    def ending(self, *, user_id: int, since: datetime, at: datetime) -> SessionsEndedQuerySet:
        """Those that end a session that began at `since`, as of `at`.

        The pharmacy door follows one in a day for each person: a process of the clinic that went on adding
        them would otherwise keep somebody from breaking a code.
        """
        mine = self.filter(user=user_id, at__gt=since, at__lte=at)
        if settings.CLINIC:
            return mine
        day_before = models.OuterRef("at") - timedelta(days=1)
        earlier = SessionsEnded.objects.filter(user=user_id, at__lt=models.OuterRef("at"), at__gt=day_before)
        return mine.exclude(models.Exists(earlier))


class SessionsEnded(models.Model):
    """Whoever logged in before this moment with this account has to log in again."""

    replay = Replayed(
        key=("user__username", "at"), entered_by=("sessions.ended",), trial="by__trial", participant=""
    )

    user = models.ForeignKey(User, models.PROTECT, related_name="sessions_ended")
    by = models.ForeignKey(Delegation, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField()

    objects = SessionsEndedQuerySet.as_manager()

    class Meta:
        ordering = ["id"]


class TokenRevoked(models.Model):
    """A bearer token that lets nobody in any more."""

    replay = Replayed(
        key=("token__digest",),
        entered_by=("token.revoked",),
        trial="token__delegation__trial",
        participant="",
    )

    token = models.OneToOneField(ApiToken, models.PROTECT, related_name="revoked")
    by = models.ForeignKey(Delegation, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField()


class Invitation(models.Model):
    """A duty that is offered to one named person, who sets a password of their own with a one-time link.

    Only the digest of the link's secret is kept. With `user` the person has an account already.
    """

    replay = Replayed(
        key=("digest",),
        entered_by=("person.invited",),
        trial="trial",
        participant="",
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    trial = models.ForeignKey(Trial, models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=24, choices=Role)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    username = models.CharField(max_length=150)
    first_name = models.CharField(max_length=150)
    last_name = models.CharField(max_length=150)
    email = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=8)
    digest = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(Delegation, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    reason = models.TextField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                name="an_invitation_is_to_a_known_role", condition=models.Q(role__in=Role.values)
            ),
        ]

    @property
    def invited(self) -> str:
        """The name of whoever is invited: the account's own, where there is one."""
        if self.user:
            return self.user.shown_name
        return f"{self.first_name} {self.last_name}".strip() or self.username

    @property
    def log_in_name(self) -> str:
        """The account that the duty is for, or the one that will be made."""
        return self.user.username if self.user else self.username

    @property
    def waits_for_pharmacy(self) -> bool:
        """Whether the duty is given only when somebody confirms it at the pharmacy door."""
        return self.role in DOORS["pharmacy"]


class InvitationUse(models.Model):
    """The one use of an invitation: the digest of the password that was set, and the duty's own key.

    For a role of the clinic door alone the database makes account and duty of it at once.
    """

    replay = Replayed(
        key=("invitation__digest",),
        entered_by=("invitation.accepted",),
        trial="invitation__trial",
        participant="",
        by="invitation__by",
        free={"password": "a digest of a password, which changes"},
    )

    invitation = models.OneToOneField(Invitation, models.PROTECT, related_name="use")
    at = models.DateTimeField()
    password = models.CharField(max_length=128, blank=True)
    duty = models.UUIDField(unique=True, default=uuid.uuid4)


class InvitationCancelled(models.Model):
    """An invitation that was taken back before it was used."""

    replay = Replayed(
        key=("invitation__digest",),
        entered_by=("invitation.cancelled",),
        trial="invitation__trial",
        participant="",
    )

    invitation = models.OneToOneField(Invitation, models.PROTECT, related_name="cancelled")
    by = models.ForeignKey(Delegation, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()


class EnrolmentAsked(models.Model):
    """That somebody needs a new enrolment code, which only the pharmacy door's command makes."""

    replay = Replayed(
        key=("user__username", "at"),
        entered_by=("enrolment_code.asked",),
        trial="by__trial",
        participant="",
    )

    user = models.ForeignKey(User, models.PROTECT, related_name="enrolment_asked")
    by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class AccessReview(models.Model):
    """That somebody looked through all duties of a trial and signed what they found."""

    replay = Replayed(
        key=("by__user__username", "at"),
        entered_by=("access.reviewed",),
        trial="trial",
        participant="",
    )

    trial = models.ForeignKey(Trial, models.PROTECT, related_name="+")
    by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    statement = models.TextField()
    duties = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["-at", "-id"]
