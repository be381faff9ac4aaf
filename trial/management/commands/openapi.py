"""Prints the OpenAPI document of this door."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.validation import validate_schema

from trial.rest.openapi import document


class Command(BaseCommand):
    """JSON on the standard output, the same on every machine. Needs no database."""

    help = "Print the OpenAPI 3.1 document of this door."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Make, check and print it; a warning of the generator is a fault."""
        schema = document()
        if GENERATOR_STATS:
            GENERATOR_STATS.emit_summary()
            raise CommandError("The endpoints do not say enough about themselves; see above.")
        validate_schema(schema)
        plain = json.loads(OpenApiJsonRenderer().render(schema, renderer_context={}))
        self.stdout.write(json.dumps(plain, indent=1, ensure_ascii=False))
