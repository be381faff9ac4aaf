"""The two pages of a code break, as a person goes through them: whose and why, then the password."""

from __future__ import annotations

from typing import Any

from django.test import Client

PASSWORD = "correct horse battery"
ADDRESS = "/code-break/"


def ask(page: Client, number: str, *, address: str = ADDRESS, **typed: str) -> Any:
    """The first page: who is found, on the page to which it leads; or what is wrong."""
    return page.post(address, {"number": number, "reason": "Anaphylaxis"} | typed, follow=True)


def give_password(page: Client, found: Any, password: str = PASSWORD) -> Any:
    """The second page: the answer, or what is wrong with the password."""
    return page.post(found.request["PATH_INFO"], {"password": password})


def break_code(page: Client, number: str, password: str = PASSWORD, **typed: str) -> Any:
    """Both pages; where the first one refuses, its answer."""
    found = ask(page, number, **typed)
    return give_password(page, found, password) if found.redirect_chain else found
