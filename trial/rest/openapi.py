"""The OpenAPI document of a door, made from what its endpoints declare."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from inspect import cleandoc
from typing import Any

from django.utils import translation
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import build_bearer_security_scheme_object
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from trial.policies import NotPermitted
from trial.queries import NotFound
from trial.refusals import InvalidInput, Refusal
from trial.rest import idempotency
from trial.rest.fields import Body, UnknownField
from trial.rest.handler import ChangedAtOnce
from trial.rest.problems import GENERAL, MEDIA_TYPE, TITLES
from trial.rest.queries import InvalidParameter, UnknownParameter

READ = (UnknownParameter, InvalidParameter, NotPermitted, NotFound)
WRITE = (*READ, idempotency.KeyRequired, idempotency.KeyReused, ChangedAtOnce, InvalidInput, UnknownField)
ALWAYS, WITH_BODY = (400, 401, 406, 500, 503), (413, 415)


class BearerScheme(OpenApiAuthenticationExtension):
    """How the document speaks of our tokens."""

    target_class = "trial.rest.tokens.BearerToken"
    name = "bearerToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """HTTP bearer authentication."""
        definition: dict[str, Any] = build_bearer_security_scheme_object("Authorization", "Bearer")
        return definition


class Problem(serializers.Serializer):
    """Problem details (RFC 9457)."""

    type = serializers.CharField(help_text="A URN that ends in the code.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="What is so, and what to do next.")
    code = serializers.CharField(help_text="From the closed list.")
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.CharField(), required=False
    )


@cache
def page_shape(shape: type[serializers.Serializer]) -> type[serializers.Serializer]:
    """The shape of one page of a list."""
    fields = {
        "results": shape(many=True),
        "next": serializers.CharField(allow_null=True, help_text="Where it goes on; null at the end."),
    }
    return type(f"{shape.__name__}Page", (serializers.Serializer,), fields)


class EndpointSchema(AutoSchema):
    """Reads an `Endpoint`: its shapes, its parameters, and everything that it may refuse."""

    view: Any

    def get_operation_id(self) -> str:
        """`get_participants`, `post_hold`: method and class."""
        words = re.findall("[A-Z][a-z]*", type(self.view).__name__)
        return "_".join([self.method, *words]).lower()

    def get_description(self) -> str:  # type: ignore[override]
        """What the method promises: the docstring of `get`, or of the act itself."""
        promise = self._promise() or type(self.view).__doc__ or ""
        return cleandoc(promise)

    def get_summary(self) -> str:
        """Its first line."""
        return self.get_description().splitlines()[0]

    def get_override_parameters(self) -> list[Any]:
        """The query's fields, or the header of an act."""
        if self.method != "POST":
            return [self.view.query_shape] if self.view.query_shape().fields else []
        words = "1 to 100 visible ASCII characters: a new one for each new act, the same to repeat it."
        schema = {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[!-~]{1,100}$"}
        return [OpenApiParameter(idempotency.HEADER, schema, "header", required=True, description=words)]

    def get_request_serializer(self) -> Any:
        """The body, where there is anything to say."""
        has_body = self.method == "POST" and self.view.body_shape().fields
        return self.view.body_shape if has_body else None

    def get_response_serializers(self) -> Any:
        """The answer, and every problem with its closed list of codes."""
        self.resolve_serializer(Problem, "response")
        return self._good() | {
            (status, MEDIA_TYPE): OpenApiResponse(_problem(codes), description=TITLES[status])
            for status, codes in sorted(self._problems().items())
        }

    def _map_serializer(self, serializer: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        mapped = super()._map_serializer(serializer, direction, bypass_extensions)
        return mapped | {"additionalProperties": False} if isinstance(serializer, Body) else mapped

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        """`ParticipantShape` is called Participant."""
        return type(serializer).__name__.replace("Shape", "")

    def _promise(self) -> str | None:
        return (self.view.act if self.method == "POST" else self.view.get).__doc__

    def _good(self) -> dict[Any, Any]:
        if self.method == "POST":
            return {201: OpenApiResponse(self.view.answer_shape, description="Done")}
        if media_type := getattr(self.view, "media_type", ""):
            return {(200, media_type): OpenApiResponse(OpenApiTypes.BINARY, description="The file")}
        shape = getattr(self.view, "shape", OpenApiTypes.OBJECT)
        return {
            200: OpenApiResponse(page_shape(shape) if self.view.paged else shape, description="Here it is")
        }

    def _problems(self) -> dict[int, set[str]]:
        acts = self.method == "POST"
        found: dict[int, set[str]] = defaultdict(set)
        for status in ALWAYS + (WITH_BODY if acts else ()):
            found[status].add(GENERAL[status][0])
        for refusal in self._refusals(acts):
            found[refusal.status].add(refusal.code)
        return found

    def _refusals(self, acts: bool) -> Iterable[type[Refusal]]:
        return (*WRITE, *self.view.refusals) if acts else (*READ, *self.view.read_refusals)


def _problem(codes: set[str]) -> dict[str, Any]:
    narrowed = {"type": "object", "properties": {"code": {"enum": sorted(codes)}}}
    return {"allOf": [{"$ref": "#/components/schemas/Problem"}, narrowed]}


@cache
def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document of this door, in English, the same on every machine."""
    with translation.override("en-gb"):
        schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return schema
