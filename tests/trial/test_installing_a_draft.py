"""A draft from USDM never becomes a live trial unread: not as it comes, and not half done."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.core.usdm_documents import completed
from tests.trial_fixture import TrialFixture
from trial.models import AuditEntry, ProtocolVersion, Trial

SMALL = Path(__file__).parents[1] / "cases" / "usdm" / "small.json"


@pytest.fixture
def draft(world: TrialFixture) -> str:
    """What `import_usdm` prints of the small case."""
    printed = StringIO()
    call_command("import_usdm", str(SMALL), stdout=printed, stderr=StringIO())
    return printed.getvalue()


def refusal(text: str, folder: Path) -> str:
    """What `install_trial` says against the file, live; a refusal leaves nothing behind."""
    (folder / "draft.toml").write_text(text, encoding="utf-8")
    rows = (Trial.objects.count(), ProtocolVersion.objects.count(), AuditEntry.objects.count())
    try:
        call_command("install_trial", str(folder / "draft.toml"), environment="live", stdout=StringIO())
    except CommandError as refused:
        assert rows == (Trial.objects.count(), ProtocolVersion.objects.count(), AuditEntry.objects.count())
        return str(refused)
    return ""


def test_a_draft_is_refused_as_it_comes(draft: str, tmp_path: Path) -> None:
    assert "sites[01].zone: is “?”: nobody has said it yet" in refusal(draft, tmp_path)


def test_a_draft_is_refused_while_one_assumption_is_open(draft: str, tmp_path: Path) -> None:
    text = completed(draft).replace('"answered"', '"open"', 1)
    assert "assumptions[0].status: “trial.title” is still open" in refusal(text, tmp_path)


def test_a_draft_is_refused_while_one_value_is_unknown_although_its_row_is_gone(
    draft: str, tmp_path: Path
) -> None:
    text = completed(draft).replace('city = "Said"', 'city = "?"').split("\n[[assumptions]]")[0]
    assert "sites[01].city: is “?”" in refusal(text, tmp_path)


def test_a_draft_that_a_person_has_completed_is_installed(draft: str, tmp_path: Path) -> None:
    assert refusal(completed(draft), tmp_path) == ""
    assert Trial.objects.filter(pk="nct00000001", environment="live").exists()
