"""Reasons of assumptions in English alone, where people at a site work in French.

That is told and stops nothing: nobody acts on a reason, and an amendment that mends a dose must not wait for
a translation. The page shows such a reason in English, marked as English.
"""

from __future__ import annotations

from trial.core.protocol import Protocol
from trial.core.sentences import LIST, Sentence, joined

IN_FRENCH = {
    *("BE", "CA", "CH", "FR", "LU", "MC"),
    *("BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "WF", "YT"),
}
"""Countries where a site may work in French, as ISO 3166 names them."""


def untranslated(protocol: Protocol) -> Sentence | None:
    """The sentence that names what lacks French words; None where nothing does, or nobody reads French."""
    if not IN_FRENCH & {site.holidays.country for site in protocol.sites}:
        return None
    fields = [row.field for row in protocol.assumptions if not row.reason_fr]
    if not fields:
        return None
    return Sentence(
        "The French page shows the reasons of these assumptions in English: %(fields)s. Write reason.en and "
        "reason.fr.",
        fields=joined(fields, LIST),
    )
