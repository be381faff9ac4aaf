"""Query parameters and paging: what is not documented is an error, never ignored."""

from __future__ import annotations

import binascii
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from trial.refusals import Refusal
from trial.rest.fields import Line

_POSITION = re.compile(r"[A-Za-z0-9-]{1,40}")


class UnknownParameter(Refusal):
    """The address carries a parameter that is not documented for it."""

    code = "unknown_parameter"
    status = 400


class InvalidParameter(Refusal):
    """A parameter of the address stands twice or cannot be read."""

    code = "invalid_parameter"
    status = 400


class Query(serializers.Serializer):
    """The parameters of an address. The base takes none."""

    @classmethod
    def read(cls, parameters: QueryDict) -> dict[str, Any]:
        """The values by name. Raises UnknownParameter or InvalidParameter."""
        query = cls(data={name: parameters[name] for name in parameters})
        _refuse_unknown(parameters, list(query.fields))
        if twice := [name for name, values in parameters.lists() if len(values) > 1]:
            raise InvalidParameter(_("Give %(name)s once.") % {"name": twice[0]})
        if not query.is_valid():
            errors = {name: " ".join(map(str, faults)) for name, faults in query.errors.items()}
            raise InvalidParameter(_("A parameter of the address cannot be read."), errors)
        return dict(query.validated_data)


def _refuse_unknown(parameters: QueryDict, known: list[str]) -> None:
    unknown = [name for name in parameters if name not in known]
    if unknown:
        raise UnknownParameter(
            _("There is no parameter %(name)s here. Known are: %(known)s.")
            % {"name": ascii(unknown[0][:40]), "known": ", ".join(known) or "-"}
        )


@extend_schema_field(OpenApiTypes.STR)
class Cursor(Line):
    """Where a page begins: opaque to the caller, the last key of the page before to us."""

    default_error_messages = {"cursor": gettext_lazy("Take the cursor from the answer before, unchanged.")}

    def to_internal_value(self, data: Any) -> str:
        """The key. Refuses what we did not hand out."""
        text = super().to_internal_value(data)
        try:
            position = urlsafe_b64decode(text.encode("ascii")).decode("ascii")
        except (binascii.Error, ValueError):
            self.fail("cursor")
        if not _POSITION.fullmatch(position):
            self.fail("cursor")
        return position


class Whole(serializers.IntegerField):
    """A whole number in ASCII digits; in a body also as a JSON number, of which 5.0 is one."""

    default_error_messages = {"invalid": gettext_lazy("Send a whole number in the digits 0 to 9.")}

    def to_internal_value(self, data: Any) -> int:
        """The number."""
        if isinstance(data, Decimal) and data == data.to_integral_value():
            data = int(data)
        if not re.fullmatch(r"[0-9]{1,18}", str(data)):
            self.fail("invalid")
        number: int = super().to_internal_value(data)
        return number


class PageQuery(Query):
    """The parameters that choose a page of a list."""

    page_size = Whole(min_value=1, max_value=200, default=50, help_text="Rows of a page, at most 200.")
    cursor = Cursor(required=False, max_length=60, help_text="Begin where the page before ended.")


def page_of(
    request: Request, rows: QuerySet[Any], *, key: str, query: dict[str, Any], shape: Any
) -> dict[str, Any]:
    """One page of `rows` in the order of `key`, which is unique; `next` is where the list goes on."""
    size = query["page_size"]
    if "cursor" in query:
        rows = rows.filter(**{f"{key}__gt": query["cursor"]})
    found = list(rows.order_by(key)[: size + 1])
    more = len(found) > size
    return {
        "results": shape(found[:size], many=True).data,
        "next": _address(request, getattr(found[size - 1], key)) if more else None,
    }


def _address(request: Request, position: object) -> str:
    cursor = urlsafe_b64encode(str(position).encode("ascii")).decode("ascii")
    parameters = {name: value for name, value in request.query_params.items() if name != "after"}
    return f"{request.path}?{urlencode(parameters | {'cursor': cursor})}"
