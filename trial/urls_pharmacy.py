"""The pharmacy door's addresses."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("randomization.sealed.urls_accounts")),
    path("accounts/", include("trial.people.log_in.urls")),
    path("accounts/", include("trial.people.sign_on.urls")),
    path("accounts/", include("trial.urls_accounts")),
    path("", include("trial.pages.urls")),
    path("", include("randomization.sealed.urls")),
    path("", include("dosing.pharmacy.urls")),
    path("api/v1/trials/<str:trial>/", include("randomization.sealed.urls_api")),
    path("api/v1/trials/<str:trial>/", include("dosing.pharmacy.urls_api")),
]

handler400 = "trial.pages.views.bad_request"
handler403 = "trial.pages.views.forbidden"
handler404 = "trial.pages.views.not_found"
handler500 = "trial.pages.views.server_error"
