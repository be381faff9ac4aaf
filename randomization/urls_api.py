"""Addresses of the API, below `/api/v1/trials/{trial}/`."""

from django.urls import path

from randomization import api

urlpatterns = [
    path(
        "participants/<str:number>/eligibility/confirmation/",
        api.EligibilityConfirmed.as_view(),
        name="api-eligibility-confirmation",
    ),
    path("participants/<str:number>/randomization/", api.Randomization.as_view(), name="api-randomization"),
]
