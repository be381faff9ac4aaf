"""The addresses of single sign-on, at both doors."""

from django.urls import path

from trial.people.sign_on.views import Back, Begin, LinkPage

urlpatterns = [
    path("sign-on/", Begin.as_view(), name="sign_on"),
    path("sign-on/back/", Back.as_view(), name="sign_on_back"),
    path("sign-on/link/", LinkPage.as_view(), name="sign_on_link"),
]
