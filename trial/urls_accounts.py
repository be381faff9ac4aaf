"""The account pages: log in and out, password, second factor."""

from allauth.account import views
from django.urls import include, path

urlpatterns = [
    path("2fa/", include("allauth.mfa.urls")),
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("signup/", views.signup, name="account_signup"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
]
