"""People, their delegations, and the tokens of site systems."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.module_loading import import_string
from knox.models import AbstractAuthToken, AuthTokenManager

from trial.models.replay import NotReplayed, Replayed
from trial.models.trials import Site, Trial
from trial.permissions import Permission, Role, may


class User(AbstractUser):  # type: ignore[django-manager-missing]  # knox's manager is not a model's own
    """One person (or one site system) with an account of their own. Accounts are never shared."""

    replay = NotReplayed("duties are what counts; names, passwords and addresses change", ("username",))

    language = models.CharField(max_length=8, blank=True)
    is_system = models.BooleanField(default=False)

    def check_password(self, raw_password: str | None) -> bool:
        """Whether this is the person's password, at the door of this process."""
        counts = password_at_the_door(self)
        if counts == self.password:
            return super().check_password(raw_password)
        return check_password(raw_password, counts)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What ties a session to the password: to the one of this door, which the other cannot change."""
        salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
        return salted_hmac(salt, password_at_the_door(self), secret=secret, algorithm="sha256").hexdigest()

    @property
    def shown_name(self) -> str:
        """The name that pages and records show."""
        return self.get_full_name() or self.username


def password_at_the_door(user: User) -> str:
    """The digest that counts at this door. The pharmacy door keeps copies that the clinic cannot write."""
    if not settings.VELUM_PASSWORDS or user.pk is None:
        return user.password
    digest: str = import_string(settings.VELUM_PASSWORDS)(user)
    return digest


class DelegationQuerySet(models.QuerySet["Delegation"]):
    """Duties, asked in the words of the delegation log."""

    def running(self) -> DelegationQuerySet:
        """The duties that hold now, at the door of this process: the one place that says so.

        An end that waits for the pharmacy door counts at the clinic door already.
        """
        rows = self.filter(ended_at=None, user__is_active=True)
        return rows.filter(end=None) if settings.CLINIC else rows


class Delegation(models.Model):
    """A duty that a person holds in one trial, at one site or (site empty) at all of them.

    This is the delegation log (ICH E6(R3) 2.3.3): rows are ended, never removed.
    """

    replay = Replayed(
        key=("user__username", "role", "granted_at"),
        entered_by=("delegation.granted", "delegation.ended"),
        trial="trial",
        participant="",
        at="granted_at",
        by="granted_by",
        free={"ended_at": "follows from the row that ends the duty; see the check of endings"},
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="delegations")
    trial = models.ForeignKey(Trial, models.PROTECT, related_name="delegations")
    site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="delegations")
    role = models.CharField(max_length=24, choices=Role)
    granted_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = DelegationQuerySet.as_manager()

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

    @property
    def sees_sensitive(self) -> bool:
        """Whether the role may read raw answers to sensitive criteria."""
        return may(self.role, Permission.VIEW_SENSITIVE)

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

    replay = Replayed(
        key=("digest",),
        entered_by=("token.created",),
        trial="delegation__trial",
        participant="",
        at="",
        by="",
        free={
            "token_key": "the first letters of the digest",
            "created": "read from the library's own clock",
            "revoked_at": "follows from the row that revokes the token; see the check of endings",
        },
    )

    delegation = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    door = models.CharField(max_length=8, db_default="clinic")
    revoked_at = models.DateTimeField(null=True)

    objects = TokenManager()

    def is_good(self, at: datetime) -> bool:
        """Whether the token may be used at that moment."""
        ended = self.revoked_at or self.delegation.ended_at
        return not ended and self.expiry is not None and at < self.expiry
