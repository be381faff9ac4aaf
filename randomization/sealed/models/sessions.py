"""Who is signed in behind the pharmacy door, and whose account at the hospital lets them in."""

from __future__ import annotations

from trial.models import KeptSession, SignOnLinkBase


class SealedSession(KeptSession):
    """A session of the pharmacy door."""

    class Meta(KeptSession.Meta):
        abstract = False
        app_label = "sealed"


class SealedSignOnLink(SignOnLinkBase):
    """A link to an account at the hospital that is good at the pharmacy door. Only this door writes one."""

    class Meta(SignOnLinkBase.Meta):
        abstract = False
        app_label = "sealed"
