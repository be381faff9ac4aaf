"""Attempts of clinic code to get at what is sealed. Each must fail; the wall that stops it is named."""

from __future__ import annotations

from pathlib import Path

from tests.blinding.breaches import Secret, breach


def refused_to_read(table: str) -> str:
    """What SQLite and PostgreSQL say to whoever may not read that table."""
    return rf"access to {table}\.\w+ is prohibited|permission denied for table {table}"


@breach("import what opens seals", wall="process", says=r"randomization\.sealed belongs to the pharmacy door")
def import_sealed(secret: Secret) -> None:
    import randomization.sealed.opening.revealing  # noqa: F401


@breach("import the pharmacy's models", wall="process", says=r"dosing\.pharmacy belongs to the pharmacy door")
def import_pharmacy(secret: Secret) -> None:
    import dosing.pharmacy.models  # noqa: F401


@breach(
    "look up the sealed model by name",
    wall="process",
    says=r"LookupError: No installed app with label 'sealed'",
)
def model_by_name(secret: Secret) -> None:
    from django.apps import apps

    apps.get_model("sealed", "Seal")


@breach(
    "reverse an address of the pharmacy",
    wall="process",
    says=r"NoReverseMatch: Reverse for 'preparations' not found",
)
def pharmacy_address(secret: Secret) -> None:
    from django.urls import reverse

    reverse("preparations")


@breach(
    "read the pharmacy's private key where production has it",
    wall="process",
    says=r"FileNotFoundError: \[Errno 2\] No such file or directory: '\S+/run/keys/pharmacy\.key'",
)
def read_key(secret: Secret) -> None:
    """Both containers have their keys below one path; only the pharmacy's is given the private one."""
    from django.conf import settings

    Path(settings.VELUM_KEYS, "pharmacy.key").read_bytes()


@breach(
    "walk from an envelope to its seal", wall="shape", says=r"FieldError: Cannot resolve keyword 'seal' into"
)
def walk_to_seal(secret: Secret) -> None:
    from randomization.models import Envelope

    Envelope.objects.filter(seal__recipient="pharmacy").exists()


@breach(
    "walk from a participant to the code break",
    wall="shape",
    says=r"FieldError: Cannot resolve keyword 'codebreak' into",
)
def walk_to_code_break(secret: Secret) -> None:
    from trial.models import Participant

    Participant.objects.values("codebreak__reason").first()


@breach(
    "count the seals with a statement of one's own",
    wall="database",
    says=refused_to_read("sealed_seal"),
)
def read_seals(secret: Secret) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), max(length(box)) FROM sealed_seal")


@breach(
    "read the pharmacy's stock with a statement of one's own",
    wall="database",
    says=refused_to_read("pharmacy_stockentry"),
)
def read_stock(secret: Secret) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM pharmacy_stockentry ORDER BY at")


@breach(
    "read second factors with a statement of one's own",
    wall="database",
    says=refused_to_read("mfa_authenticator"),
)
def read_second_factors(secret: Secret) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM mfa_authenticator")


@breach(
    "take away the trigger that keeps the trail",
    wall="database",
    says=r"DatabaseError: not authorized|must be owner of (?:table|relation) trial_auditentry",
)
def drop_trigger(secret: Secret) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        on = " ON trial_auditentry" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER trial_auditentry_no_update{on}")
