"""Every form class that a door has, allauth's too: by importing all that the door may import."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.forms import BaseForm

from tests.tools.form_fields import PACKAGES

SEALED = ("randomization.sealed", "dosing.pharmacy")
NOT_FORMS = (".migrations", ".management", ".wsgi", ".celery")


def form_classes() -> list[type[BaseForm]]:
    """All subclasses of a form but Django's own, once every module of this door is imported."""
    for module in _modules():
        with suppress(ImproperlyConfigured, ImportError):  # of the other door: it does not open here
            import_module(module)
    used = (form for form in _below(BaseForm) if not form.__module__.startswith("django."))
    return sorted(used, key=lambda form: f"{form.__module__}.{form.__qualname__}")


def _modules() -> Iterator[str]:
    for package in PACKAGES:
        for path in sorted((settings.BASE_DIR / package).rglob("*.py")):
            name = ".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts)
            shut = settings.CLINIC and name.startswith(SEALED)
            if not shut and path.stem != "__init__" and not any(part in name for part in NOT_FORMS):
                yield name


def _below(form: type[BaseForm]) -> set[type[BaseForm]]:
    return {one for child in form.__subclasses__() for one in (child, *_below(child))}
