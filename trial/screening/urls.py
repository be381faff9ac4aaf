"""The clinic door's pages of the `trial` app: from the first page to the eligibility check."""

from django.urls import path

from trial.pages import trial_views as views
from trial.pages.countersigning import Countersign
from trial.pages.signatures import SignatureList
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
    path("participants/<str:number>/erase/", people.EraseContact.as_view(), name="erase"),
    path("participants/<str:number>/contact/", people.RecordContact.as_view(), name="contact"),
    path("participants/<str:number>/mistake/", people.MarkMistake.as_view(), name="mistake"),
    path("participants/<str:number>/no-mistake/", people.TakeMistakeBack.as_view(), name="no_mistake"),
    path("signatures/", SignatureList.as_view(), name="signatures"),
    path("countersign/", Countersign.as_view(), name="countersign"),
    path("signatures.csv", SignatureList.as_view(as_file=True), name="signatures_csv"),
    path("audit/", views.AuditTrail.as_view(), name="audit"),
    path("audit/trail.csv", views.AuditTrail.as_view(as_file=True), name="audit_csv"),
]
