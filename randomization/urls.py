"""The clinic door's pages of the blinded half."""

from django.urls import path

from randomization import correction_views as corrections
from randomization import views

urlpatterns = [
    path("trial/", views.TrialPage.as_view(), name="trial"),
    path("participants/<str:number>/randomize/", views.Randomize.as_view(), name="randomize"),
    path("participants/<str:number>/receipt/", views.Receipt.as_view(), name="receipt"),
    path("participants/<str:number>/paper/", corrections.EnterPaper.as_view(), name="paper_randomization"),
    path(
        "participants/<str:number>/true-stratum/", corrections.CorrectStratum.as_view(), name="true_stratum"
    ),
    path(
        "participants/<str:number>/randomized-in-error/",
        corrections.FlagError.as_view(),
        name="randomized_in_error",
    ),
]
