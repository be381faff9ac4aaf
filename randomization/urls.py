"""The clinic door's pages of the blinded half."""

from django.urls import path

from randomization import correction_views as corrections
from randomization import views

urlpatterns = [
    path("trial/", views.TrialOverview.as_view(), name="trial"),
    path("participants/<str:number>/randomize/", views.RandomizeParticipant.as_view(), name="randomize"),
    path(
        "participants/<str:number>/eligibility/confirmation/",
        views.ConfirmEligibility.as_view(),
        name="confirm_eligibility",
    ),
    path("participants/<str:number>/receipt/", views.DrawReceipt.as_view(), name="receipt"),
    path(
        "participants/<str:number>/paper/", corrections.EnterPaperDraw.as_view(), name="paper_randomization"
    ),
    path(
        "participants/<str:number>/true-stratum/", corrections.CorrectStratum.as_view(), name="true_stratum"
    ),
    path(
        "participants/<str:number>/randomized-in-error/",
        corrections.FlagDraw.as_view(),
        name="randomized_in_error",
    ),
]
