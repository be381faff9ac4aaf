"""Long work behind the pharmacy door: it goes on, tells how far it is, and leaves nothing readable behind."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client

from randomization.core.design_file import Plan
from randomization.models import RandomizationList
from randomization.sealed.comparing.what_if import what_if
from randomization.sealed.comparing.work import compare, plan_as_json, simulation_question
from randomization.sealed.jobs.engine import (
    LEASE,
    MOST_AT_ONCE,
    NoLongerMine,
    TooManyJobs,
    abandoned,
    answer_of,
    ask_job,
    run_job,
    stop_job,
)
from randomization.sealed.jobs.kinds import workers
from randomization.sealed.jobs.runner import ring
from randomization.sealed.models import Job, JobKind, JobState
from tests.randomization.test_verify import tampering
from tests.trial_fixture import TrialFixture
from trial.core.sentences import from_json
from trial.models import AuditEntry, Delegation
from trial.permissions import Role
from trial.policies import NotPermitted

PLANS = [Plan(block_sizes=(3, 6, 9)), Plan(block_sizes=(4,))]
"""A design, and one that cannot be: no block of four holds three equal arms."""

LONG = {"blocks": "3, 6, 9\n6", "others": ["complete"], "max_range": 3, "runs": 6000, "seed": 7}


@pytest.fixture(autouse=True)
def _clock(at: datetime) -> Iterator[None]:
    """The pages read the clock themselves."""
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def statistician(world: TrialFixture) -> Delegation:
    return world.person(Role.UNBLINDED_STATISTICIAN, "stat.one")


@pytest.fixture
def job(statistician: Delegation, at: datetime) -> Job:
    """A comparison that nobody works on yet."""
    question = simulation_question(PLANS, runs=40, seed=7)
    return ask_job(kind=JobKind.SIMULATION, question=question, total=80, by=statistician, at=at)


def ticking(at: datetime) -> Callable[[], datetime]:
    """A clock that goes on by two seconds whenever it is read."""
    moments: Iterator[datetime] = (at + timedelta(seconds=2 * n) for n in range(1_000_000))
    return lambda: next(moments)


def done(job: Job, at: datetime) -> Job:
    run_job(job.pk, workers=workers(), now=ticking(at))
    return Job.objects.get(pk=job.pk)


def test_the_answer_is_that_of_the_command_and_a_bad_design_hides_no_other(
    job: Job, world: TrialFixture, at: datetime
) -> None:
    good, bad = answer_of(done(job, at))["found"]
    expected = what_if(world.trial.protocol_version.protocol, PLANS[0], runs=40, seed=7)
    assert good["simulation"]["overall"]["guessed"]["mean"] == expected.overall.guessed.mean
    assert "no multiple of 3" in str(from_json(bad["fault"]))
    assert bad["fault"]["places"]["unit"] == 3


def test_neither_question_nor_answer_can_be_read_in_the_database(job: Job, at: datetime) -> None:
    boxes = [bytes(box) for box in (done(job, at).question, done(job, at).answer or b"")]
    assert not [
        word for word in (b"block_sizes", b"simulation", b"guessed") if any(word in box for box in boxes)
    ]
    assert {len(box) % 4096 for box in boxes} == {48}


def test_two_processes_do_not_work_on_one_job(job: Job, at: datetime) -> None:
    begun = []

    def work(job: Job, question: object, tell: object, clock: object) -> dict[str, object]:
        begun.append(job.pk)
        run_job(job.pk, workers={JobKind.SIMULATION: work}, now=lambda: at)  # type: ignore[dict-item]
        return {}

    run_job(job.pk, workers={JobKind.SIMULATION: work}, now=lambda: at)  # type: ignore[dict-item]
    assert begun == [job.pk]


def test_a_job_whose_process_has_ended_is_taken_up_again(job: Job, at: datetime) -> None:
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, claim=uuid.uuid4(), claimed_until=at + LEASE)
    assert not abandoned(Job.objects.get(pk=job.pk), at=at)
    assert done(job, at).state == JobState.RUNNING
    later = at + LEASE + timedelta(seconds=1)
    assert abandoned(Job.objects.get(pk=job.pk), at=later)
    assert done(job, later).state == JobState.DONE


def test_progress_is_told_and_a_stopped_job_ends(job: Job, statistician: Delegation, at: datetime) -> None:
    seen = []

    def work(job: Job, question: object, tell: Callable[[int], None], clock: object) -> dict[str, object]:
        tell(20)
        seen.append(Job.objects.get(pk=job.pk).percent)
        stop_job(job=job, by=statistician, at=at)
        with pytest.raises(NoLongerMine):
            tell(40)
        raise NoLongerMine

    run_job(job.pk, workers={JobKind.SIMULATION: work}, now=ticking(at))  # type: ignore[dict-item]
    assert (seen, Job.objects.get(pk=job.pk).state) == ([25], JobState.STOPPED)


def test_what_goes_wrong_is_named_by_kind_and_never_by_content(job: Job, at: datetime) -> None:
    def work(job: Job, question: object, tell: object, clock: object) -> dict[str, object]:
        raise ValueError("block sizes 3, 6, 9")

    run_job(job.pk, workers={JobKind.SIMULATION: work}, now=ticking(at))  # type: ignore[dict-item]
    failed = Job.objects.get(pk=job.pk)
    assert (failed.state, answer_of(failed)) == (JobState.FAILED, {"fault": "ValueError"})


def test_only_so_many_jobs_at_once(statistician: Delegation, at: datetime) -> None:
    order = {"kind": JobKind.VERIFICATION, "question": {}, "total": 1, "by": statistician, "at": at}
    for _n in range(MOST_AT_ONCE):
        ask_job(**order)  # type: ignore[arg-type]
    with pytest.raises(TooManyJobs):
        ask_job(**order)  # type: ignore[arg-type]


def test_a_verification_names_each_check_and_finds_what_was_changed(
    active: RandomizationList, statistician: Delegation, enter: Callable[[Delegation], Client], at: datetime
) -> None:
    order = {"kind": JobKind.VERIFICATION, "question": {}, "total": 9, "by": statistician, "at": at}
    page = enter(statistician).get(f"/jobs/{done(ask_job(**order), at).pk}/").content.decode()  # type: ignore[arg-type]
    assert "Everything that was checked holds." in page
    assert page.count('<th scope="row" class="code">') >= 5
    entry = AuditEntry.objects.latest("id")
    with tampering():
        AuditEntry.objects.filter(pk=entry.pk).update(actor="nobody")
    page = enter(statistician).get(f"/jobs/{done(ask_job(**order), at).pk}/").content.decode()  # type: ignore[arg-type]
    assert "does not hold" in page


def test_much_work_gets_a_page_of_its_own_and_its_address_tells_nothing(
    statistician: Delegation, enter: Callable[[Delegation], Client], at: datetime
) -> None:
    browser = enter(statistician)
    answer = browser.post("/what-if/", LONG)
    job = Job.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/jobs/{job.pk}/")
    page = browser.get(f"/jobs/{job.pk}/").content.decode()
    assert '<progress class="job" id="done" max="100" value="0">' in page
    assert "3, 6, 9" not in page


def test_progress_can_be_asked_without_a_session_and_not_without_the_signed_address(
    job: Job, statistician: Delegation, enter: Callable[[Delegation], Client]
) -> None:
    page = enter(statistician).get(f"/jobs/{job.pk}/")
    stranger = Client()
    answer = stranger.get(page.context["address"])
    assert json.loads(answer.content) == {"percent": 0, "over": False}
    assert not answer.cookies
    assert stranger.get(f"/jobs/progress/{job.pk}/").status_code == 404


def test_a_job_is_stopped_on_its_page_and_found_by_its_own_trial_only(
    job: Job, statistician: Delegation, enter: Callable[[Delegation], Client]
) -> None:
    browser = enter(statistician)
    page = browser.post(f"/jobs/{job.pk}/", follow=True).content.decode()
    assert "The job is stopped." in page
    assert browser.get(f"/jobs/{uuid.uuid4()}/").status_code == 404


@pytest.mark.parametrize("role", [Role.PHARMACIST, Role.INVESTIGATOR, Role.MONITOR])
def test_nobody_else_asks_for_long_work(world: TrialFixture, at: datetime, role: Role) -> None:
    with pytest.raises(NotPermitted):
        ask_job(kind=JobKind.VERIFICATION, question={}, total=1, by=world.person(role, "x"), at=at)


@pytest.mark.django_db(transaction=True)
def test_the_work_goes_on_beside_the_requests(job: Job) -> None:
    ring(job.pk).join(60)
    assert Job.objects.get(pk=job.pk).state == JobState.DONE


def test_an_answer_is_kept_as_values_and_read_in_the_language_of_whoever_looks(
    job: Job, statistician: Delegation, enter: Callable[[Delegation], Client], at: datetime
) -> None:
    """Whoever asked may read English and whoever looks French: no words are kept."""
    kept = answer_of(done(job, at))["found"][1]["fault"]
    assert set(kept) == {"code", "places", "many"}
    pages = [page_of(job, statistician, language, enter, at) for language in ("en-gb", "fr")]
    assert ["block_sizes has 4, which is no multiple of 3" in page for page in pages] == [True, False]
    assert ["Un bloc de 4 n’est pas un multiple de 3" in page for page in pages] == [
        False,
        True,
    ]


def test_an_answer_that_was_kept_in_english_is_still_shown(
    job: Job, statistician: Delegation, enter: Callable[[Delegation], Client], at: datetime
) -> None:
    fault = {"plan": plan_as_json(PLANS[1]), "fault": "No list, as older versions kept it."}
    run_job(job.pk, workers={JobKind.SIMULATION: lambda *_: {"found": [fault]}}, now=ticking(at))
    assert "No list, as older versions kept it." in page_of(job, statistician, "fr", enter, at)


def test_an_answer_from_before_the_block_was_known_is_still_shown(
    job: Job, statistician: Delegation, enter: Callable[[Delegation], Client], at: datetime
) -> None:
    """Its place says that nothing was counted, rather than a nought."""
    answer = compare(job, simulation_question(PLANS[:1], runs=20, seed=1), lambda done: None, lambda: at)
    old = answer["found"][0]["simulation"]["overall"]
    assert (old.pop("knowing")["mean"], old.pop("greatest")["mean"]) != (0, 0)
    run_job(job.pk, workers={JobKind.SIMULATION: lambda *_: answer}, now=ticking(at))
    page = page_of(job, statistician, "en-gb", enter, at)
    assert 'data-label="Knowing the block">–<' in page
    assert f"{100 * old['guessed']['mean']:.1f} %" in page


def page_of(
    job: Job, by: Delegation, language: str, enter: Callable[[Delegation], Client], at: datetime
) -> str:
    """The job's page as somebody with that language sees it."""
    by.user.language = language
    by.user.save()
    with time_machine.travel(at, tick=False):
        return enter(by).get(f"/jobs/{job.pk}/").content.decode()
