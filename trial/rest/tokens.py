"""Bearer tokens: who calls, in which role, found in one query."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied

from trial.models import ApiToken, Delegation, User
from trial.people.duties.refused import enter_refused_token
from trial.permissions import DOORS
from trial.rest.handler import DutyEnded
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
        digest = _digest(token)
        row = self._tokens().filter(digest=digest).first()
        if row is None:
            raise self._ended(digest)
        if not row.user.is_active or not row.is_good(self.request.at):
            raise AuthenticationFailed
        if row.door != settings.VELUM_DOOR or row.delegation.role not in DOORS[settings.VELUM_DOOR]:
            raise PermissionDenied
        return row.user, row

    def _ended(self, digest: str) -> AuthenticationFailed:
        """The refusal of a token that lets nobody in; where a duty has ended, with an entry in the trail."""
        related = ("user", "delegation__user", "delegation__trial", "delegation__site")
        if row := ApiToken.objects.filter(digest=digest).select_related(*related).first():
            enter_refused_token(self.request._request, row)
            return DutyEnded(_("The duty that this token acted for has ended. Ask for a new token."))
        return AuthenticationFailed()

    def _tokens(self) -> QuerySet[ApiToken]:
        kept = answers().filter(delegation=OuterRef("delegation"), key=key_in(self.request))
        running = Delegation.objects.running()
        held = ApiToken.objects.filter(delegation__in=running)
        return held.annotate(answer_id=Subquery(kept.values("pk")[:1]))

    def _cleanup_token(self, auth_token: Any) -> bool:
        """Nothing is removed: a token that has ended is evidence of who could act."""
        return False


def _digest(token: bytes) -> str:
    try:
        return hash_token(token.decode("ascii"))
    except UnicodeDecodeError as fault:
        raise AuthenticationFailed(_("The token is malformed.")) from fault
