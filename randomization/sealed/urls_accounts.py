"""The account page that this door keeps itself. It stands before the library's page at the same address."""

from django.urls import path

from randomization.sealed.enrolment.views import EnrolSecondFactor

urlpatterns = [path("2fa/totp/activate/", EnrolSecondFactor.as_view(), name="mfa_activate_totp")]
