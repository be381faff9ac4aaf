"""The commands of the pharmacy door, as a statistician types them."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from randomization.models import Envelope, RandomizationList, Step
from randomization.sealed.models import Seal
from tests.randomization.test_verify import tampering
from tests.worlds import World
from trial.models import Delegation

pytestmark = pytest.mark.usefixtures("statistician", "second_statistician")

PASSWORD = "correct horse battery"
TRIAL = ("--trial", "nct02059759")


@pytest.fixture
def types(
    statistician: Delegation, second_statistician: Delegation, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], None]:
    """Puts what somebody types before the command. Both statisticians have the password PASSWORD."""
    for person in (statistician.user, second_statistician.user):
        person.set_password(PASSWORD)
        person.save()
    return lambda line: monkeypatch.setattr("sys.stdin", StringIO(f"{line}\n"))


def run(*words: str) -> str:
    """What the command prints."""
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def make(*more: str) -> str:
    return run("make_list", *TRIAL, "--by", "stat.one", "--environment", "live", *more)


STEPS = [
    ("accepted", ("check_list", *TRIAL, "--list", "main", "--by", "stat.one", "--accept")),
    ("sealed", ("seal_list", *TRIAL, "--list", "main", "--by", "stat.one")),
    ("draws from it", ("activate_list", *TRIAL, "--list", "1", "--by", "stat.two")),
]


def test_four_commands_bring_a_list_to_life(world: World, types: Callable[[str], None]) -> None:
    assert "36 envelopes, a draft" in make("--name", "main")
    for said, words in STEPS:
        types(PASSWORD)
        assert said in run(*words)
    assert RandomizationList.objects.get().steps.last().step == Step.ACTIVATED


@pytest.mark.parametrize("step", range(3))
def test_no_step_is_taken_and_no_arm_shown_without_the_persons_password(
    world: World, types: Callable[[str], None], step: int
) -> None:
    make("--name", "main")
    for _, words in STEPS[:step]:
        types(PASSWORD)
        run(*words)
    types("not the password")
    with pytest.raises(CommandError, match=r"not the password of stat\."):
        run(*STEPS[step][1])
    assert RandomizationList.objects.get().steps.count() == 1 + step


def test_a_design_file_is_taken(world: World, tmp_path: Path) -> None:
    file = tmp_path / "design.toml"
    file.write_text("block_sizes = [6]\nreserve = 6\n")
    assert "42 envelopes" in make("--design", str(file))


def test_verify_opens_every_envelope_at_this_door(world: World) -> None:
    make()
    printed = run("verify")
    assert "contents of list" in printed
    assert "BAD" not in printed


def test_verify_names_an_exchanged_box(world: World) -> None:
    make()
    first, second = Envelope.objects.order_by("position")[:2]
    box = Seal.objects.get(envelope=second, recipient="pharmacy").box
    with tampering():
        Seal.objects.filter(envelope=first, recipient="pharmacy").update(box=box)
    with pytest.raises(CommandError, match=f"Envelope {first.number} does not open"):
        run("verify")


ERRORS = [
    (("--by", "nobody"), "nobody does not manage lists"),
    (("--by", "live-study_nurse"), "does not manage lists"),
    (("--design", "missing.toml"), "missing.toml cannot be read: No such file"),
    (("--trial", "nct00000000"), "no trial nct00000000"),
]


@pytest.mark.parametrize(("words", "sentence"), ERRORS)
def test_an_error_is_one_readable_sentence(world: World, words: tuple[str, ...], sentence: str) -> None:
    assert world.nurse
    with pytest.raises(CommandError, match=sentence):
        make(*words)
    assert not RandomizationList.objects.exists()


def test_a_bad_design_changes_nothing(world: World, tmp_path: Path) -> None:
    file = tmp_path / "design.toml"
    file.write_text("block_sizes = [5]\n")
    with pytest.raises(CommandError, match="5, which is no multiple of 3"):
        make("--design", str(file))
    assert not RandomizationList.objects.exists()


def test_an_unknown_list_is_answered_with_the_known_ones(
    world: World, statistician: Delegation, types: Callable[[str], None]
) -> None:
    make("--name", "main")
    types(PASSWORD)
    with pytest.raises(CommandError, match=r"has no list mian\. Its lists: main"):
        run("seal_list", *TRIAL, "--list", "mian", "--by", "stat.one")
