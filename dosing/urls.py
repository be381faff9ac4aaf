"""The clinic door's pages of the calendar."""

from django.urls import path

from dosing.pages import amendment_views as amendments
from dosing.pages import appointment_views as appointments
from dosing.pages import deviation_views as deviations
from dosing.pages import feed_views as feeds
from dosing.pages import participant_views as people
from dosing.pages import progress_views as progress
from dosing.pages import recording_views as recording
from dosing.pages import reschedule_views as choosing
from dosing.pages import site_views
from dosing.pages import status_views as status
from dosing.pages import unscheduled_views as unscheduled

urlpatterns = [
    path("today/", site_views.Today.as_view(), name="today"),
    path("progress/", progress.ProgressOverview.as_view(), name="progress"),
    path("progress/<str:figure>.<str:kind>", progress.ProgressFile.as_view(), name="progress_file"),
    path("deviations/", deviations.DeviationList.as_view(), name="deviations"),
    path("deviations.csv", deviations.DeviationFile.as_view(), name="deviations_csv"),
    path("protocol-versions/", amendments.VersionList.as_view(), name="amendments"),
    path("feeds/<str:secret>.ics", feeds.feed, name="feed"),
    path("feeds/", feeds.SiteFeedList.as_view(), name="feeds"),
    path("closed-days/", choosing.ClosedDayList.as_view(), name="closed_days"),
    path("outbox/", site_views.Outbox.as_view(), name="outbox"),
    path("participants/<str:number>/", people.ParticipantOverview.as_view(), name="participant"),
    path("participants/<str:number>/calendar/", people.CalendarSheet.as_view(), name="calendar"),
    path("participants/<str:number>/first-injection/", people.BookFirstInjection.as_view(), name="book"),
    path("participants/<str:number>/days/", choosing.DayExplanations.as_view(), name="days"),
    path(
        "participants/<str:number>/deviations/",
        deviations.ReviewDeviations.as_view(),
        name="review_deviations",
    ),
    path("participants/<str:number>/version/", amendments.MoveToVersion.as_view(), name="version"),
    path("participants/<str:number>/feeds/", feeds.ParticipantFeedList.as_view(), name="participant_feeds"),
    path("participants/<str:number>/card.pdf", feeds.WalletCard.as_view(), name="card"),
    path("participants/<str:number>/calendar.<str:kind>", feeds.CalendarFile.as_view(), name="calendar_file"),
    path("participants/<str:number>/options/", choosing.ChooseOption.as_view(), name="options"),
    path(
        "participants/<str:number>/injections/<int:injection>/",
        recording.RecordInjection.as_view(),
        name="injection",
    ),
    path("participants/<str:number>/visits/<str:code>/", recording.RecordVisit.as_view(), name="visit"),
    path(
        "participants/<str:number>/unscheduled/", unscheduled.RecordUnscheduled.as_view(), name="unscheduled"
    ),
    path(
        "participants/<str:number>/unscheduled/<int:visit>/",
        unscheduled.CorrectUnscheduled.as_view(),
        name="correct_unscheduled",
    ),
    path("participants/<str:number>/hours/", appointments.SetHour.as_view(), name="hours"),
    path("participants/<str:number>/hold/", status.HoldTreatment.as_view(), name="hold"),
    path("participants/<str:number>/release/", status.ReleaseTreatment.as_view(), name="release"),
    path("participants/<str:number>/found-again/", status.FindParticipantAgain.as_view(), name="found_again"),
    path("participants/<str:number>/withdraw/", status.WithdrawParticipant.as_view(), name="withdraw"),
    path("participants/<str:number>/correct-end/", status.CorrectEnd.as_view(), name="correct_end"),
]
