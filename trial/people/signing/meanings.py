"""What a signature means (21 CFR 11.50(a)(3)). Kept in English; pages say it in their language."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from trial.models.signatures import SignedAct

MEANINGS: dict[SignedAct, str] = {
    SignedAct.DRAW: gettext_noop(
        "I checked consent and eligibility of this participant and draw the envelope."
    ),
    SignedAct.PAPER_DRAW: gettext_noop("I enter the draw that was made on paper."),
    SignedAct.TRUE_STRATUM: gettext_noop("I state to which stratum the participant really belongs."),
    SignedAct.DRAWN_IN_ERROR: gettext_noop("I state that this participant was randomised in error."),
    SignedAct.ELIGIBILITY: gettext_noop(
        "As investigator I confirm that this participant meets the criteria of the protocol."
    ),
    SignedAct.WITHDRAWAL: gettext_noop("I state that this is how treatment or trial ended."),
    SignedAct.WITHDRAWAL_CORRECTED: gettext_noop("I correct how treatment or trial ended."),
    SignedAct.DEVIATION_CLOSED: gettext_noop("I reviewed this deviation and close it."),
    SignedAct.DATA_LOCK: gettext_noop("I lock the data of this trial."),
    SignedAct.ACCESS_REVIEW: gettext_noop("I reviewed who has access to this trial."),
    SignedAct.LIST_MADE: gettext_noop("I made this list."),
    SignedAct.LIST_BROUGHT: gettext_noop("I bring this list, as it stands in its file."),
    SignedAct.ORDER_KEPT: gettext_noop(
        "I know how rare an order like this is, and take this list for the reason that I give."
    ),
    SignedAct.LIST_CHECKED: gettext_noop("I read the acceptance report of this list and accept it."),
    SignedAct.LIST_SEALED: gettext_noop("I seal this list: nothing in it changes any more."),
    SignedAct.LIST_ACTIVATED: gettext_noop("I put this list into use."),
    SignedAct.LIST_SET_ASIDE: gettext_noop("I set this list aside."),
    SignedAct.RELEASE: gettext_noop("I release this preparation to the ward."),
    SignedAct.CODE_BREAK: gettext_noop("I break the code of this participant in an emergency."),
    SignedAct.CODE_BREAK_ELSEWHERE: gettext_noop(
        "I enter that the code of this participant was broken elsewhere, by whom, when and why."
    ),
    SignedAct.LINK_MADE: gettext_noop(
        "I ask that the treating doctor sees by a link what this participant receives."
    ),
    SignedAct.DUTY_CONFIRMED: gettext_noop("I made sure that this person shall have this duty."),
    SignedAct.END_CONFIRMED: gettext_noop("I made sure that this duty has ended."),
    SignedAct.UNBLINDED_EXPORT: gettext_noop("I take all data of this trial along, unblinded."),
    SignedAct.OPENING: gettext_noop("I agree that all envelopes of this trial are opened."),
}
"""By act; a countersignature has the meaning of the act, and says under whose act it stands."""
