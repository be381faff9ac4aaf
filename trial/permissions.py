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
    CONFIRM_ELIGIBILITY = "confirm_eligibility"
    WITHDRAW = "withdraw"
    MANAGE_CONTACT = "manage_contact"
    ERASE = "erase"
    CORRECT = "correct"
    WATCH_SUPPLY = "watch_supply"
    VIEW_AUDIT = "view_audit"
    VIEW_SENSITIVE = "view_sensitive"
    EXPORT = "export"
    VIEW_OUTBOX = "view_outbox"
    VIEW_TODAY = "view_today"
    DELEGATE = "delegate"
    VIEW_PEOPLE = "view_people"
    REVIEW_ACCESS = "review_access"
    CONFIRM_DUTIES = "confirm_duties"
    LOCK_DATA = "lock_data"
    BREAK_CODE = "break_code"
    PREPARE = "prepare"
    VIEW_ALLOCATION = "view_allocation"
    MANAGE_STOCK = "manage_stock"
    MANAGE_LISTS = "manage_lists"
    VIEW_SEALED_AUDIT = "view_sealed_audit"
    VIEW_SEALED_SIGNATURES = "view_sealed_signatures"


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
        Permission.VIEW_TODAY,
    }
)

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.STUDY_NURSE: _CARE | {Permission.VIEW_SENSITIVE},
    Role.INVESTIGATOR: _CARE
    | {
        Permission.ERASE,
        Permission.HOLD,
        Permission.VIEW_SENSITIVE,
        Permission.CORRECT,
        Permission.CONFIRM_ELIGIBILITY,
        Permission.REVIEW_DEVIATIONS,
        Permission.AMEND,
        Permission.BREAK_CODE,
    },
    Role.SITE_SYSTEM: _CARE | {Permission.HOLD},
    Role.MONITOR: frozenset(
        {
            Permission.VIEW_PARTICIPANTS,
            Permission.VIEW_AUDIT,
            Permission.VIEW_PEOPLE,
            Permission.VIEW_SENSITIVE,
            Permission.EXPORT,
        }
    ),
    Role.TRIAL_MANAGER: frozenset(
        {
            Permission.VIEW_PARTICIPANTS,
            Permission.VIEW_AUDIT,
            Permission.VIEW_OUTBOX,
            Permission.VIEW_TODAY,
            Permission.EXPORT,
            Permission.CLOSE_DAYS,
            Permission.REVIEW_DEVIATIONS,
            Permission.AMEND,
            Permission.LOCK_DATA,
            Permission.WATCH_SUPPLY,
            Permission.VIEW_PEOPLE,
            Permission.REVIEW_ACCESS,
        }
    ),
    Role.ADMINISTRATOR: frozenset({Permission.DELEGATE, Permission.VIEW_PEOPLE, Permission.REVIEW_ACCESS}),
    Role.PHARMACIST: frozenset(
        {
            Permission.PREPARE,
            Permission.VIEW_ALLOCATION,
            Permission.MANAGE_STOCK,
            Permission.VIEW_SEALED_SIGNATURES,
        }
    ),
    Role.UNBLINDED_STATISTICIAN: frozenset(
        {
            Permission.MANAGE_LISTS,
            Permission.CONFIRM_DUTIES,
            Permission.VIEW_SEALED_AUDIT,
            Permission.VIEW_SEALED_SIGNATURES,
        }
    ),
}

DOORS: dict[str, frozenset[Role]] = {
    "clinic": frozenset(Role) - UNBLINDED_ROLES,
    "pharmacy": UNBLINDED_ROLES | {Role.INVESTIGATOR},
}
"""Which roles each door lets in. The investigator comes to the pharmacy door for a code break only."""


def may(role: str, permission: Permission) -> bool:
    """Whether that role carries that permission."""
    return permission in GRANTS[Role(role)]
