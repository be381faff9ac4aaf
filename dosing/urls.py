"""The clinic door's pages of the calendar."""

from django.urls import path

from dosing import views

urlpatterns = [
    path("today/", views.Today.as_view(), name="today"),
    path("outbox/", views.Outbox.as_view(), name="outbox"),
    path("participants/<str:number>/", views.ParticipantView.as_view(), name="participant"),
    path("participants/<str:number>/calendar/", views.CalendarSheet.as_view(), name="calendar"),
    path("participants/<str:number>/first-injection/", views.Book.as_view(), name="book"),
    path(
        "participants/<str:number>/injections/<int:injection>/", views.RecordInjection.as_view(), name="injection"
    ),
    path("participants/<str:number>/visits/<str:code>/", views.RecordVisit.as_view(), name="visit"),
    path("participants/<str:number>/hold/", views.Hold.as_view(), name="hold"),
    path("participants/<str:number>/release/", views.Release.as_view(), name="release"),
    path("participants/<str:number>/withdraw/", views.Withdraw.as_view(), name="withdraw"),
]
