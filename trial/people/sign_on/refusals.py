"""Why somebody does not come in through the hospital's log-in: a sentence each, and an act of the trail."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext, gettext_noop

from trial.refusals import Refusal


class Why(StrEnum):
    """What does not fit; the trail calls it so, after `sign_on.`."""

    UNREADABLE = "unreadable"
    WRONG_ISSUER = "wrong_issuer"
    WRONG_AUDIENCE = "wrong_audience"
    WRONG_NONCE = "wrong_nonce"
    WRONG_SIGNATURE = "wrong_signature"
    WRONG_MOMENT = "wrong_moment"
    WRONG_SUBJECT = "wrong_subject"
    WRONG_STATE = "wrong_state"
    REFUSED_THERE = "refused_there"
    NO_MAIL = "no_mail"
    OTHER_MAIL = "other_mail"
    NOT_LINKED = "not_linked"
    ACCOUNT_SHUT = "account_shut"
    NO_SECOND_FACTOR = "no_second_factor"


SENTENCES = {
    Why.UNREADABLE: gettext_noop("The hospital's log-in sent an answer that cannot be read."),
    Why.WRONG_ISSUER: gettext_noop("The answer comes from another log-in than the one that this door asks."),
    Why.WRONG_AUDIENCE: gettext_noop(
        "The hospital's log-in answered for another service, not for this door."
    ),
    Why.WRONG_NONCE: gettext_noop("The answer of the hospital's log-in belongs to another question."),
    Why.WRONG_SIGNATURE: gettext_noop("The answer is not signed with a key of the hospital's log-in."),
    Why.WRONG_MOMENT: gettext_noop("The answer of the hospital's log-in is too old, or from the future."),
    Why.WRONG_SUBJECT: gettext_noop("The hospital's log-in gave two answers about two different people."),
    Why.WRONG_STATE: gettext_noop("This browser did not ask for that log-in, or asked too long ago."),
    Why.REFUSED_THERE: gettext_noop("The hospital's log-in did not let you in."),
    Why.NO_MAIL: gettext_noop("The hospital's log-in gave no mail address that it has confirmed."),
    Why.OTHER_MAIL: gettext_noop(
        "The mail address that the hospital's log-in gave is not the one of the account."
    ),
    Why.NOT_LINKED: gettext_noop("No account here is linked to your account at the hospital."),
    Why.ACCOUNT_SHUT: gettext_noop("The account that is linked to it is shut."),
    Why.NO_SECOND_FACTOR: gettext_noop("Your account has no authenticator app or passkey at this door."),
}
"""What is so."""

NEXT = {
    Why.NOT_LINKED: gettext_noop(
        "Log in with your Velum password once, and link the two under “Log-in through the hospital”."
    ),
    Why.NO_SECOND_FACTOR: gettext_noop("Log in with your Velum password, and set one up."),
    Why.OTHER_MAIL: gettext_noop(
        "Log in with your Velum password, and ask your trial manager which one is right."
    ),
    Why.WRONG_STATE: gettext_noop("Begin again on the log-in page."),
}
OTHERWISE = gettext_noop("Log in with your Velum password, and tell whoever runs Velum.")


class SignOnRefused(Refusal):
    """The provider's answer opens nothing. Nobody is logged in, and nothing is changed."""

    code = "sign_on_refused"
    status = 403

    def __init__(self, why: Why) -> None:
        self.why = why
        super().__init__(gettext(SENTENCES[why]) + " " + gettext(NEXT.get(why, OTHERWISE)))

    @property
    def action(self) -> str:
        """What the trail calls it."""
        return f"sign_on.{self.why}"


class NoAnswer(Refusal):
    """The provider does not answer, or not in time."""

    code = "sign_on_silent"
    status = 503

    def __init__(self) -> None:
        said = gettext("The hospital's log-in does not answer.")
        super().__init__(
            said + " " + gettext("Log in with your Velum password: it does not need the hospital.")
        )


class AnotherIsAsking(Refusal):
    """Somebody else's log-in is being asked about at this very moment."""

    code = "sign_on_busy"
    status = 503

    def __init__(self) -> None:
        super().__init__(gettext("Somebody else is logging in at this very second. Try again."))
