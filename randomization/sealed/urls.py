"""Addresses of the sealed half's pages."""

from django.urls import path

from randomization.sealed.comparing.page import CompareDesigns
from randomization.sealed.enrolment.waiting import WaitingPeople
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
from randomization.sealed.opening.emergency_views import EnterOutsideCodeBreak
from randomization.sealed.opening.link_views import (
    AskLink,
    CancelOneTimeLink,
    DoctorAddresses,
    EndDoctorAddress,
    MakeOneTimeLink,
    UseOneTimeLink,
)
from randomization.sealed.opening.views import AskBreak, BreakCode
from randomization.sealed.views import SealedCountersign, SealedSignatures, SealedTrail, home

urlpatterns = [
    path("", home, name="home"),
    path("lists/", ListOverview.as_view(), name="lists"),
    path("lists/import/", ImportList.as_view(), name="import_list"),
    path("lists/<int:sequence>/report/", ListReport.as_view(), name="list_report"),
    path("lists/<int:sequence>/step/", TakeListStep.as_view(), name="list_step"),
    path("lists/<int:sequence>/set-aside/", SetListAside.as_view(), name="set_list_aside"),
    path("sealed-trail/", SealedTrail.as_view(), name="sealed_trail"),
    path("sealed-trail/trail.csv", SealedTrail.as_view(as_file=True), name="sealed_trail_csv"),
    path("people/", WaitingPeople.as_view(), name="waiting_people"),
    path("signatures/", SealedSignatures.as_view(), name="signatures"),
    path("countersign/", SealedCountersign.as_view(), name="countersign"),
    path("signatures.csv", SealedSignatures.as_view(as_file=True), name="signatures_csv"),
    path("jobs/", JobList.as_view(asked_here=JobKind.VERIFICATION), name="jobs"),
    path("jobs/<uuid:key>/", JobAnswer.as_view(), name="job"),
    path("jobs/progress/<str:token>/", job_progress, name="job_progress"),
    path("what-if/", CompareDesigns.as_view(ask_job=asked), name="what_if"),
    path("code-break/", AskBreak.as_view(), name="code_break"),
    path("code-break/<uuid:question>/", BreakCode.as_view(), name="break_code"),
    path("code-break/link/", AskLink.as_view(), name="make_code_break_link"),
    path("code-break/link/<uuid:question>/", MakeOneTimeLink.as_view(), name="confirm_code_break_link"),
    path("code-break/link/<uuid:link>/cancel/", CancelOneTimeLink.as_view(), name="cancel_code_break_link"),
    path("code-break/answer/", UseOneTimeLink.as_view(), name="code_break_link"),
    path("code-break/doctors/", DoctorAddresses.as_view(), name="doctor_addresses"),
    path("code-break/doctors/<uuid:address>/end/", EndDoctorAddress.as_view(), name="end_doctor_address"),
    path("code-break/elsewhere/", EnterOutsideCodeBreak.as_view(), name="code_broken_elsewhere"),
]
