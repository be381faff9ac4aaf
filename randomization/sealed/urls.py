"""The pages of the locked room."""

from django.urls import path

from randomization.sealed import views
from randomization.sealed.what_if_page import WhatIf

urlpatterns = [
    path("", views.home, name="home"),
    path("lists/", views.Lists.as_view(), name="lists"),
    path("what-if/", WhatIf.as_view(), name="what_if"),
    path("code-break/", views.BreakCode.as_view(), name="code_break"),
]
