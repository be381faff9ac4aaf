"""Addresses of the API, below `/api/v1/trials/{trial}/`."""

from django.urls import path

from dosing.rest import amendment_api, api, deviation_api, reschedule_api, unscheduled_api

ONE = "participants/<str:number>"

urlpatterns = [
    path(f"{ONE}/first-injection/", api.FirstInjection.as_view(), name="api-first-injection"),
    path(f"{ONE}/calendar/", api.Calendar.as_view(), name="api-calendar"),
    path(f"{ONE}/calendar.ics", api.CalendarIcs.as_view(), name="api-calendar-ics"),
    path(f"{ONE}/calendar.csv", api.CalendarCsv.as_view(), name="api-calendar-csv"),
    path(f"{ONE}/calendar.pdf", api.CalendarPdf.as_view(), name="api-calendar-pdf"),
    path(f"{ONE}/injections/<int:injection>/", api.Injection.as_view(), name="api-injection"),
    path(f"{ONE}/visits/<str:code>/", api.Visit.as_view(), name="api-visit"),
    path(f"{ONE}/injections/<int:injection>/hour/", api.InjectionHour.as_view(), name="api-injection-hour"),
    path(f"{ONE}/visits/<str:code>/hour/", api.VisitHour.as_view(), name="api-visit-hour"),
    path(f"{ONE}/unscheduled-visits/", unscheduled_api.Unscheduled.as_view(), name="api-unscheduled"),
    path(
        f"{ONE}/unscheduled-visits/<int:visit>/",
        unscheduled_api.CorrectedUnscheduled.as_view(),
        name="api-unscheduled-correction",
    ),
    path(
        f"{ONE}/unscheduled-visits/<int:visit>/taken-back/",
        unscheduled_api.UnscheduledTakenBack.as_view(),
        name="api-unscheduled-taken-back",
    ),
    path(f"{ONE}/hold/", api.Hold.as_view(), name="api-hold"),
    path(f"{ONE}/release/", api.Release.as_view(), name="api-release"),
    path(f"{ONE}/withdrawal/", api.Withdrawal.as_view(), name="api-withdrawal"),
    path(f"{ONE}/withdrawal/correction/", api.EndCorrection.as_view(), name="api-withdrawal-correction"),
    path(f"{ONE}/mistake/", api.Mistake.as_view(), name="api-mistake"),
    path(f"{ONE}/no-mistake/", api.NoMistake.as_view(), name="api-no-mistake"),
    path(f"{ONE}/options/", reschedule_api.Options.as_view(), name="api-options"),
    path(f"{ONE}/found-again/", api.FoundAgain.as_view(), name="api-found-again"),
    path(f"{ONE}/version/", amendment_api.Version.as_view(), name="api-version"),
    path("deviations/", deviation_api.Deviations.as_view(), name="api-deviations"),
    path("deviations.csv", deviation_api.DeviationsCsv.as_view(), name="api-deviations-csv"),
    path(f"{ONE}/deviations/<int:deviation>/", deviation_api.Review.as_view(), name="api-deviation"),
    path("closed-days/", reschedule_api.ClosedDays.as_view(), name="api-closed-days"),
    path("due/", api.Due.as_view(), name="api-due"),
]
