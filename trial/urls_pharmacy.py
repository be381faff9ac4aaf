"""The pharmacy door's addresses."""

from django.urls import include, path

from trial import emergency, views

urlpatterns = [
    path("accounts/", include("randomization.sealed.urls_accounts")),
    path("accounts/", include("trial.urls_accounts")),
    path("health", views.health, name="health"),
    path("emergency/", emergency.emergency, name="emergency"),
    path("help/", include("trial.urls_help")),
    path("language/", views.choose_language, name="set_language"),
    path("duty/", views.choose_duty, name="choose_duty"),
    path("", include("randomization.sealed.urls")),
    path("", include("dosing.pharmacy.urls")),
    path("api/v1/trials/<str:trial>/", include("randomization.sealed.urls_api")),
    path("api/v1/trials/<str:trial>/", include("dosing.pharmacy.urls_api")),
]

handler400 = "trial.views.bad_request"
handler403 = "trial.views.forbidden"
handler404 = "trial.views.not_found"
handler500 = "trial.views.server_error"
