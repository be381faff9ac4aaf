"""The commands of the pharmacy door, as a statistician types them."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from randomization.models import Envelope, RandomizationList, Step
from randomization.sealed.models import Seal, SealedSignature
from tests.randomization.test_verify import tampering
from tests.terminal import typed
from tests.trial_fixture import TrialFixture, leave
from trial.models import Delegation

pytestmark = pytest.mark.usefixtures("statistician", "second_statistician")

TRIAL = ("--trial", "nct02059759")


def verify() -> str:
    """What `verify` prints."""
    out = StringIO()
    call_command("verify", stdout=out)
    return out.getvalue()


def make(*more: str) -> str:
    return typed("make_list", *TRIAL, "--by", "stat.one", "--environment", "live", *more)


STEPS = [
    ("accepted", ("check_list", *TRIAL, "--list", "main", "--by", "stat.one", "--accept")),
    ("sealed", ("seal_list", *TRIAL, "--list", "main", "--by", "stat.one")),
    ("draws from it", ("activate_list", *TRIAL, "--list", "1", "--by", "stat.two")),
]


def test_four_commands_bring_a_list_to_life(world: TrialFixture) -> None:
    assert "36 envelopes, a draft" in make("--name", "main")
    for said, words in STEPS:
        assert said in typed(*words)
    assert RandomizationList.objects.get().steps.last().step == Step.ACTIVATED
    acts = SealedSignature.objects.values_list("act", "both_parts")
    signed = ("list_made", "list_checked", "list_sealed", "list_activated")
    assert list(acts) == [(act, True) for act in signed]
    assert "BAD" not in verify()


@pytest.mark.parametrize("step", range(3))
def test_no_step_is_taken_and_no_arm_shown_without_the_persons_password(
    world: TrialFixture, step: int
) -> None:
    make("--name", "main")
    for _, words in STEPS[:step]:
        typed(*words)
    with pytest.raises(CommandError, match=r"not the password of stat\."):
        typed(*STEPS[step][1], password="not the password")
    assert RandomizationList.objects.get().steps.count() == 1 + step


@pytest.mark.parametrize(
    ("how", "said"), [("account", "account of stat.one is not active"), ("duty", "does not manage lists")]
)
def test_who_has_left_manages_no_list(statistician: Delegation, how: str, said: str) -> None:
    leave(statistician, how)
    with pytest.raises(CommandError, match=said):
        make()
    assert not RandomizationList.objects.exists()


def test_nobody_makes_a_list_in_the_name_of_somebody_else(world: TrialFixture) -> None:
    with pytest.raises(CommandError, match=r"not the password of stat\.one"):
        typed("make_list", *TRIAL, "--by", "stat.one", "--environment", "live", password="")
    assert not RandomizationList.objects.exists()


def test_a_name_names_one_list_and_is_not_too_long(world: TrialFixture) -> None:
    make("--name", "main")
    for name, sentence in (("main", "has a list “main” already"), ("m" * 61, "at most 60 signs")):
        with pytest.raises(CommandError, match=sentence):
            make("--name", name)
    assert RandomizationList.objects.count() == 1


def test_a_design_file_is_taken(world: TrialFixture, tmp_path: Path) -> None:
    file = tmp_path / "design.toml"
    file.write_text("block_sizes = [6]\nreserve = 6\n")
    assert "42 envelopes" in make("--design", str(file))


METHODS = {
    'method = "efron"\nprobability = "2/3"\nreserve = 6\n': "42 envelopes",
    'method = "block_urn"\nsets = 2\nreserve = 6\n': "42 envelopes",
    'method = "maximal"\nmax_range = 3\nreserve = 6\n': "42 envelopes",
}


@pytest.mark.parametrize("text", METHODS)
def test_a_list_of_each_restricted_method_is_made_and_holds(
    world: TrialFixture, tmp_path: Path, text: str
) -> None:
    """Made by name, judged, put into use, and every envelope compared with what seed and design give."""
    file = tmp_path / "design.toml"
    file.write_text(text)
    assert METHODS[text] in make("--name", "main", "--design", str(file))
    for said, words in STEPS:
        assert said in typed(*words)
    assert "BAD" not in verify()


RESTRICTED_FAULTS = {
    'method = "efron"\n': "probability is missing",
    'method = "efron"\nprobability = 0.2\n': "probability is 0.2. It lies between 1/3",
    'method = "block_urn"\nmax_range = 2\n': "max_range is no parameter of block_urn",
    'method = "maximal"\nmax_range = 3\nreserve = 4\n': "reserve of stratum all is 4",
    'method = "maximum"\nmax_range = 3\n': "This program knows .*block_urn.*efron.*maximal",
}


@pytest.mark.parametrize("text", RESTRICTED_FAULTS)
def test_a_fault_in_its_design_file_makes_no_list(world: TrialFixture, tmp_path: Path, text: str) -> None:
    file = tmp_path / "design.toml"
    file.write_text(text)
    with pytest.raises(CommandError, match=RESTRICTED_FAULTS[text]):
        make("--design", str(file))
    assert not RandomizationList.objects.exists()


def test_verify_opens_every_envelope_at_this_door(world: TrialFixture) -> None:
    make()
    printed = verify()
    assert "contents of list" in printed
    assert "BAD" not in printed


def test_verify_names_an_exchanged_box(world: TrialFixture) -> None:
    make()
    first, second = Envelope.objects.order_by("position")[:2]
    box = Seal.objects.get(envelope=second, recipient="pharmacy").box
    with tampering():
        Seal.objects.filter(envelope=first, recipient="pharmacy").update(box=box)
    with pytest.raises(CommandError, match=f"Envelope {first.number} cannot be opened"):
        verify()


ERRORS = [
    (("--by", "nobody"), "nobody does not manage lists"),
    (("--by", "live-study_nurse"), "does not manage lists"),
    (("--design", "missing.toml"), "missing.toml cannot be read: No such file"),
    (("--trial", "nct00000000"), "no trial nct00000000"),
]


@pytest.mark.parametrize(("words", "sentence"), ERRORS)
def test_an_error_is_one_readable_sentence(
    world: TrialFixture, words: tuple[str, ...], sentence: str
) -> None:
    assert world.nurse
    with pytest.raises(CommandError, match=sentence):
        make(*words)
    assert not RandomizationList.objects.exists()


def test_a_bad_design_changes_nothing(world: TrialFixture, tmp_path: Path) -> None:
    file = tmp_path / "design.toml"
    file.write_text("block_sizes = [5]\n")
    with pytest.raises(CommandError, match="5, which is no multiple of 3"):
        make("--design", str(file))
    assert not RandomizationList.objects.exists()


def test_an_unknown_list_is_answered_with_the_known_ones(
    world: TrialFixture, statistician: Delegation
) -> None:
    make("--name", "main")
    with pytest.raises(CommandError, match=r"has no list mian\. Its lists: main"):
        typed("seal_list", *TRIAL, "--list", "mian", "--by", "stat.one")
