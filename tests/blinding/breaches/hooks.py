"""Ways for a plant to change what the running product does. Imported only when a leak is planted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.blinding.breaches import Secret
from tests.blinding.sandbox import ROOT

Change = Callable[[Any, Any, dict[str, Any]], Any]


def on_answer(*names: str, secret: Secret, change: Change) -> None:
    """Call `change(request, response, what the envelope holds)` on answers about somebody who was drawn."""

    def per_participant(request: Any, response: Any) -> Any:
        number = request.resolver_match.kwargs.get("number", "")
        held = secret.of(number) if number else None
        return (change(request, response, held) or response) if held else response

    on_any_answer(*names, change=per_participant)


def on_any_answer(*names: str, change: Callable[[Any, Any], Any]) -> None:
    """Call `change(request, response)` on answers of these addresses."""
    from trial.pages.middleware import SecurityHeaders

    real = SecurityHeaders.__call__

    def changed(self: Any, request: Any) -> Any:
        response = real(self, request)
        match = getattr(request, "resolver_match", None)
        if match is None or match.url_name not in names or response.streaming:
            return response
        return change(request, response) or response

    SecurityHeaders.__call__ = changed  # type: ignore[method-assign]


def on_draw(secret: Secret, then: Callable[[Any, dict[str, Any]], None]) -> None:
    """Call `then(envelope, what it holds)` after each draw, inside its transaction."""
    from randomization import services

    real = services.take_envelope

    def drawn(*arguments: Any, **named: Any) -> Any:
        envelope = real(*arguments, **named)
        then(envelope, secret.of_number(envelope.number))
        return envelope

    services.take_envelope = drawn


def on_movement(also: Callable[[Any, Any, Any], None]) -> None:
    """Call `also(site, movement, at)` before each movement of the stock, inside its transaction."""
    from dosing.pharmacy import stock

    real = stock.write_movement

    def write(site: Any, movement: Any, by: Any, at: Any) -> Any:
        also(site, movement, at)
        return real(site, movement, by, at)

    stock.write_movement = write


def as_if_written_in(file: str, source: str, **names: Any) -> dict[str, Any]:
    """Compile code as if it stood in a file of the product, where its lines are traced."""
    exec(compile(source, str(Path(ROOT, file)), "exec"), names)
    return names


def refilled(response: Any, content: bytes) -> Any:
    """The response with another body."""
    response.content = content
    if response.has_header("Content-Length"):
        response.headers["Content-Length"] = str(len(content))
    return response
