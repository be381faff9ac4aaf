"""Who is signed in: the open sessions of a door, so that people can see and end their own."""

from __future__ import annotations

from django.db import models

from trial.models.people import User
from trial.models.replay import NotReplayed


class KeptSession(models.Model):
    """One open session of one person at one door. The row goes when the session ends.

    The reference to the person is not checked by the database: a log-in waits for nobody who holds their row.
    """

    replay = NotReplayed("a session that is open or not; who came in and left is entered at the door")

    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_constraint=False)
    key = models.CharField(max_length=40, unique=True)
    began_at = models.DateTimeField()
    address = models.CharField(max_length=45, blank=True)
    browser = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True
        ordering = ["-began_at", "-id"]


class OpenSession(KeptSession):
    """A session of the clinic door. Those of the pharmacy are sealed: who works there, and when."""

    class Meta(KeptSession.Meta):
        abstract = False


class ClinicFactor(models.Model):
    """A second factor of the clinic door: an authenticator app, recovery codes or a passkey.

    The library's table `mfa_authenticator` is the pharmacy door's. At the clinic door the same library keeps
    its rows here (`trial.people.log_in.library`), enciphered with the clinic's own key: what stands in one
    table is good for nothing at the other door. The columns are the library's.
    """

    replay = NotReplayed("a second factor, which changes with each code; setting it up is entered")

    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_constraint=False)
    type = models.CharField(max_length=20)
    data = models.JSONField()
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "type"],
                condition=models.Q(type__in=("totp", "recovery_codes")),
                name="a_person_has_one_app_and_one_set_of_codes",
            )
        ]


class SignOnLinkBase(models.Model):
    """A person's account, linked to the one that they have at the hospital's log-in; or the end of that.

    A written-once row: the newest one of a person counts, and only while it is also the newest one of that
    account at the hospital. `subject` is the provider's own name for a person, which never changes.
    """

    replay = NotReplayed(
        "a way to log in, like a password; that it was linked or ended is entered at the door"
    )

    user = models.ForeignKey(User, models.PROTECT, related_name="+", db_constraint=False)
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=255)
    ended = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        abstract = True
        ordering = ["id"]
        indexes = [models.Index(fields=["issuer", "subject"])]


class SignOnLink(SignOnLinkBase):
    """A link that is good at the clinic door. The pharmacy's are sealed: the clinic cannot write one."""

    class Meta(SignOnLinkBase.Meta):
        abstract = False


class FactorAtPharmacy(models.Model):
    """That somebody has a second factor of the pharmacy door; nothing of the factor itself.

    The clinic's role may not read it. The trigger that ends duties does: at a site where somebody could break
    a code at once, somebody still can (`trial.walls.duty_triggers`). The pharmacy door writes it as second
    factors come and go (`randomization.sealed.enrolment.factors`).
    """

    replay = NotReplayed("follows from the second factors; setting one up or removing it is entered")

    user = models.OneToOneField(User, models.CASCADE, related_name="+", db_constraint=False)
