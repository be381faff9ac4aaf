"""The base of every endpoint: who calls, when, and what the address says, read once at the edge."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property, partial
from typing import Any, ClassVar

from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from trial.models import CurrentParticipant, Delegation, KeptAnswer
from trial.permissions import Permission, may
from trial.policies import NotPermitted
from trial.queries import NotFound, find_participant
from trial.refusals import Refusal
from trial.rest import idempotency
from trial.rest.fields import Body, UnknownField
from trial.rest.in_same_transaction import in_same_transaction
from trial.rest.openapi import EndpointSchema
from trial.rest.queries import Query, page_of


class ByAccept(DefaultContentNegotiation):
    """Chooses by the Accept header alone: `?format=` is an unknown parameter like any other."""

    class settings:  # noqa: N801 - the framework's name
        URL_FORMAT_OVERRIDE = None


class Endpoint(APIView):
    """An address that is read. Subclasses name who may, and turn one query into one answer.

    `shape` describes the answer, `query_shape` the parameters, `refusals` what else may be said
    than the general problems; the OpenAPI document is made from these.
    """

    reads: ClassVar[Permission | None] = None
    query_shape: ClassVar[type[Query]] = Query
    shape: ClassVar[type[Serializer]]
    paged: ClassVar[bool] = False
    read_refusals: ClassVar[tuple[type[Refusal], ...]] = ()

    schema = EndpointSchema()
    http_method_names = ("get", "head", "post")
    content_negotiation_class = ByAccept
    request: idempotency.Call

    @classmethod
    def as_view(cls, **options: Any) -> Callable[..., HttpResponseBase]:  # type: ignore[override]
        """The view. An address without its last slash is not redirected, since a POST would lose its body."""
        view = super().as_view(**options)
        view.should_append_slash = False  # type: ignore[attr-defined]
        return view

    def check_permissions(self, request: Request) -> None:
        """Let in a token of this trial whose role carries the permission of the method."""
        if request.auth is None:
            self.permission_denied(request)
        if self.kwargs["trial"] != self.by.trial_id:
            raise NotFound(_("There is no such trial within this token's reach."))
        wanted = self._permission(request.method or "")
        if wanted is not None and not may(self.by.role, wanted):
            raise NotPermitted(
                _("The role “%(role)s” may not do this. Ask the trial manager for the right delegation.")
                % {"role": self.by.get_role_display()}
            )

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Then read the address: what stands there and is not documented is refused."""
        super().initial(request, *args, **kwargs)
        if any(not str(value).isprintable() for value in kwargs.values()):
            raise NotFound(_("There is nothing at this address."))
        if request.method in self.allowed_methods:
            self.query = self._query_shape().read(request.query_params)

    @property
    def at(self) -> datetime:
        """The moment of the request, in UTC."""
        return self.request.at

    @property
    def by(self) -> Delegation:
        """The delegation in which the caller acts."""
        return self.request.auth.delegation

    @cached_property
    def participant(self) -> CurrentParticipant:
        """The participant of the address, if within reach. Raises NotFound, also for another site's."""
        return find_participant(self.by, self.kwargs["number"])

    def page(self, rows: Any, *, key: str) -> Response:
        """One page of a list, in the order of `key`."""
        return Response(page_of(self.request, rows, key=key, query=self.query, shape=self.shape))

    def shown(self, value: object) -> Response:
        """One thing in the endpoint's shape."""
        return Response(self.shape(value).data)

    def _permission(self, method: str) -> Permission | None:
        return self.reads

    def _query_shape(self) -> type[Query]:
        return self.query_shape


class Acting(Endpoint):
    """An address that is acted upon: POST, once for each `Idempotency-Key`.

    `act` gets the body's values and returns what `answer_shape` shows. It runs in one transaction
    with the writing down of its answer; a refusal leaves nothing behind.
    """

    writes: ClassVar[Permission]
    body_shape: ClassVar[type[Body]] = Body
    answer_shape: ClassVar[type[Serializer]]
    refusals: ClassVar[tuple[type[Refusal], ...]] = ()

    def act(self, *args: Any, **values: Any) -> object:
        """Call the one service of this endpoint."""
        raise NotImplementedError

    def post(self, request: Request, **where: Any) -> HttpResponse:
        """Act, or give the answer that was given before."""
        key = idempotency.required_key(request)
        data: Any = request.data
        if idempotency.answer_id(self.request) and (kept := idempotency.kept_answer(self.by, key)):
            return self.again(kept, data)
        values = self.read_body(data)
        try:
            return self._first_time(data, values)
        except (Refusal, IntegrityError):
            # The same request may have been answered while this one waited for its turn.
            if kept := idempotency.kept_answer(self.by, key):
                return self.again(kept, data)
            raise

    def read_body(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The body's values. Raises UnknownField or ValidationError; NotFound if nobody is within reach."""
        body = self.body_shape(data=data)
        try:
            body.is_valid(raise_exception=True)
        except (UnknownField, ValidationError):
            if "number" in self.kwargs:
                find_participant(self.by, self.kwargs["number"])
            raise
        return dict(body.validated_data)

    def again(self, kept: KeptAnswer, data: Mapping[str, Any]) -> HttpResponse:
        """The answer that was given under this key. Raises KeyReused."""
        idempotency.refuse_other(kept, self.request, data)
        return idempotency.as_answer(kept.status, kept.body)

    @cached_property
    def participant(self) -> CurrentParticipant:
        """The participant of the address, locked until the act's transaction ends. Raises NotFound."""
        return find_participant(self.by, self.kwargs["number"], lock=self.request.method == "POST")

    def _first_time(self, data: Mapping[str, Any], values: dict[str, Any]) -> HttpResponse:
        with transaction.atomic(durable=True):
            text = idempotency.as_text(self.answer_shape(self.act(**values)).data)
            idempotency.keep(self.request, data, by=self.by, status=201, body=text, at=self.at)
        return idempotency.as_answer(201, text)

    def _permission(self, method: str) -> Permission | None:
        return self.writes if method == "POST" else self.reads

    def _query_shape(self) -> type[Query]:
        return Query if self.request.method == "POST" else self.query_shape


class Announced(Acting):
    """An act that commits an audit entry before it opens anything, and so brings its own transaction.

    Its answer is known beforehand and holds nothing that is sealed; the act settles the writing
    down of it inside its transaction (`trial.rest.in_same_transaction`).
    """

    def answer(self, *args: Any, **values: Any) -> object:
        """What will be answered if the act goes well."""
        raise NotImplementedError

    @cached_property
    def participant(self) -> CurrentParticipant:
        """The participant of the address, if within reach. Raises NotFound."""
        return find_participant(self.by, self.kwargs["number"])

    def _first_time(self, data: Mapping[str, Any], values: dict[str, Any]) -> HttpResponse:
        text = idempotency.as_text(self.answer_shape(self.answer(**values)).data)
        keep = partial(idempotency.keep, self.request, data, by=self.by, status=201, body=text, at=self.at)
        with in_same_transaction(keep):
            self.act(**values)
        return idempotency.as_answer(201, text)
