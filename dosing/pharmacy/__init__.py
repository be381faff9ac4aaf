"""The pharmacy: preparations, readiness, stock. Exists at the pharmacy door alone."""

from django.conf import settings


class BehindTheOtherDoor(ImportError):
    """Code of the pharmacy was imported by a process of the clinic door."""


if settings.VELUM_DOOR != "pharmacy":
    raise BehindTheOtherDoor(
        "dosing.pharmacy belongs to the pharmacy door. What the clinic may know of a preparation is "
        "dosing.models.Readiness, and nothing else; code that needs more runs with VELUM_DOOR=pharmacy."
    )
