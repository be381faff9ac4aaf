"""The clinic door's addresses. Apps are named as text: the wiring imports nothing above `trial`."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("accounts/", include("trial.people.log_in.urls")),
    path("accounts/", include("trial.people.sign_on.urls")),
    path("accounts/", include("trial.urls_accounts")),
    path("", include("trial.pages.urls")),
    path("", include("trial.pages.people.urls")),
    path("", include("trial.screening.urls")),
    path("", include("randomization.urls")),
    path("", include("dosing.urls")),
    path("api/v1/trials/<str:trial>/", include("trial.screening.urls_api")),
    path("api/v1/trials/<str:trial>/", include("randomization.urls_api")),
    path("api/v1/trials/<str:trial>/", include("dosing.urls_api")),
]
if settings.PLAIN_HTTP:
    urlpatterns.append(path("", include("trial.demo.urls")))

handler400 = "trial.pages.views.bad_request"
handler403 = "trial.pages.views.forbidden"
handler404 = "trial.pages.views.not_found"
handler500 = "trial.pages.views.server_error"
