"""Parts of the account library as Velum uses them: second factors of the clinic, and single sign-on."""

from __future__ import annotations

from allauth.mfa.apps import MFAConfig
from allauth.socialaccount.apps import SocialAccountConfig
from django.core.checks import register

from trial.people.sign_on.checks import check_settings


class ClinicFactors(MFAConfig):
    """`allauth.mfa` with its one model on the table `trial_clinicfactor`.

    `mfa_authenticator` is the pharmacy door's, and outside the clinic's rights. The library has no setting
    for its table; a model that is not managed may lie on another, whose migration is ours.
    """

    def import_models(self) -> None:
        """Load the model, and lay it on the clinic's table before anybody asks for a row."""
        super().import_models()
        from allauth.mfa.models import Authenticator

        Authenticator._meta.db_table = "trial_clinicfactor"
        Authenticator._meta.managed = False


class SignOnWithoutTables(SocialAccountConfig):
    """`allauth.socialaccount` for its steps of OpenID Connect alone: none of its tables is there.

    They would hold links and secrets of clients that whoever writes a row may choose. Links are rows of each
    door's own (`trial.people.sign_on.links`), and the client's secret comes from the settings.
    """

    def import_models(self) -> None:
        """Load the classes, which the library's steps want, and forget that they are tables."""
        super().import_models()
        self.models.clear()

    def ready(self) -> None:
        """Look at the settings when `manage.py check` does."""
        super().ready()
        register(check_settings)
