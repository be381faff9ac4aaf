"""A command as a person types it: with that person's password on standard input, and perhaps a file below."""

from __future__ import annotations

from io import BytesIO, StringIO, TextIOWrapper
from typing import Any
from unittest.mock import patch

from django.core.management import call_command

PASSWORD = "correct horse battery"


def typed(*words: str, password: str = PASSWORD, below: bytes = b"", **streams: Any) -> str:
    """What the command prints. The person is the one named with --by, and knows PASSWORD."""
    from trial.models import User

    for user in User.objects.filter(username=words[words.index("--by") + 1]):
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
    out = StringIO()
    with patch("sys.stdin", TextIOWrapper(BytesIO(f"{password}\n".encode() + below))):
        call_command(*words, **({"stdout": out} | streams))
    return out.getvalue()
