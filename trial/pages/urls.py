"""The addresses that both doors share: own sessions, health, emergency, help and tour, language, duty."""

from django.conf import settings
from django.urls import include, path

from trial.pages import emergency, help_views, tour, views
from trial.people.log_in.session_views import OwnSessions

HELP = [
    path("", help_views.HelpIndex.as_view(), name="help"),
    path("<slug:topic>/", help_views.HelpTopic.as_view(), name="help_topic"),
]
if settings.PLAIN_HTTP:
    HELP.insert(1, path("tour/go/", tour.go, name="tour"))

urlpatterns = [
    path("accounts/sessions/", OwnSessions.as_view(), name="account_sessions"),
    path("health", views.health, name="health"),
    path("emergency/", emergency.emergency, name="emergency"),
    path("help/", include(HELP)),
    path("language/", views.choose_language, name="set_language"),
    path("duty/", views.choose_duty, name="choose_duty"),
]
