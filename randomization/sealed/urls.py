"""The pages of the locked room."""

from django.urls import path

from randomization.sealed.comparing.page import WhatIf
from randomization.sealed.jobs.runner import asked
from randomization.sealed.jobs.views import Jobs, OneJob, job_progress
from randomization.sealed.lists.views import ImportList, ListReport, Lists, NextStep
from randomization.sealed.models import JobKind
from randomization.sealed.opening.emergency_views import Elsewhere, MakeLink, UseLink
from randomization.sealed.opening.views import BreakCode
from randomization.sealed.views import home

urlpatterns = [
    path("", home, name="home"),
    path("lists/", Lists.as_view(), name="lists"),
    path("lists/import/", ImportList.as_view(), name="import_list"),
    path("lists/<int:sequence>/report/", ListReport.as_view(), name="list_report"),
    path("lists/<int:sequence>/step/", NextStep.as_view(), name="list_step"),
    path("jobs/", Jobs.as_view(asked_here=JobKind.VERIFICATION), name="jobs"),
    path("jobs/<uuid:key>/", OneJob.as_view(), name="job"),
    path("jobs/progress/<str:token>/", job_progress, name="job_progress"),
    path("what-if/", WhatIf.as_view(ask_job=asked), name="what_if"),
    path("code-break/", BreakCode.as_view(), name="code_break"),
    path("code-break/link/", MakeLink.as_view(), name="make_code_break_link"),
    path("code-break/link/<str:secret>/", UseLink.as_view(), name="code_break_link"),
    path("code-break/elsewhere/", Elsewhere.as_view(), name="code_broken_elsewhere"),
]
