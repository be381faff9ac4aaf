"""Addresses of the API, below `/api/v1/trials/{trial}/`."""

from django.urls import path

from trial.screening import api

urlpatterns = [
    path("sites/", api.Sites.as_view(), name="api-sites"),
    path("participants/", api.Participants.as_view(), name="api-participants"),
    path("participants/<str:number>/", api.OneParticipant.as_view(), name="api-participant"),
    path("participants/<str:number>/consent/", api.ConsentOf.as_view(), name="api-consent"),
    path("participants/<str:number>/eligibility/", api.Eligibility.as_view(), name="api-eligibility"),
    path("participants/<str:number>/contact/", api.Contact.as_view(), name="api-contact"),
    path("audit/", api.Audit.as_view(), name="api-audit"),
    path("openapi.json", api.OpenApi.as_view(), name="api-openapi"),
]
