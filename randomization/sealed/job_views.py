"""The pages of long work: all jobs, one of them, and how far it is."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from django.views.generic import TemplateView

from randomization.sealed import design_words
from randomization.sealed.job_runner import asked, ring
from randomization.sealed.job_work import plan_from_json, simulation_from_json, steps_of_verification
from randomization.sealed.jobs import abandoned, answer_of, find_job, jobs_of, stop_job
from randomization.sealed.models import Job, JobKind, JobState
from randomization.sealed.report_words import in_words
from randomization.sealed.what_if_page import Shown, charts, name_of
from trial.pages import Page
from trial.permissions import Permission

ROWS = 20
SENTENCES = ("what", "fault", "unchecked")
LOOKS = {
    JobState.WAITING: "planned",
    JobState.RUNNING: "ready",
    JobState.DONE: "done",
    JobState.FAILED: "late",
    JobState.STOPPED: "hold",
}


class Jobs(Page, TemplateView):
    """The newest jobs of the trial; a verification is asked for here."""

    permission = Permission.MANAGE_LISTS
    template_name = "sealed/jobs.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Who asked for what, and where it stands. No box is opened."""
        rows = [(job, LOOKS[JobState(job.state)]) for job in jobs_of(self.by)[:ROWS]]
        return super().get_context_data(rows=rows, **context)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Verify everything."""
        total = steps_of_verification()
        job = asked(kind=JobKind.VERIFICATION, question={}, total=total, by=self.by, at=timezone.now())
        return redirect("job", job.pk)


class OneJob(Page, TemplateView):
    """One job: how far it is, then what came of it."""

    permission = Permission.MANAGE_LISTS
    template_name = "sealed/job.html"

    @cached_property
    def job(self) -> Job:
        """The job. Raises NotFound."""
        return find_job(self.by, self.kwargs["key"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show it; if its process has ended, somebody takes it up again."""
        if abandoned(self.job, at=timezone.now()):
            ring(self.job.pk)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Stop it."""
        stop_job(job=self.job, by=self.by, at=timezone.now())
        messages.success(request, _("The job is stopped."))
        return redirect("job", self.job.pk)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The state, and the answer when there is one."""
        job = self.job
        token = signing.dumps(str(job.pk), salt=SALT)
        shown = answer_shown(job) if job.state in {JobState.DONE, JobState.FAILED} else {}
        look = LOOKS[JobState(job.state)]
        address = reverse("job_progress", args=[token])
        return super().get_context_data(job=job, look=look, address=address, **shown, **context)


SALT = "job progress"


@login_not_required
@require_GET
def job_progress(request: HttpRequest, token: str) -> HttpResponse:
    """How far a job is, in per cent, for whoever was shown its page: the address is signed.

    It needs no log-in, so that a page which asks again and again does not keep a session alive.
    """
    try:
        key = signing.loads(token, salt=SALT, max_age=24 * 60 * 60)
    except signing.BadSignature as reason:
        raise Http404 from reason
    job = Job.objects.filter(pk=key).defer("question", "answer").first()
    if job is None:
        raise Http404
    return JsonResponse({"percent": job.percent, "over": job.over})


def answer_shown(job: Job) -> dict[str, Any]:
    """The answer as its template wants it."""
    answer = answer_of(job)
    if "fault" in answer:
        return {"fault": answer["fault"]}
    if job.kind == JobKind.VERIFICATION:
        bad = [row for row in answer["reports"] if row["fault"]]
        said = [row | {name: in_words(row[name]) for name in SENTENCES} for row in answer["reports"]]
        return {"reports": said, "others": answer["others"], "bad": bad}
    faults = [
        f"{name_of(plan_from_json(row['plan']))}: {design_words.in_words(row['fault'])}"
        for row in answer["found"]
        if "fault" in row
    ]
    shown = [
        Shown.of(plan_from_json(row["plan"]), simulation_from_json(row["simulation"]))
        for row in answer["found"]
        if "simulation" in row
    ]
    return {"shown": shown, "charts": charts(shown), "faults": faults}
