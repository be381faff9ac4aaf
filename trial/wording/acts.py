"""What an entry of the trail says was done, in words: every action has its own.

The trail keeps actions as codes, since they are hashed; pages say these words. A new action gets a line here.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

WORDS: dict[str, str] = {
    # Screening and consent
    "participant.screened": gettext_noop("Screening begun"),
    "participant.consented": gettext_noop("Consent recorded"),
    "participant.consent_corrected": gettext_noop("Consent corrected"),
    "participant.checklist_kept": gettext_noop("Checklist kept half done"),
    "participant.eligibility_checked": gettext_noop("Eligibility checked"),
    "participant.eligibility_confirmed": gettext_noop("Eligibility confirmed by the investigator"),
    "participant.found": gettext_noop("Found again after being lost"),
    "participant.withdrawn": gettext_noop("Withdrawal, death or loss recorded"),
    "participant.end_corrected": gettext_noop("Withdrawal, death or loss corrected"),
    "screening.mistake": gettext_noop("Marked as screened by mistake"),
    "screening.mistake_taken_back": gettext_noop("Mark taken back: rightly screened"),
    "contact.recorded": gettext_noop("Contact details recorded"),
    "contact.erased": gettext_noop("Address erased"),
    "clock.mended": gettext_noop("Clock set right"),
    # Randomisation
    "envelope.drawn": gettext_noop("Envelope drawn"),
    "randomization.flagged_in_error": gettext_noop("Marked as randomised in error"),
    "randomization.stratum_corrected": gettext_noop("Stratum corrected"),
    # Calendar, injections, visits
    "calendar.booked": gettext_noop("Calendar booked"),
    "calendar.amended": gettext_noop("Calendar planned again by a new protocol version"),
    "calendar.kept": gettext_noop("Calendar kept as it was"),
    "calendar.followed": gettext_noop("Calendar counted from the actual course"),
    "course.moved": gettext_noop("Course moved"),
    "injection.recorded": gettext_noop("Injection recorded"),
    "injection.corrected": gettext_noop("Injection corrected"),
    "visit.recorded": gettext_noop("Visit recorded"),
    "visit.corrected": gettext_noop("Visit corrected"),
    "hour.set": gettext_noop("Hour of an appointment set or taken back"),
    "unscheduled.recorded": gettext_noop("Unscheduled visit recorded"),
    "unscheduled.corrected": gettext_noop("Unscheduled visit corrected"),
    "unscheduled.taken_back": gettext_noop("Unscheduled visit taken back"),
    "treatment.held": gettext_noop("Treatment put on hold"),
    "treatment.released": gettext_noop("Hold ended"),
    "deviation.drafted": gettext_noop("Deviation drafted"),
    "deviation.reviewed": gettext_noop("Deviation reviewed"),
    "day.closed": gettext_noop("Day closed"),
    "day.opened": gettext_noop("Closed day opened again"),
    "reminder.sent": gettext_noop("Reminder sent"),
    "reminder.failed": gettext_noop("Reminder could not be sent"),
    "reminder.overdue": gettext_noop("Reminder not sent: its day had passed"),
    "reminder.skipped": gettext_noop("Reminder not sent: no address"),
    "reminders.moved": gettext_noop("Reminders moved: a clock change was decided"),
    "feed.made": gettext_noop("Calendar address made"),
    "feed.revoked": gettext_noop("Calendar address revoked"),
    # The trial and its people
    "trial.installed": gettext_noop("Trial installed"),
    "trial.opened": gettext_noop("All envelopes opened at the end"),
    "protocol.amended": gettext_noop("Protocol amended"),
    "data.exported": gettext_noop("Data exported"),
    "data.locked": gettext_noop("Data locked"),
    "opening.signed": gettext_noop("Opening of all envelopes signed"),
    "site.opened": gettext_noop("Site opened"),
    "site.closed": gettext_noop("Site closed"),
    "delegation.granted": gettext_noop("Duty given"),
    "delegation.ended": gettext_noop("Duty ended"),
    "delegation.confirmed": gettext_noop("Duty confirmed at the pharmacy door"),
    "delegation.end_confirmed": gettext_noop("End of a duty confirmed at the pharmacy door"),
    "person.invited": gettext_noop("Person invited"),
    "invitation.accepted": gettext_noop("Invitation accepted"),
    "invitation.cancelled": gettext_noop("Invitation taken back"),
    "invitation.refused": gettext_noop("Invitation refused"),
    "act.countersigned": gettext_noop("Act of a system countersigned"),
    "access.reviewed": gettext_noop("Access reviewed and signed"),
    "enrolment_code.asked": gettext_noop("Enrolment code asked for"),
    "token.created": gettext_noop("Token made"),
    "token.revoked": gettext_noop("Token revoked"),
    "token.refused": gettext_noop("Token refused: it has ended"),
    "addresses.revoked": gettext_noop("Calendar addresses revoked"),
    "account.shut": gettext_noop("Account shut"),
    "sessions.ended": gettext_noop("All sessions ended"),
    "form.refused": gettext_noop("Form refused: the duty had ended"),
    "second_factor.enrolled": gettext_noop("Second factor set up"),
    "second_factor.removed": gettext_noop("Second factor removed"),
    # Lists and code breaks, without what they hold
    "list.checked": gettext_noop("List checked"),
    "list.sealed": gettext_noop("List sealed"),
    "list.activated": gettext_noop("List put into use"),
    "list.exhausted": gettext_noop("List used up"),
    "list.closed": gettext_noop("List closed"),
    "list.set_aside": gettext_noop("List set aside"),
    "code.broken": gettext_noop("Code broken"),
    # Who came to the door, and who tried to
    "log_in.done": gettext_noop("Logged in"),
    "log_in.failed": gettext_noop("Log-in failed"),
    "log_in.too_soon": gettext_noop("Log-in not looked at: too many attempts"),
    "log_out.done": gettext_noop("Logged out"),
    "confirm.failed": gettext_noop("Wrong password when it was asked for again"),
    "confirm.too_soon": gettext_noop("Password asked for again not looked at: too many attempts"),
    "second_factor.failed": gettext_noop("Wrong code of the second factor"),
    "second_factor.too_soon": gettext_noop("Code of the second factor not looked at: too many attempts"),
    "enrolment_code.failed": gettext_noop("Wrong enrolment code"),
    "enrolment_code.too_soon": gettext_noop("Enrolment code not looked at: too many attempts"),
    "link.failed": gettext_noop("A one-time link that opens nothing was tried"),
    "feed.failed": gettext_noop("A calendar address that opens nothing was tried"),
    "invitation.failed": gettext_noop("An invitation that opens nothing was tried"),
    "token.failed": gettext_noop("A token that is not good was tried"),
    "sign_on.linked": gettext_noop("Account linked to the hospital's log-in"),
    "sign_on.unlinked": gettext_noop("Link to the hospital's log-in ended"),
    "sign_on.unreadable": gettext_noop("Hospital's log-in: answer that cannot be read"),
    "sign_on.wrong_issuer": gettext_noop("Hospital's log-in: answer of another provider"),
    "sign_on.wrong_audience": gettext_noop("Hospital's log-in: answer for another service"),
    "sign_on.wrong_nonce": gettext_noop("Hospital's log-in: answer to another question"),
    "sign_on.wrong_signature": gettext_noop("Hospital's log-in: answer that it did not sign"),
    "sign_on.wrong_moment": gettext_noop("Hospital's log-in: answer too old or from the future"),
    "sign_on.wrong_subject": gettext_noop("Hospital's log-in: two answers about two people"),
    "sign_on.wrong_state": gettext_noop("Hospital's log-in: answer that this browser did not ask for"),
    "sign_on.refused_there": gettext_noop("Hospital's log-in: refused by the hospital"),
    "sign_on.no_mail": gettext_noop("Hospital's log-in: no confirmed mail address"),
    "sign_on.other_mail": gettext_noop("Hospital's log-in: another mail address"),
    "sign_on.not_linked": gettext_noop("Hospital's log-in: no account is linked"),
    "sign_on.account_shut": gettext_noop("Hospital's log-in: the account is shut"),
    "sign_on.no_second_factor": gettext_noop("Hospital's log-in: the account has no second factor"),
    "password.changed": gettext_noop("Password changed"),
    "password.link_made": gettext_noop("Link for a new password made"),
    "password.link_refused": gettext_noop("Link for a new password refused"),
    "recovery_codes.made": gettext_noop("Recovery codes made"),
    "file.taken": gettext_noop("File taken along"),
    "print.taken": gettext_noop("Page to print opened"),
    "act.refused": gettext_noop("Act refused"),
}
"""What was done, by the code that the trail keeps: what both trails may have."""

SEALED_WORDS: dict[str, str] = {
    # Lists and envelopes, behind the pharmacy door
    "list.made": gettext_noop("List made"),
    "list.imported": gettext_noop("List brought"),
    "list.order_kept": gettext_noop("Order of a list kept with a reason"),
    "list.report_read": gettext_noop("Report on a list read"),
    "keys.changed": gettext_noop("Keys changed"),
    "recovery_key.proved": gettext_noop("Recovery key tried and found good"),
    "job.asked": gettext_noop("Long work asked for"),
    "envelope.opened": gettext_noop("Envelope opened"),
    "envelopes.opened": gettext_noop("Envelopes opened for preparation"),
    "code_break.link_made": gettext_noop("One-time link made"),
    "code_break.link_cancelled": gettext_noop("One-time link cancelled"),
    "code_break.link_mailed": gettext_noop("One-time link mailed"),
    "doctor_address.entered": gettext_noop("Doctor's address entered"),
    "doctor_address.ended": gettext_noop("Doctor's address ended"),
    "code_break.link_refused": gettext_noop("One-time link refused"),
    "code_break.link_used": gettext_noop("One-time link used"),
    "code_break.reconciled": gettext_noop("Code break elsewhere entered"),
    "code_break.wrong_password": gettext_noop("Wrong password at a code break"),
    "code_break_pack.printed": gettext_noop("Code break sheets printed"),
    "stock.received": gettext_noop("Stock received"),
    "stock.opened": gettext_noop("Stock opened"),
    "stock.destroyed": gettext_noop("Stock destroyed"),
    "stock.quarantined": gettext_noop("Stock put in quarantine"),
    "stock.freed": gettext_noop("Stock freed from quarantine"),
    "syringe.opened": gettext_noop("Syringe's page opened"),
    "syringe.prepared": gettext_noop("Syringe prepared"),
    "syringe.checked": gettext_noop("Syringe checked"),
    "syringe.released": gettext_noop("Syringe released"),
    "readiness.published": gettext_noop("Syringes shown as ready"),
    "syringe.discarded": gettext_noop("Syringe discarded"),
    "enrolment_code.made": gettext_noop("Enrolment code made"),
    "enrolment_code.refused": gettext_noop("Enrolment code refused"),
}
"""What only the sealed trail has."""


def act_in_words(action: str) -> str:
    """What was done. A code without words shows itself: an entry is never left out for want of a word."""
    words = WORDS.get(action) or SEALED_WORDS.get(action)
    return _(words) if words else action


def acts_to_choose(*, sealed: bool) -> list[tuple[str, str]]:
    """Every action of a trail and its words, in their order. Whether it was ever done is not said."""
    actions = WORDS | SEALED_WORDS if sealed else WORDS
    return sorted(
        ((action, _(words)) for action, words in actions.items()), key=lambda pair: pair[1].casefold()
    )
