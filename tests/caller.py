"""A caller of the API for tests: sends JSON, and checks every answer against the door's OpenAPI document."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.test import Client
from django.utils import timezone
from drf_spectacular.renderers import OpenApiJsonRenderer
from jsonschema import Draft202012Validator, FormatChecker

from trial.models import Delegation
from trial.people.delegating import create_token
from trial.rest.openapi import document

BASE = "/api/v1/trials/nct02059759/"
JSON = "application/json"


class Caller:
    """Whoever holds a token. Paths are relative to the trial's address."""

    def __init__(self, by: Delegation | None, *, base: str = BASE, check: bool = True) -> None:
        self.client = Client(raise_request_exception=False)
        self.token = _token(by) if by else ""
        self.base, self.check = base, check
        self.keys = map("key-{}".format, itertools.count(1))

    def get(self, path: str, **headers: str) -> Any:
        """GET."""
        return self.send("GET", path, headers=headers)

    def post(self, path: str, body: object = None, *, key: str | None = None, **headers: str) -> Any:
        """POST with an Idempotency-Key, a new one unless it is given; none if it is empty."""
        key = next(self.keys) if key is None else key
        headers |= {"Idempotency-Key": key} if key else {}
        return self.send("POST", path, body if isinstance(body, bytes) else json.dumps(body or {}), headers)

    def send(self, method: str, path: str, body: Any = "", headers: Mapping[str, str] | None = None) -> Any:
        """Send, and compare the answer with the document."""
        known = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        content_type = (headers or {}).get("Content-Type", JSON)
        answer = self.client.generic(
            method, self.base + path, body, content_type, headers={**known, **(headers or {})}
        )
        if self.check and method in {"GET", "POST"}:
            refuse_undocumented(method, self.base + path.partition("?")[0], answer)
        return answer


def _token(by: Delegation) -> str:
    at = timezone.now()
    return create_token(
        delegation=by, name="test", expires_at=at + timedelta(days=400), door=settings.VELUM_DOOR, at=at
    )


@cache
def plain_document() -> dict[str, Any]:
    """The OpenAPI document as JSON has it."""
    plain: dict[str, Any] = json.loads(OpenApiJsonRenderer().render(document(), renderer_context={}))
    return plain


def refuse_undocumented(method: str, path: str, answer: Any) -> None:
    """Fail unless the document foresees this status, media type, code and body here."""
    schema = plain_document()
    operation = _operation(schema, method, path)
    if operation is None:
        return
    content = operation["responses"][str(answer.status_code)]["content"]
    media = content[answer["Content-Type"].partition(";")[0]]
    if "json" in answer["Content-Type"] and media["schema"] != {"type": "object", "additionalProperties": {}}:
        whole = media["schema"] | {"components": schema["components"]}
        validator = Draft202012Validator(whole, format_checker=FormatChecker(("date",)))
        validator.validate(json.loads(answer.content))


def _operation(schema: dict[str, Any], method: str, path: str) -> dict[str, Any] | None:
    for template, operations in schema["paths"].items():
        pattern = re.sub(r"\\\{[a-z]+\\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path) and method.lower() in operations:
            found: dict[str, Any] = operations[method.lower()]
            return found
    return None
