"""The sealed half: what envelopes hold, and the only ways to it. It exists at the pharmacy door alone."""

from django.conf import settings


class BehindTheOtherDoor(ImportError):
    """Code of the pharmacy door was imported by a process of the clinic door."""


if settings.VELUM_DOOR != "pharmacy":
    raise BehindTheOtherDoor(
        "randomization.sealed belongs to the pharmacy door. Code that needs an arm belongs there as well: "
        "in randomization/sealed or dosing/pharmacy, run with VELUM_DOOR=pharmacy."
    )
