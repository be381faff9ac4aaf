"""Help and tour, at both doors."""

from django.conf import settings
from django.urls import path

from trial.pages import help_views, tour

urlpatterns = [
    path("", help_views.Help.as_view(), name="help"),
    path("<slug:topic>/", help_views.HelpTopic.as_view(), name="help_topic"),
]
if settings.PLAIN_HTTP:
    urlpatterns.insert(1, path("tour/go/", tour.go, name="tour"))
