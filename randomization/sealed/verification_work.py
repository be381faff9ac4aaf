"""Verification as long work: all that `manage.py verify` checks, for a page."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from randomization.models import RandomizationList
from randomization.sealed.models import Job, SealedAuditChain
from randomization.verification import verify
from randomization.verifying.reports import Clock
from trial.core.sentences import from_json
from trial.models import AuditChain, ProtocolVersion, Trial
from trial.refusals import in_page_language

Json = dict[str, Any]
SENTENCES = ("what", "fault", "unchecked", "to_amend")


def order() -> tuple[Json, int]:
    """Nothing is asked; and how many reports there will be, as far as can be told beforehand."""
    lists, trials = RandomizationList.objects.count(), Trial.objects.count()
    chains = AuditChain.objects.count() + SealedAuditChain.objects.count()
    return {}, chains + ProtocolVersion.objects.count() + 2 * lists + 4 * trials


def check_everything(job: Job, question: Json, tell: Callable[[int], None], clock: Clock) -> Json:
    """All that `manage.py verify` checks; of other trials in this installation only that it was checked."""
    own = re.compile(rf"\b{re.escape(job.trial_id)}\b")
    reports: list[Json] = []
    others = 0
    for count, report in enumerate(verify(clock=clock), 1):
        tell(count)
        if own.search(str(report.what)):
            reports.append(asdict(report))
        else:
            others += 1
    return {"reports": reports, "others": others}


def context(answer: Json) -> dict[str, Any]:
    """The reports as the job's page shows them, in the language of the reader."""
    bad = [row for row in answer["reports"] if row["fault"]]
    said = [row | {name: _bare(row.get(name, "")) for name in SENTENCES} for row in answer["reports"]]
    return {"reports": said, "others": answer["others"], "bad": bad}


def _bare(kept: Any) -> str:
    """The sentence in the language of the page, without its full stop: it stands in a table."""
    return in_page_language(from_json(kept)).rstrip(".")
