"""The pharmacy door's addresses."""

from django.urls import include, path

from trial.pages import emergency, views

urlpatterns = [
    path("accounts/", include("randomization.sealed.urls_accounts")),
    path("accounts/", include("trial.urls_accounts")),
    path("health", views.health, name="health"),
    path("emergency/", emergency.emergency, name="emergency"),
    path("help/", include("trial.pages.urls_help")),
    path("language/", views.choose_language, name="set_language"),
    path("duty/", views.choose_duty, name="choose_duty"),
    path("", include("randomization.sealed.urls")),
    path("", include("dosing.pharmacy.urls")),
    path("api/v1/trials/<str:trial>/", include("randomization.sealed.urls_api")),
    path("api/v1/trials/<str:trial>/", include("dosing.pharmacy.urls_api")),
]

handler400 = "trial.pages.views.bad_request"
handler403 = "trial.pages.views.forbidden"
handler404 = "trial.pages.views.not_found"
handler500 = "trial.pages.views.server_error"
