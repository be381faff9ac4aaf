"""The lines of a verification, for pages in another language."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from randomization.sealed.sentence_forms import Sentences

FORMS = (
    # What was checked.
    gettext_noop("audit chain %(chain)s"),
    gettext_noop("list %(list)s"),
    gettext_noop("signers of the lists of %(trial)s"),
    gettext_noop("draws of %(trial)s"),
    gettext_noop("contents of list %(list)s"),
    gettext_noop("code breaks of %(trial)s"),
    gettext_noop("stock of %(site)s"),
    # Chains.
    gettext_noop("entry %(entry)s: %(reason)s"),
    gettext_noop("entry %(entry)s is missing; the next one is %(next)s"),
    gettext_noop("it does not follow the entry before it"),
    gettext_noop("it was changed after it was written"),
    gettext_noop("the chain's head speaks of %(said)s entries; %(found)s are there"),
    # Lists.
    gettext_noop("the commitments do not lead to the signed root: an envelope was changed, added or removed"),
    gettext_noop("its signature does not hold: the row was changed after it was signed"),
    gettext_noop("it was signed with a key that is not among this installation's list-signing keys"),
    gettext_noop("its strata add up to %(total)s envelopes, %(signed)s were signed"),
    gettext_noop("envelope %(envelope)s of stratum %(stratum)s is missing"),
    gettext_noop("envelope %(envelope)s of stratum %(stratum)s was added"),
    gettext_noop("the number %(number)s is there twice"),
    gettext_noop("envelope %(envelope)s of stratum %(stratum)s has no valid number"),
    gettext_noop("its steps are out of order: %(steps)s"),
    gettext_noop("the person who activated it took an earlier step as well"),
    gettext_noop("it is a %(kind)s list and serves a %(other)s trial"),
    gettext_noop("the audit trail does not show that it was %(step)s by %(person)s"),
    gettext_noop("another root stands in the audit entry of the step %(step)s"),
    gettext_noop("the audit entry of the step %(step)s makes it the reserve of another list, or of none"),
    gettext_noop("audit entry %(entry)s speaks of %(action)s, which the list does not show"),
    gettext_noop("it was not made, sealed and activated before its first draw"),
    gettext_noop("envelope %(envelope)s of stratum %(stratum)s was drawn although envelope %(free)s is free"),
    gettext_noop("it was drawn from in stratum %(stratum)s although %(main)s has free envelopes there"),
    # Signers.
    gettext_noop("%(path)s holds something that is not a public key in PEM"),
    gettext_noop("%(path)s is not made of list-signing keys in PEM"),
    gettext_noop(
        "no list-signing.pub in %(folder)s: "
        "each list's signature holds for the key that the list itself names"
    ),
    # Draws.
    gettext_noop("envelope %(envelope)s was drawn without an audit entry that says so"),
    gettext_noop("envelope %(envelope)s and audit entry %(entry)s contradict each other"),
    gettext_noop("envelope %(envelope)s was drawn before one that stands above it in the list"),
    gettext_noop("audit entry %(entry)s speaks of a draw for %(participant)s that no envelope shows"),
    # Contents.
    gettext_noop("%(list)s has more envelopes than its seed gives."),
    gettext_noop("Envelope %(number)s of %(list)s has no seal for the pharmacy."),
    gettext_noop("Envelope %(number)s of %(list)s is not what the seed gives."),
    gettext_noop("%(list)s has not the order of arms that its file brought."),
    gettext_noop("its seed is not sealed for the recovery key"),
    gettext_noop("%(sealed)s of %(all)s envelopes are sealed for the recovery key"),
    gettext_noop("envelope %(envelope)s is sealed for a strange recovery key"),
    # Code breaks.
    gettext_noop("the code break of %(participant)s by %(person)s at %(at)s"),
    gettext_noop("%(the_break)s is not in the sealed trail"),
    gettext_noop("%(the_break)s is not in the blinded trail"),
    gettext_noop("%(the_break)s is in the blinded trail and has no row"),
    gettext_noop("%(the_break)s is in the sealed trail and has no row"),
    gettext_noop(
        "the sealed trail shows %(person)s the arm of %(participant)s again, and no code was broken"
    ),
    # Stock.
    gettext_noop("%(count)s lots do not close: vials taken and syringes made differ"),
)
in_words = Sentences(FORMS).in_words
