"""Who acts at a door: a browser that is logged in, and a caller with a token, for each person."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.test import Client

from tests.blinding.set_up import PASSWORD
from tests.blinding.watching import Watch
from trial.models import Delegation, User

NOBODY = "nobody"


@dataclass
class Person:
    """One person, or nobody. `token` is empty for who has none at this door."""

    name: str
    role: str = ""
    site: str = ""
    token: str = ""
    client: Client = field(
        default_factory=lambda: Client(raise_request_exception=False, SERVER_NAME="localhost")
    )
    keys: int = 0

    @property
    def delegation(self) -> Delegation:
        """The duty in which the person acts."""
        return Delegation.objects.select_related("user", "trial", "site").get(user__username=self.name)

    def enter(self) -> None:
        """Log in, with a second factor where the door wants one; sessions end when the clock is moved."""
        if self.role and self.role != "site_system":
            self.client.force_login(User.objects.get(username=self.name))
            session = self.client.session
            session["account_authentication_methods"] = [{"method": "password"}, {"method": "mfa"}]
            session["account_authentication_methods_user"] = str(User.objects.get(username=self.name).pk)
            session.save()

    def next_key(self) -> str:
        """An Idempotency-Key that was not used."""
        self.keys += 1
        return f"{self.name}-{self.keys}"


class People:
    """Everybody of the sandbox, at this process's door."""

    def __init__(self, facts: dict[str, Any], watch: Watch, roles: set[str]) -> None:
        self.watch, self.trial = watch, facts["trial"]
        self.by_name = {
            name: Person(name, row["role"], row["site"], row["tokens"].get(settings.VELUM_DOOR, ""))
            for name, row in facts["people"].items()
            if row["role"] in roles
        } | {NOBODY: Person(NOBODY)}

    def __getitem__(self, name: str) -> Person:
        return self.by_name[name]

    def enter(self, *names: str) -> None:
        """Everybody, or those named, log in anew; sessions begin under fixed names of the random stream."""
        for name in names or self.by_name:
            self.watch.fixed.begin(f"{self.watch.part} {name} logs in")
            self.by_name[name].enter()

    def page(self, name: str, path: str, method: str = "GET", /, **typed: Any) -> Any:
        """What that person's browser gets."""
        data = {"data": typed} if method == "GET" and typed else {}
        who = self.by_name[name]
        if method == "POST":
            from urllib.parse import urlencode

            words = urlencode(typed, doseq=True)
            data = {"data": words, "content_type": "application/x-www-form-urlencoded"}
        return self.watch.ask(f"{name}:", who.client, method, path, **data)

    def call(
        self, name: str, path: str, body: object = None, method: str = "", key: str = "", **headers: str
    ) -> Any:
        """What the holder of that person's token gets below the trial's address."""
        who = self.by_name[name]
        method = method or ("GET" if body is None else "POST")
        known = {"Authorization": f"Bearer {who.token}"} if who.token else {}
        if method == "POST":
            known["Idempotency-Key"] = key or who.next_key()
        text = body if isinstance(body, str | bytes) else json.dumps(body if body is not None else {})
        return self.watch.ask(
            f"{name} (token):",
            CALLER,
            method,
            f"/api/v1/trials/{self.trial}/{path}",
            data=text if method != "GET" else "",
            content_type="application/json",
            headers=known | headers,
        )

    def ask(self, name: str, method: str, path: str) -> Any:
        """One request by token or by browser, as the address wants it; nothing in it counts those before."""
        if not path.startswith("/api/"):
            return self.page(name, path, method)
        below = path.partition(f"/{self.trial}/")[2]
        return self.call(name, below, None if method == "GET" else {}, method, key=path[-100:])

    def password(self) -> str:
        """Everybody's."""
        return PASSWORD


CALLER = Client(raise_request_exception=False, SERVER_NAME="localhost")
"""API calls carry no cookie."""
