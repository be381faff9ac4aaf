"""Addresses of the sealed half's pages."""

from django.urls import path

from randomization.sealed.comparing.page import CompareDesigns
from randomization.sealed.jobs.runner import asked
from randomization.sealed.jobs.views import JobAnswer, JobList, job_progress
from randomization.sealed.lists.views import (
    ImportList,
    ListOverview,
    ListReport,
    SetListAside,
    TakeListStep,
)
from randomization.sealed.models import JobKind
from randomization.sealed.opening.emergency_views import (
    EnterOutsideCodeBreak,
    MakeOneTimeLink,
    UseOneTimeLink,
)
from randomization.sealed.opening.views import BreakCode
from randomization.sealed.views import home

urlpatterns = [
    path("", home, name="home"),
    path("lists/", ListOverview.as_view(), name="lists"),
    path("lists/import/", ImportList.as_view(), name="import_list"),
    path("lists/<int:sequence>/report/", ListReport.as_view(), name="list_report"),
    path("lists/<int:sequence>/step/", TakeListStep.as_view(), name="list_step"),
    path("lists/<int:sequence>/set-aside/", SetListAside.as_view(), name="set_list_aside"),
    path("jobs/", JobList.as_view(asked_here=JobKind.VERIFICATION), name="jobs"),
    path("jobs/<uuid:key>/", JobAnswer.as_view(), name="job"),
    path("jobs/progress/<str:token>/", job_progress, name="job_progress"),
    path("what-if/", CompareDesigns.as_view(ask_job=asked), name="what_if"),
    path("code-break/", BreakCode.as_view(), name="code_break"),
    path("code-break/link/", MakeOneTimeLink.as_view(), name="make_code_break_link"),
    path("code-break/link/<str:secret>/", UseOneTimeLink.as_view(), name="code_break_link"),
    path("code-break/elsewhere/", EnterOutsideCodeBreak.as_view(), name="code_broken_elsewhere"),
]
