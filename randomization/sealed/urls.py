"""The pages of the locked room."""

from django.urls import path

from randomization.sealed import views

urlpatterns = [
    path("", views.home, name="home"),
    path("lists/", views.Lists.as_view(), name="lists"),
    path("code-break/", views.BreakCode.as_view(), name="code_break"),
]
