"""People, their delegations, and the tokens of site systems."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib.auth.models import AbstractUser
from django.db import models
from knox.models import AbstractAuthToken, AuthTokenManager

from trial.models.trials import Site, Trial
from trial.permissions import Role


class User(AbstractUser):  # type: ignore[django-manager-missing]  # knox's manager is not a model's own
    """One person (or one site system) with an account of their own. Accounts are never shared."""

    language = models.CharField(max_length=8, blank=True)
    is_system = models.BooleanField(default=False)

    @property
    def shown_name(self) -> str:
        """The name that pages and records show."""
        return self.get_full_name() or self.username


class Delegation(models.Model):
    """A duty that a person holds in one trial, at one site or (site empty) at all of them.

    This is the delegation log (ICH E6(R3) 2.3.3): rows are ended, never removed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="delegations")
    trial = models.ForeignKey(Trial, models.PROTECT, related_name="delegations")
    site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="delegations")
    role = models.CharField(max_length=24, choices=Role)
    granted_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["granted_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "trial", "site", "role"],
                condition=models.Q(ended_at=None),
                name="a_duty_is_delegated_once_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["user", "trial", "role"],
                condition=models.Q(ended_at=None, site=None),
                name="a_duty_at_all_sites_is_delegated_once_at_a_time",
            ),
            models.CheckConstraint(name="a_role_is_known", condition=models.Q(role__in=Role.values)),
        ]

    def __str__(self) -> str:
        return f"{self.user.shown_name}, {self.get_role_display()}"

    def covers(self, site_id: uuid.UUID) -> bool:
        """Whether this duty reaches that site."""
        return self.site_id is None or self.site_id == site_id


class TokenManager(AuthTokenManager):
    """Fetches a token with everything that a request needs to know about its holder."""

    def get_queryset(self) -> models.QuerySet[ApiToken]:
        return (
            super()
            .get_queryset()
            .select_related("user", "delegation__user", "delegation__trial", "delegation__site")
        )


class ApiToken(AbstractAuthToken):
    """A bearer token: one delegation, one door, until one moment. Only its digest is stored.

    A role may come to both doors, a token never: the clinic's process sees the tokens that it is sent.
    """

    delegation = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    door = models.CharField(max_length=8, db_default="clinic")
    revoked_at = models.DateTimeField(null=True)

    objects = TokenManager()

    def is_good(self, at: datetime) -> bool:
        """Whether the token may be used at that moment."""
        ended = self.revoked_at or self.delegation.ended_at
        return not ended and self.expiry is not None and at < self.expiry
