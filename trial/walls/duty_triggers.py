"""What becomes of the rows that an administrator adds: ended duties, shut accounts, revoked tokens.

The rules are the database's own, so that a process with the clinic's role that writes what it likes gets
no further than they go: nothing of the pharmacy door is given here, and a site keeps somebody who may
break a code.
"""

from __future__ import annotations

from trial.permissions import DOORS, GRANTS, UNBLINDED_ROLES, Permission
from trial.walls.acting_triggers import ActingTrigger
from trial.walls.triggers import promise


def _listed(roles: frozenset[str] | set[str]) -> str:
    return ", ".join(f"'{role!s}'" for role in sorted(roles))


PHARMACY_ROLES = _listed({role.value for role in DOORS["pharmacy"]})
UNBLINDED = _listed({role.value for role in UNBLINDED_ROLES})
CODE_BREAKERS = _listed({role.value for role, granted in GRANTS.items() if Permission.BREAK_CODE in granted})

LEAVES_A_SITE_ALONE = f"""
role IN ({CODE_BREAKERS}) AND EXISTS (SELECT 1 FROM trial_site s WHERE s.trial_id = trial_delegation.trial_id
  AND (trial_delegation.site_id IS NULL OR trial_delegation.site_id = s.id)
  AND NOT EXISTS (SELECT 1 FROM trial_delegation o JOIN trial_user u ON u.id = o.user_id
    WHERE o.trial_id = s.trial_id AND o.id <> trial_delegation.id AND o.role IN ({CODE_BREAKERS})
    AND o.ended_at IS NULL AND u.is_active AND (o.site_id IS NULL OR o.site_id = s.id)
    AND (EXISTS (SELECT 1 FROM trial_factoratpharmacy f WHERE f.user_id = o.user_id)
      OR NOT EXISTS (SELECT 1 FROM trial_factoratpharmacy f WHERE f.user_id = trial_delegation.user_id))))
"""  # noqa: S608 - words of our own
"""Of a duty: without it, somewhere nobody could break a code in an emergency.

Whoever has no second factor of the pharmacy door could not, until somebody hands over an enrolment code: at
night that may be nobody. So they stand in for another of their kind, never for somebody who has one.
"""

ENDS = ActingTrigger(
    "trial_dutyend",
    "trial_dutyend_ends",
    [
        "UPDATE trial_delegation SET ended_at = NEW.at "  # noqa: S608 - words of our own
        "WHERE id = NEW.delegation_id AND ended_at IS NULL "
        f"AND NOT ({LEAVES_A_SITE_ALONE})"
    ],
    columns=("delegation_id", "at"),
    lock=(
        "1 FROM trial_trial WHERE key = "
        "(SELECT trial_id FROM trial_delegation WHERE id = NEW.delegation_id) FOR NO KEY UPDATE"
    ),
)
SHUTS = ActingTrigger(
    "trial_accountshut",
    "trial_accountshut_shuts",
    [
        "UPDATE trial_user SET is_active = FALSE "  # noqa: S608 - words of our own
        "WHERE id = NEW.user_id AND NOT EXISTS ("
        "SELECT 1 FROM trial_delegation d WHERE d.user_id = NEW.user_id AND d.ended_at IS NULL "
        f"AND d.role IN ({PHARMACY_ROLES}))"
    ],
    columns=("user_id", "at"),
    lock="1 FROM trial_user WHERE id = NEW.user_id FOR NO KEY UPDATE",
)
REVOKES = ActingTrigger(
    "trial_tokenrevoked",
    "trial_tokenrevoked_revokes",
    ["UPDATE trial_apitoken SET revoked_at = NEW.at WHERE digest = NEW.token_id AND revoked_at IS NULL"],
    columns=("token_id", "at"),
    lock="1 FROM trial_apitoken WHERE digest = NEW.token_id FOR NO KEY UPDATE",
)
ADMITS = ActingTrigger(
    "trial_invitationuse",
    "trial_invitationuse_admits",
    [
        "INSERT INTO trial_user (username, password, first_name, last_name, email, language, "  # noqa: S608
        "is_system, is_active, is_staff, is_superuser, date_joined) "
        "SELECT username, NEW.password, first_name, last_name, email, language, "
        "FALSE, TRUE, FALSE, FALSE, NEW.at FROM trial_invitation "
        f"WHERE id = NEW.invitation_id AND user_id IS NULL AND role NOT IN ({PHARMACY_ROLES})",
        "INSERT INTO trial_delegation "  # noqa: S608 - words of our own
        "(id, user_id, trial_id, site_id, role, granted_by_id, granted_at) "
        "SELECT NEW.duty, u.id, i.trial_id, i.site_id, i.role, i.by_id, NEW.at FROM trial_invitation i "
        "JOIN trial_user u ON u.id = i.user_id OR (i.user_id IS NULL AND u.username = i.username) "
        f"WHERE i.id = NEW.invitation_id AND i.role NOT IN ({PHARMACY_ROLES}) AND NOT EXISTS ("
        "SELECT 1 FROM trial_delegation d WHERE d.user_id = u.id AND d.trial_id = i.trial_id "
        f"AND d.role IN ({UNBLINDED}))",
    ],
    columns=("invitation_id", "at", "password", "duty"),
    lock="1 FROM trial_invitation WHERE id = NEW.invitation_id FOR UPDATE",
)
NAME_IS_FREE = promise(
    "trial_invitationuse",
    "trial_invitationuse_free_name",
    "INSERT",
    "EXISTS (SELECT 1 FROM trial_invitation i JOIN trial_user u ON u.username = i.username "
    "WHERE i.id = NEW.invitation_id AND i.user_id IS NULL)",
    "that log-in name is taken",
)
"""Also against INSERT OR REPLACE, which on SQLite would reach through a trigger and replace an account."""

ACTING = (NAME_IS_FREE, ENDS, SHUTS, REVOKES, ADMITS)
