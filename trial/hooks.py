"""What the apps above want to hear of: methods of their AppConfig, called inside the act's transaction."""

from __future__ import annotations

from typing import Any

from django.apps import apps


def offered(name: str, *facts: Any, **more: Any) -> list[Any]:
    """What each app answers that offers a method of that name. `trial` itself imports none of them."""
    listening = [app for app in apps.get_app_configs() if hasattr(app, name)]
    return [getattr(app, name)(*facts, **more) for app in listening]


def drafted(name: str, *facts: Any, **more: Any) -> list[int]:
    """The numbers of the deviations that the apps above draft by their method of that name."""
    return [number for numbers in offered(name, *facts, **more) for number in numbers]
