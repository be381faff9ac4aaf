"""The pages of long work: all jobs, and the progress and answer of one."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from django.views.generic import TemplateView

from randomization.sealed.jobs.engine import abandoned, answer_of, find_job, jobs_of, percent_of, stop_job
from randomization.sealed.jobs.kinds import kinds
from randomization.sealed.jobs.runner import asked, ring
from randomization.sealed.models import Job, JobState
from trial.core.sentences import from_json
from trial.pages.frame import Page
from trial.permissions import Permission
from trial.refusals import in_page_language

ROWS = 20
LOOKS = {
    JobState.WAITING: "planned",
    JobState.RUNNING: "ready",
    JobState.DONE: "done",
    JobState.FAILED: "late",
    JobState.STOPPED: "hold",
}


class JobList(Page, TemplateView):
    """The newest jobs of the trial; one kind is asked for here, which the address names."""

    permission = Permission.MANAGE_LISTS
    template_name = "sealed/jobs.html"
    asked_here = ""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Who asked for what, and where it stands. No box is opened."""
        rows = [(job, LOOKS[JobState(job.state)]) for job in jobs_of(self.by)[:ROWS]]
        return super().get_context_data(rows=rows, **context)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask for the kind of this address."""
        question, total = kinds()[self.asked_here].order()
        job = asked(kind=self.asked_here, question=question, total=total, by=self.by, at=self.at)
        return redirect("job", job.pk)


class JobAnswer(Page, TemplateView):
    """One job: how far it is, then what came of it."""

    permission = Permission.MANAGE_LISTS
    template_name = "sealed/job.html"

    @cached_property
    def job(self) -> Job:
        """The job. Raises NotFound."""
        return find_job(self.by, self.kwargs["key"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show it; if its process has ended, somebody takes it up again."""
        if abandoned(self.job, at=self.at):
            ring(self.job.pk)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Stop the job."""
        stop_job(job=self.job, by=self.by, at=self.at)
        messages.success(request, _("The job is stopped."))
        return redirect("job", self.job.pk)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The state, and the answer when there is one."""
        job = self.job
        token = signing.dumps(str(job.pk), salt=SALT)
        shown = answer_context(job) if job.state in {JobState.DONE, JobState.FAILED} else {}
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
    far = percent_of(key)
    if far is None:
        raise Http404
    percent, over = far
    return JsonResponse({"percent": percent, "over": over})


def answer_context(job: Job) -> dict[str, Any]:
    """The answer as its kind's part of the page wants it, or why there is none."""
    answer = answer_of(job)
    if "fault" in answer:
        return {"fault": in_page_language(from_json(answer["fault"]))}
    kind = kinds()[job.kind]
    return {"part": kind.template, **kind.context(answer)}
