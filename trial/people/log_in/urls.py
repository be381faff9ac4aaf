"""Account pages that stand before the library's at the same addresses, at both doors."""

from allauth.mfa.recovery_codes.views import download_recovery_codes, view_recovery_codes
from django.conf import settings
from django.urls import path

from trial.people.log_in.passkeys import AddPasskey, EnrolAtClinic, RemoveApp, RemovePasskey
from trial.people.log_in.recovery import with_factors_locked

urlpatterns = [
    path("2fa/recovery-codes/", with_factors_locked(view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/download/",
        with_factors_locked(download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("2fa/totp/deactivate/", RemoveApp.as_view(), name="mfa_deactivate_totp"),
]
if "webauthn" in settings.MFA_SUPPORTED_TYPES:
    urlpatterns += [
        path("2fa/webauthn/add/", AddPasskey.as_view(), name="mfa_add_webauthn"),
        path("2fa/webauthn/keys/<int:pk>/remove/", RemovePasskey.as_view(), name="mfa_remove_webauthn"),
    ]
if settings.CLINIC:
    urlpatterns.append(path("2fa/totp/activate/", EnrolAtClinic.as_view(), name="mfa_activate_totp"))
