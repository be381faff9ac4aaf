"""Where jobs run: a thread of the pharmacy's own process, one at a time.

No worker of Celery: those belong to the clinic door and hold no key. A thread goes on when its page is left;
when its process ends, the lease runs out and whoever looks at the job next starts it again (decision 13).
"""

from __future__ import annotations

import threading
import uuid
from typing import Any

from django.db import close_old_connections, connections, transaction
from django.utils import timezone

from randomization.sealed.jobs.engine import ask_job, run_job
from randomization.sealed.jobs.kinds import workers
from randomization.sealed.models import Job

_ONE_AT_A_TIME = threading.Lock()


def asked(**order: Any) -> Job:
    """Ask for a job as `engine.ask_job` does, and start on it once its row is there for everybody to see."""
    job = ask_job(**order)
    transaction.on_commit(lambda: _ring_quietly(job.pk))
    return job


def _ring_quietly(key: uuid.UUID) -> None:
    ring(key)


def ring(key: uuid.UUID) -> threading.Thread:
    """Start a thread that works on a job. A second one does no harm: a job has one worker."""
    thread = threading.Thread(target=_work, args=(key,), name=f"job {key}", daemon=True)
    thread.start()
    return thread


def _work(key: uuid.UUID) -> None:
    with _ONE_AT_A_TIME:
        close_old_connections()
        try:
            run_job(key, workers=workers(), now=timezone.now)
        finally:
            connections.close_all()
