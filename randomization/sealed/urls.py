"""The pages of the locked room."""

from django.urls import path

from randomization.sealed import job_views, views
from randomization.sealed.lists.views import ImportList, ListReport, Lists, NextStep
from randomization.sealed.opening import emergency_views
from randomization.sealed.opening.views import BreakCode
from randomization.sealed.what_if_page import WhatIf

urlpatterns = [
    path("", views.home, name="home"),
    path("lists/", Lists.as_view(), name="lists"),
    path("lists/import/", ImportList.as_view(), name="import_list"),
    path("lists/<int:sequence>/report/", ListReport.as_view(), name="list_report"),
    path("lists/<int:sequence>/step/", NextStep.as_view(), name="list_step"),
    path("jobs/", job_views.Jobs.as_view(), name="jobs"),
    path("jobs/<uuid:key>/", job_views.OneJob.as_view(), name="job"),
    path("jobs/progress/<str:token>/", job_views.job_progress, name="job_progress"),
    path("what-if/", WhatIf.as_view(), name="what_if"),
    path("code-break/", BreakCode.as_view(), name="code_break"),
    path("code-break/link/", emergency_views.MakeLink.as_view(), name="make_code_break_link"),
    path("code-break/link/<str:secret>/", emergency_views.UseLink.as_view(), name="code_break_link"),
    path("code-break/elsewhere/", emergency_views.Elsewhere.as_view(), name="code_broken_elsewhere"),
]
