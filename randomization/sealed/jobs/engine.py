"""Long work behind the pharmacy door: asked for on a page, done beside the requests, read on its own page.

A job is a row. Whoever works on it holds a lease and says how far it is; what was asked and what came of it
are sealed for the pharmacy's key, so that a database, a dump or a backup shows neither.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from randomization.sealed.jobs.kinds import Json, Tell, Worker
from randomization.sealed.models import Job, JobState, Recipient
from randomization.sealed.vault.boxes import CannotOpen, pad, seal, unpad, unseal
from randomization.sealed.vault.keys import pharmacy_key, recipient_keys
from randomization.sealed.vault.trail import record_sealed
from trial.core.sentences import as_json
from trial.models import Delegation
from trial.permissions import Permission
from trial.policies import require
from trial.queries import NotFound
from trial.refusals import Refusal

LEASE = timedelta(seconds=30)
"""How long a process may be silent before another one takes its job."""

PACE = timedelta(seconds=1)
"""How often progress is written at most."""

BLOCK = 4096
"""Bytes to whose multiple a box is padded, so that its length tells little of what it holds."""


class TooManyJobs(Refusal):
    """There is enough long work already."""

    code = "too_many_jobs"


class AnswerLost(Refusal):
    """The answer was sealed for a key that has been replaced since."""

    code = "answer_lost"


class NoLongerMine(Exception):
    """The job was stopped, or another process has taken it."""


MOST_AT_ONCE = 5
"""Jobs of one trial that may wait or run."""


@transaction.atomic
def ask_job(*, kind: str, question: Json, total: int, by: Delegation, at: datetime) -> Job:
    """Write down that something is to be done; it is done elsewhere. `total` counts its steps.

    Raises NotPermitted or TooManyJobs.
    """
    require(by, Permission.MANAGE_LISTS, trial=by.trial_id)
    if Job.objects.filter(trial=by.trial_id, ended_at=None).count() >= MOST_AT_ONCE:
        raise TooManyJobs(_("Five jobs are waiting or running already. Wait for one of them, or stop it."))
    job = Job(trial_id=by.trial_id, kind=kind, by=by, at=at, total=total)
    job.question = _sealed(job, "question", question)
    job.save(force_insert=True)
    record_sealed(action="job.asked", subject=job.pk, by=by, at=at, trial=by.trial, body={"kind": kind})
    return job


def stop_job(*, job: Job, by: Delegation, at: datetime) -> None:
    """End a job before it is done. Whoever works on it notices within a second or two."""
    require(by, Permission.MANAGE_LISTS, trial=job.trial_id)
    Job.objects.filter(pk=job.pk, ended_at=None).update(state=JobState.STOPPED, ended_at=at, claim=None)


def jobs_of(by: Delegation) -> QuerySet[Job]:
    """The trial's jobs, newest first, without their boxes."""
    return Job.objects.filter(trial=by.trial_id).select_related("by__user").defer("question", "answer")


def find_job(by: Delegation, key: uuid.UUID) -> Job:
    """One job of the trial. Raises NotFound."""
    job = Job.objects.filter(trial=by.trial_id, pk=key).select_related("by__user").first()
    if job is None:
        raise NotFound(_("This trial has no such job."))
    return job


def percent_of(key: str) -> tuple[int, bool] | None:
    """How far a job is, in per cent, and whether it is over; None where there is no such job."""
    job = Job.objects.filter(pk=key).defer("question", "answer").first()
    return (job.percent, job.over) if job else None


def answer_of(job: Job) -> Json:
    """What came of a job that is done or failed. Raises AnswerLost."""
    try:
        return _opened(job, "answer", job.answer)
    except CannotOpen as reason:
        raise AnswerLost(
            _("The key has been replaced since; the answer cannot be read. Ask again.")
        ) from reason


def abandoned(job: Job, *, at: datetime) -> bool:
    """Whether nobody works on a job that should be worked on: its process has ended."""
    return not job.over and (job.claimed_until or job.at + PACE) < at


def run_job(key: uuid.UUID, *, workers: Mapping[str, Worker], now: Callable[[], datetime]) -> None:
    """Do a job if nobody else is doing it, to its end or until it is stopped.

    Comes from the edge with its clock, since progress is told in its time.
    """
    claim = uuid.uuid4()
    job = _claimed(key, claim, now())
    if job is None:
        return
    try:
        tell = _teller(job, claim, now)
        answer = workers[job.kind](job, _opened(job, "question", job.question), tell, now)
        _end(job, claim, JobState.DONE, answer, now())
    except NoLongerMine:
        return
    except Exception as reason:  # whatever it was, the page must be able to say that it is over
        told = reason.sentence if isinstance(reason, Refusal) else type(reason).__name__
        _end(job, claim, JobState.FAILED, {"fault": as_json(told)}, now())


def _claimed(key: uuid.UUID, claim: uuid.UUID, at: datetime) -> Job | None:
    free = Q(claimed_until=None) | Q(claimed_until__lt=at)
    mine = Job.objects.filter(free, pk=key, ended_at=None).update(
        state=JobState.RUNNING, claim=claim, claimed_until=at + LEASE, done=0
    )
    return Job.objects.select_related("trial", "by").get(pk=key) if mine else None


def _teller(job: Job, claim: uuid.UUID, now: Callable[[], datetime]) -> Tell:
    """Writes how far the job is and renews the lease, at most every PACE. Raises NoLongerMine."""
    last = now()

    def tell(done: int) -> None:
        nonlocal last
        at = now()
        if at - last < PACE:
            return
        last = at
        mine = Job.objects.filter(pk=job.pk, claim=claim)
        if not mine.update(done=done, claimed_until=at + LEASE):
            raise NoLongerMine

    return tell


def _end(job: Job, claim: uuid.UUID, state: JobState, answer: Json, at: datetime) -> None:
    box = _sealed(job, "answer", answer)
    Job.objects.filter(pk=job.pk, claim=claim).update(
        state=state, answer=box, ended_at=at, claim=None, claimed_until=None
    )


def _sealed(job: Job, part: str, content: Json) -> bytes:
    data = pad(json.dumps(content, ensure_ascii=False).encode(), BLOCK)
    return seal(data, recipient_keys()[Recipient.PHARMACY], "job", part, str(job.pk))


def _opened(job: Job, part: str, box: bytes | memoryview | None) -> Json:
    if box is None:
        raise CannotOpen(f"The job has no {part}.")
    content: Json = json.loads(unpad(unseal(box, pharmacy_key(), "job", part, str(job.pk))))
    return content
