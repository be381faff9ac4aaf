"""Run as a program behind the pharmacy door: a randomised participant, and a doctor with recovery codes."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "trial.settings"
django.setup()

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes  # noqa: E402
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret  # noqa: E402
from django.utils import timezone  # noqa: E402

from randomization.core.design_file import Plan  # noqa: E402
from randomization.sealed.lists.acceptance import check_list  # noqa: E402
from randomization.sealed.lists.making import design_of, make_list  # noqa: E402
from randomization.sealed.lists.steps import activate_list, seal_list  # noqa: E402
from randomization.sealed.vault.envelope_contents import open_secret  # noqa: E402
from randomization.sealed.vault.keys import pharmacy_key  # noqa: E402
from randomization.services import draw_envelope  # noqa: E402
from tests.trial_fixture import new_trial  # noqa: E402
from trial.permissions import Role  # noqa: E402

PASSWORD = "seven-quiet-herons-42"


def plant() -> dict[str, Any]:
    """What a drill needs to know: whom to ask for, how to log in, and what the answer must be."""
    world, at = new_trial("test"), timezone.now() - timedelta(hours=1)
    one, two = (world.person(Role.UNBLINDED_STATISTICIAN, f"stat.{name}") for name in ("one", "two"))
    design = design_of(world.trial, Plan())
    made = make_list(trial=world.trial, environment="test", design=design, by=one, at=at)
    check_list(list_=made, by=one, at=at)
    seal_list(list_=made, by=one, at=at)
    activate_list(list_=made, by=two, at=at)
    participant = draw_envelope(participant=world.participant(), by=world.nurse, at=at).participant
    first = next(open_secret(made, pharmacy_key()).records(made))
    doctor = world.person(Role.INVESTIGATOR, "doctor").user
    doctor.set_password(PASSWORD)
    doctor.save()
    seed = generate_totp_secret()
    TOTP.activate(doctor, seed)
    return {
        "participant": participant.number,
        "codes": RecoveryCodes.activate(doctor).get_unused_codes(),
        "password": PASSWORD,
        "seed": seed,
        "label": world.trial.protocol_version.protocol.arm(first.arm).label.en,
    }


print(json.dumps(plant()))
