"""What docs/security.md and docs/asvs.md say of code that no single test shows."""

from __future__ import annotations

import ast
import json
import logging
import re
from collections.abc import Iterator

import pytest

from tests.docs.documents import ROOT
from trial.walls.logs import JsonLine

CODE = [path for package in ("trial", "randomization", "dosing") for path in (ROOT / package).rglob("*.py")]
SCRIPTS = sorted((ROOT / "trial" / "static").rglob("*.js"))
CRYPTOGRAPHY = (
    *("hashlib", "hmac", "secrets", "cryptography", "jwt"),
    *("django.utils.crypto", "django.core.signing"),
)
EVALUATING = {"eval", "exec", "compile", "__import__"}
UNSAFE = ("pickle", "marshal", "shelve", "yaml")
INTO_THE_PAGE = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|postMessage"
)
BY_A_NAME = re.compile(r"\w\[[^\]\"'\d][^\]]*\]\s*=[^=]|__proto__|Object\.assign|\.prototype\.\w+\s*=")


def imported(tree: ast.AST) -> Iterator[str]:
    """The modules that a file imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{name.name}" for name in node.names)


def uses(text: str, modules: tuple[str, ...]) -> bool:
    """Whether a file imports one of these modules or something below it."""
    found = set(imported(ast.parse(text)))
    return any(one == name or one.startswith(f"{name}.") for one in found for name in modules)


def runs_text(text: str) -> list[str]:
    """What in a file runs text as code, makes objects of bytes, or starts a shell."""
    found = [name for name in UNSAFE if uses(text, (name,))]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            shell = any(word.arg == "shell" and ast.unparse(word.value) != "False" for word in node.keywords)
            if called in EVALUATING or called in {"os.system", "os.popen"} or shell:
                found.append(called)
    return found


def broken_hashes(text: str) -> list[str]:
    """Calls of hash functions that are no longer good for anything."""
    return re.findall(r"\b(?:md5|MD5|sha1|SHA1|md4|ripemd160)\b", text)


def listed() -> list[str]:
    """The modules that the document names as those that use cryptography."""
    text = (ROOT / "docs" / "security.md").read_text()
    return re.findall(r"^(?:trial|randomization|dosing)/[\w/]+\.py$", text, re.MULTILINE)


def test_every_module_that_uses_cryptography_is_listed() -> None:
    found = [str(path.relative_to(ROOT)) for path in CODE if uses(path.read_text(), CRYPTOGRAPHY)]
    assert listed() == sorted(found)


def test_a_module_that_begins_to_use_it_is_found() -> None:
    assert uses("def late():\n    from cryptography.fernet import Fernet", CRYPTOGRAPHY)
    assert uses("from django.core import signing", CRYPTOGRAPHY)
    assert not uses("import secretsanta", CRYPTOGRAPHY)


def test_no_broken_hash_is_called() -> None:
    assert [path for path in CODE if broken_hashes(path.read_text())] == []
    assert broken_hashes("hashlib.md5(text)") == ["md5"]


def test_no_code_runs_text() -> None:
    assert {str(path): found for path in CODE if (found := runs_text(path.read_text()))} == {}


@pytest.mark.parametrize(
    "planted",
    [
        "eval(word)",
        "import pickle",
        "subprocess.run(word, shell=True)",
        "os.system(word)",
        "from yaml import load",
    ],
)
def test_code_that_would_is_found(planted: str) -> None:
    assert runs_text(planted)


def test_no_script_writes_text_into_a_page_as_html() -> None:
    assert {path.name: found for path in SCRIPTS if (found := INTO_THE_PAGE.findall(path.read_text()))} == {}
    assert INTO_THE_PAGE.search("place.innerHTML = answer")


def test_no_script_builds_objects_from_names_that_came_in() -> None:
    assert {path.name: found for path in SCRIPTS if (found := BY_A_NAME.findall(path.read_text()))} == {}
    assert BY_A_NAME.search("kept[name] = value") and BY_A_NAME.search("a.__proto__")


def settings() -> dict[str, str]:
    """Each setting with what stands behind it."""
    tree = ast.parse((ROOT / "trial" / "settings.py").read_text())
    plain = [node for node in tree.body if isinstance(node, ast.Assign)]
    return {ast.unparse(target): ast.unparse(node.value) for node in plain for target in node.targets}


def test_no_setting_turns_a_debug_mode_on() -> None:
    assert settings()["DEBUG"] == "False"
    assert "DEBUG" not in (ROOT / "trial" / "installation.py").read_text()


def test_passwords_are_kept_by_a_costly_function() -> None:
    assert settings()["PASSWORD_HASHERS"] == "['django.contrib.auth.hashers.Argon2PasswordHasher']"


@pytest.mark.parametrize("said", ["one\ntwo", 'a"}\n{"at": "2026', "\r\x1b[2Jgone", "\u2028", "\x00"])
def test_a_line_of_the_log_is_one_line_whatever_it_says(said: str) -> None:
    record = logging.LogRecord("velum", logging.WARNING, "", 0, "Said: %s", (said,), None)
    line = JsonLine().format(record)
    assert len(line.split("\n")) == 1 and not re.search(r"[\x00-\x1f]", line)
    assert json.loads(line)["message"] == f"Said: {said}"
