"""The clinic door's pages of the `trial` app: from the first page to the eligibility check."""

from django.urls import path

from trial.pages import trial_views as views
from trial.screening import views as people

urlpatterns = [
    path("", views.home, name="home"),
    path("participants/", people.ParticipantList.as_view(), name="participants"),
    path("participants/new/", people.ScreenParticipant.as_view(), name="screen"),
    path("participants/<str:number>/consent/", people.RecordConsent.as_view(), name="consent"),
    path(
        "participants/<str:number>/consent/correction/",
        people.CorrectConsent.as_view(),
        name="correct_consent",
    ),
    path("participants/<str:number>/eligibility/", people.CheckEligibility.as_view(), name="eligibility"),
    path("participants/<str:number>/contact/", people.RecordContact.as_view(), name="contact"),
    path("audit/", views.AuditTrail.as_view(), name="audit"),
]
