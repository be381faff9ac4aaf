"""Each step of `make check` that is our own has been seen to find what it looks for."""

from __future__ import annotations

from pathlib import Path

import polib
import pytest

from tests import check
from tests.check import Step
from tests.tools import names, openapi, translations


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one file, on a machine whose packages come from packages.example."""
    monkeypatch.setattr(names, "ROOT", tmp_path)
    monkeypatch.setattr(names, "registries", lambda: {"packages.example"})
    monkeypatch.setattr(names, "tracked", lambda: [tmp_path / "file.md"])
    for lock in (*names.LOCKS, "file.md"):
        (tmp_path / lock).write_text("django==5.2 --hash=sha256:00\n")
    return tmp_path


def test_files_without_a_trace_of_the_machine_are_fine(project: Path) -> None:
    assert names.leaks() == ""


@pytest.mark.parametrize("trace", ["pip install -i https://packages.example/simple", "see {project}/notes"])
def test_a_file_that_names_the_machine_is_found(project: Path, trace: str) -> None:
    (project / "file.md").write_text(trace.format(project=project))

    assert names.leaks().startswith("file.md names ")


@pytest.mark.parametrize(
    "line", ["--index-url https://a.example", "# from http://a.example", "file:///wheels"]
)
def test_a_lock_that_says_where_packages_come_from_is_found(project: Path, line: str) -> None:
    (project / "requirements.txt").write_text(f"{line}\n")

    assert names.leaks() == "requirements.txt says where packages come from"


def test_a_published_schema_that_differs_from_the_code_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openapi, "ROOT", tmp_path)
    monkeypatch.setattr(openapi, "generated", lambda door: '{\n"door": "clinic"\n}\n')
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "openapi-clinic.json").write_text('{\n"door": "pharmacy"\n}\n')

    assert '-"door": "pharmacy"' in openapi.outdated("clinic")


def test_a_schema_that_cannot_be_made_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(door: str) -> str:
        raise RuntimeError("no such view")

    monkeypatch.setattr(openapi, "generated", fails)

    assert openapi.outdated("clinic") == "no such view"


def catalogue(folder: Path, *, translation: str, compiled: str) -> Path:
    """A French catalogue of one sentence, and what was compiled from it."""
    source, other = polib.POFile(), polib.POFile()
    source.append(polib.POEntry(msgid="Draw", msgstr=translation))
    other.append(polib.POEntry(msgid="Draw", msgstr=compiled))
    path = folder / "django.po"
    source.save(str(path))
    other.save_as_mofile(str(path.with_suffix(".mo")))
    return path


@pytest.mark.parametrize(
    ("translation", "compiled", "fault"),
    [("Tirer", "Tirer", ""), ("", "", "not translated: 'Draw'"), ("Tirer", "Tirez", "is not up to date")],
)
def test_translations_are_complete_and_compiled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, translation: str, compiled: str, fault: str
) -> None:
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    path = catalogue(tmp_path, translation=translation, compiled=compiled)

    found = translations.faults(path)

    assert [fault in line for line in found] == ([True] if fault else [])


def test_a_step_that_is_fine_prints_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert check.run(Step("fine", lambda: ""))
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_a_step_that_is_not_prints_everything(capsys: pytest.CaptureFixture[str]) -> None:
    assert not check.run(Step("broken", lambda: "this\nand that"))
    assert capsys.readouterr().out.splitlines()[1:] == ["this", "and that"]


def test_a_program_that_fails_is_a_fault_even_if_it_says_nothing() -> None:
    assert check.program("python", "-c", "raise SystemExit(3)") == "exit status 3"
    assert check.program("python", "-c", "print('all is well')") == ""


LABELS = {
    "code": ("trial/pages/views.py", 'title = _("A label that nobody translated")'),
    "a form": (
        "trial/screening/forms.py",
        'reason = forms.CharField(label=gettext_lazy("A label that nobody translated"))',
    ),
    "a constant": ("dosing/words.py", 'TITLE = gettext_noop("A label that " "nobody translated")'),
    "a count": (
        "dosing/views.py",
        'ngettext("A label that nobody translated", "%(n)d labels", n) % {"n": n}',
    ),
    "a core": ("dosing/core/days.py", 'raise Saying(Sentence("A label that nobody translated", day=day))'),
    "an exception of a core": (
        "trial/core/b.py",
        'class Late(Saying): ...\nraise Late("A label that nobody translated", day=day)',
    ),
    "a fault of a file": ("trial/core/c.py", 'place.fault("A label that nobody translated", "field")'),
    "a count of a core": (
        "trial/core/a.py",
        'counted("A label that nobody translated", "%(count)s", count=2)',
    ),
    "a template": (
        "templates/trial/a.html",
        '<h1 class="x">it\'s {% translate "A label that nobody translated" %}</h1>',
    ),
    "a block of a template": (
        "templates/trial/b.html",
        "  {% blocktranslate trimmed %}\n  A label that\n  nobody translated\n  {% endblocktranslate %}",
    ),
    "a count in a template": (
        "templates/c.html",
        "{% blocktranslate count n=n %}A label that nobody translated{% plural %}2{% endblocktranslate %}",
    ),
    "a mail": ("templates/emails/a.txt", '{% translate "A label that nobody translated" as text %}'),
}


@pytest.mark.parametrize("name", LABELS)
def test_a_label_that_the_catalogue_lacks_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    file, text = LABELS[name]
    planted(tmp_path, monkeypatch, file, text)

    found = translations.differences(polib.POFile(), "django.po")

    assert [line.partition(": ")[2] for line in found] == [
        "not in django.po: 'A label that nobody translated'"
    ]
    assert found[0].startswith(file)


def test_a_sentence_that_nothing_says_any_more_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted(tmp_path, monkeypatch, "trial/pages/views.py", '_("Draw")')
    source = polib.POFile()
    source += [polib.POEntry(msgid=msgid, msgstr="x") for msgid in ("Draw", "Draw no more", "Password")]

    found = translations.differences(source, "django.po")

    assert found == [
        "django.po: nothing says this any more: 'Draw no more'"
    ]  # a library asks for the password


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('number = forms.CharField(label="Number")', "a label that is not translated: 'Number'"),
        ('name = models.CharField(verbose_name="Name")', "a label that is not translated: 'Name'"),
        ('_(f"Visit {code} is done.")', "an f-string has no fixed words to translate"),
        ("class Late(Refusal): ...\nraise Late('No.')", "Late says a sentence that is not translated"),
        ("said = f\"{what} {_('Ask again.')}\"", "words for people inside an f-string"),
        (
            "from django.utils.translation import gettext as now",
            "gettext is called now, which is not looked for",
        ),
        ('number = forms.CharField(label=_("Number"), widget=forms.Textarea(attrs={"rows": 3}))', ""),
    ],
)
def test_words_that_extraction_could_not_see_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, found: str
) -> None:
    planted(tmp_path, monkeypatch, "trial/a.py", text)

    assert list(translations.unseen()) == ([f"trial/a.py:{len(text.splitlines())}: {found}"] if found else [])


def planted(root: Path, monkeypatch: pytest.MonkeyPatch, file: str, text: str) -> None:
    """A project of this one file."""
    monkeypatch.setattr(translations, "ROOT", root)
    (root / file).parent.mkdir(parents=True)
    (root / file).write_text(text)
