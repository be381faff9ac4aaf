"""Bearer tokens: who calls, in which role, found in one query."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied

from trial.models import ApiToken, User
from trial.permissions import DOORS
from trial.rest.idempotency import Call, answers, key_in


class BearerToken(TokenAuthentication):
    """`Authorization: Bearer TOKEN`. `request.auth` is the token, `request.auth.delegation` the role.

    A token is looked up by its digest. Expired and revoked ones are refused and kept, since the
    trail names them. The same query finds the answer that was already given to the request's
    `Idempotency-Key`, as `request.auth.answer_id`.
    """

    def authenticate(self, request: Call) -> tuple[User, ApiToken] | None:
        """The caller, or None without a token. Raises AuthenticationFailed or PermissionDenied."""
        self.request = request
        found: tuple[User, ApiToken] | None = super().authenticate(request)
        return found

    def authenticate_credentials(self, token: bytes) -> tuple[User, ApiToken]:
        """The holder of a token that is good now and belongs to this door."""
        row = self._tokens().filter(digest=_digest(token)).first()
        if row is None or not row.user.is_active or not row.is_good(self.request.at):
            raise AuthenticationFailed
        if row.door != settings.VELUM_DOOR or row.delegation.role not in DOORS[settings.VELUM_DOOR]:
            raise PermissionDenied
        return row.user, row

    def _tokens(self) -> QuerySet[ApiToken]:
        kept = answers().filter(delegation=OuterRef("delegation"), key=key_in(self.request))
        return ApiToken.objects.annotate(answer_id=Subquery(kept.values("pk")[:1]))

    def _cleanup_token(self, auth_token: Any) -> bool:
        """Nothing is removed: a token that has ended is evidence of who could act."""
        return False


def _digest(token: bytes) -> str:
    try:
        return hash_token(token.decode("ascii"))
    except UnicodeDecodeError as fault:
        raise AuthenticationFailed(_("The token is malformed.")) from fault
