"""The clinic door's pages of the blinded half."""

from django.urls import path

from randomization import views

urlpatterns = [
    path("trial/", views.TrialPage.as_view(), name="trial"),
    path("participants/<str:number>/randomize/", views.Randomize.as_view(), name="randomize"),
    path("participants/<str:number>/receipt/", views.Receipt.as_view(), name="receipt"),
]
