"""A trial is installed once, in one environment, from one file."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.trial_fixture import START, TrialFixture
from trial.models import AuditEntry, ProtocolVersion, Site, Trial
from trial.people.installing import TrialInstalled, install_trial
from trial.protocol.files import PROTOCOLS, load_protocol

FILE = PROTOCOLS / "nct02059759.toml"


def test_a_trial_comes_with_its_sites_and_its_protocol_word_for_word(world: TrialFixture) -> None:
    site, version = Site.objects.get(), ProtocolVersion.objects.get()
    assert (site.number, site.city, site.zone) == ("01", "Montpellier", "Europe/Paris")
    assert version.text == FILE.read_text(encoding="utf-8")


def test_installing_the_same_file_again_changes_nothing(world: TrialFixture) -> None:
    entries = AuditEntry.objects.count()
    assert install_trial(file=load_protocol(FILE), environment="live", at=START) == world.trial
    assert (Trial.objects.count(), AuditEntry.objects.count()) == (1, entries)


def test_a_live_trial_never_becomes_a_training_one(world: TrialFixture) -> None:
    with pytest.raises(TrialInstalled):
        install_trial(file=load_protocol(FILE), environment="training", at=START)
    assert Trial.objects.get().environment == "live"


def test_a_changed_file_is_not_slipped_in(world: TrialFixture) -> None:
    file = load_protocol(FILE)
    with pytest.raises(TrialInstalled):
        install_trial(file=replace(file, digest="0" * 64), environment="live", at=START)
    assert ProtocolVersion.objects.count() == 1
