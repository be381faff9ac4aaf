"""What every box has: whose key opens it, which key, and how long it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models

from randomization.core.sealed_record import RECORD_BYTES

BOX_OVERHEAD_BYTES = 32 + 16
"""What sealing adds to a plaintext (HPKE): the ephemeral public key before it, the tag after it."""


ENVELOPE_BOX_BYTES = RECORD_BYTES + BOX_OVERHEAD_BYTES


class Recipient(models.TextChoices):
    """Whose private key opens a box: the pharmacy service's, or the recovery key kept off line."""

    PHARMACY = "pharmacy", "pharmacy"
    RECOVERY = "recovery", "recovery"


class Box(models.Model):
    """A box for one recipient; `key_id` says for which of the recipient's keys."""

    recipient = models.CharField(max_length=8, choices=Recipient)
    key_id = models.CharField(max_length=16)
    box = models.BinaryField()

    class Meta:
        abstract = True


@dataclass(frozen=True)
class BoxKind:
    """Boxes of one model: `owner` is the field that names what a box belongs to, `related` what its place
    needs, and `place` the context that is bound into the box of a recipient."""

    model: type[Box]
    owner: str
    related: tuple[str, ...]
    place: Callable[[Any, str], tuple[str, ...]]
