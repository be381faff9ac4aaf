"""The clinic door's addresses. Apps are named as text: the wiring imports nothing above `trial`."""

from django.conf import settings
from django.urls import include, path

from trial.pages import emergency, views

urlpatterns = [
    path("accounts/", include("trial.urls_accounts")),
    path("health", views.health, name="health"),
    path("emergency/", emergency.emergency, name="emergency"),
    path("help/", include("trial.pages.urls_help")),
    path("language/", views.choose_language, name="set_language"),
    path("duty/", views.choose_duty, name="choose_duty"),
    path("", include("trial.urls_pages")),
    path("", include("randomization.urls")),
    path("", include("dosing.urls")),
    path("api/v1/trials/<str:trial>/", include("trial.urls_api")),
    path("api/v1/trials/<str:trial>/", include("randomization.urls_api")),
    path("api/v1/trials/<str:trial>/", include("dosing.urls_api")),
]
if settings.PLAIN_HTTP:
    urlpatterns.append(path("", include("trial.demo.urls")))

handler400 = "trial.pages.views.bad_request"
handler403 = "trial.pages.views.forbidden"
handler404 = "trial.pages.views.not_found"
handler500 = "trial.pages.views.server_error"
