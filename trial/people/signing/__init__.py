"""Electronic signatures: `Deed` says what is signed and by whose hand, `sign` writes it."""

from trial.people.signing.deeds import Deed, sign
from trial.people.signing.hands import Hand, hand_of_token

__all__ = ["Deed", "Hand", "hand_of_token", "sign"]
