"""Who may do what: the roles of a trial and the permissions that each carries.

This table is the only place where a role meets a permission. Roles are the words of the
delegation log (ICH E6(R3) 2.3.3 and 4.3.8: access by duty and by blinding).
"""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """A person's duty in one trial."""

    STUDY_NURSE = "study_nurse", _("study nurse")
    INVESTIGATOR = "investigator", _("investigator")
    PHARMACIST = "pharmacist", _("pharmacist")
    UNBLINDED_STATISTICIAN = "unblinded_statistician", _("unblinded statistician")
    MONITOR = "monitor", _("monitor")
    TRIAL_MANAGER = "trial_manager", _("trial manager")
    ADMINISTRATOR = "administrator", _("administrator")
    SITE_SYSTEM = "site_system", _("site system")


UNBLINDED_ROLES = frozenset({Role.PHARMACIST, Role.UNBLINDED_STATISTICIAN})
"""Whoever has held one of these in a trial never holds a blinded role there again."""


class Permission(TextChoices):
    """One thing that a person may do."""

    VIEW_PARTICIPANTS = "view_participants"
    SCREEN = "screen"
    RANDOMIZE = "randomize"
    BOOK = "book"
    CLOSE_DAYS = "close_days"
    RECORD = "record"
    HOLD = "hold"
    REVIEW_DEVIATIONS = "review_deviations"
    AMEND = "amend"
    WITHDRAW = "withdraw"
    MANAGE_CONTACT = "manage_contact"
    CORRECT = "correct"
    WATCH_SUPPLY = "watch_supply"
    VIEW_AUDIT = "view_audit"
    VIEW_OUTBOX = "view_outbox"
    DELEGATE = "delegate"
    LOCK_DATA = "lock_data"
    BREAK_CODE = "break_code"
    PREPARE = "prepare"
    VIEW_ALLOCATION = "view_allocation"
    MANAGE_STOCK = "manage_stock"
    MANAGE_LISTS = "manage_lists"
    VIEW_SEALED_AUDIT = "view_sealed_audit"


_CARE = frozenset(
    {
        Permission.VIEW_PARTICIPANTS,
        Permission.SCREEN,
        Permission.RANDOMIZE,
        Permission.BOOK,
        Permission.CLOSE_DAYS,
        Permission.RECORD,
        Permission.WITHDRAW,
        Permission.MANAGE_CONTACT,
        Permission.VIEW_OUTBOX,
    }
)

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.STUDY_NURSE: _CARE,
    Role.INVESTIGATOR: _CARE
    | {
        Permission.HOLD,
        Permission.CORRECT,
        Permission.REVIEW_DEVIATIONS,
        Permission.AMEND,
        Permission.BREAK_CODE,
    },
    Role.SITE_SYSTEM: _CARE | {Permission.HOLD},
    Role.MONITOR: frozenset({Permission.VIEW_PARTICIPANTS, Permission.VIEW_AUDIT}),
    Role.TRIAL_MANAGER: frozenset(
        {
            Permission.VIEW_PARTICIPANTS,
            Permission.VIEW_AUDIT,
            Permission.VIEW_OUTBOX,
            Permission.CLOSE_DAYS,
            Permission.REVIEW_DEVIATIONS,
            Permission.AMEND,
            Permission.LOCK_DATA,
            Permission.WATCH_SUPPLY,
        }
    ),
    Role.ADMINISTRATOR: frozenset({Permission.DELEGATE}),
    Role.PHARMACIST: frozenset({Permission.PREPARE, Permission.VIEW_ALLOCATION, Permission.MANAGE_STOCK}),
    Role.UNBLINDED_STATISTICIAN: frozenset({Permission.MANAGE_LISTS, Permission.VIEW_SEALED_AUDIT}),
}

DOORS: dict[str, frozenset[Role]] = {
    "clinic": frozenset(Role) - UNBLINDED_ROLES,
    "pharmacy": UNBLINDED_ROLES | {Role.INVESTIGATOR},
}
"""Which roles each door lets in. The investigator comes to the pharmacy door for a code break only."""


def may(role: str, permission: Permission) -> bool:
    """Whether that role carries that permission."""
    return permission in GRANTS[Role(role)]
