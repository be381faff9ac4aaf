"""That a code was broken, as the blinded side may know it: of whom, when, by whom. No arm, no reason."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from randomization.models import CodeBreakNotice
from trial.models import CurrentParticipant, Participant, User
from trial.wording.words import moment_there

BY_LINK, ON_PAPER, OFFLINE = "link", "paper", "offline"
"""`CodeBreakNotice.means`, where it was not seen on the screen of `by`."""


def code_breaks_of(people: Iterable[Participant]) -> list[CodeBreakNotice]:
    """Every code break of these people, latest first."""
    rows = CodeBreakNotice.objects.filter(participant__in=[person.pk for person in people])
    return list(rows.select_related("participant__site", "by__user").order_by("-at", "-pk"))


def in_words(row: CodeBreakNotice) -> str:
    """`Code broken on Mon 7 Dec 2026, 08:31, site time (Europe/Paris), by Hugo Marty.`"""
    said = {"when": moment_there(row.at, row.participant.site), "who": row.by.user.shown_name}
    if row.means == BY_LINK:
        return _("Code broken on %(when)s by a one-time link that %(who)s asked for.") % said
    if row.means == ON_PAPER:
        return _("Code broken on %(when)s by a printed sheet; %(who)s entered it.") % said
    if row.means == OFFLINE:
        return _("Code broken on %(when)s from a backup; %(who)s entered it.") % said
    return _("Code broken on %(when)s by %(who)s.") % said


def what_happened(row: CodeBreakNotice) -> str:
    """The same without moment and name, for a history that has columns for them."""
    if row.means == BY_LINK:
        return _("Code broken by a one-time link")
    if row.means == ON_PAPER:
        return _("Code broken by a printed sheet")
    if row.means == OFFLINE:
        return _("Code broken from a backup")
    return _("Code broken")


def warning_before_drawing(user: User, participant: CurrentParticipant) -> str:
    """What to tell somebody who has learnt arms of this stratum; empty for everybody else.

    No block and no figure: it says that a colleague should draw, not how much could be guessed. Whoever asked
    for a link has seen nothing.
    """
    known = CodeBreakNotice.objects.filter(
        by__user=user,
        participant__trial=participant.trial_id,
        participant__envelope__stratum__key=participant.stratum,
    )
    if not known.exclude(means=BY_LINK).exists():
        return ""
    return _(
        "You have broken a code in this stratum. What others received can tell something of who comes next: "
        "if a colleague is there who knows no treatment, let them draw."
    )


def latest_in_words(people: Iterable[Participant]) -> list[tuple[str, str]]:
    """Number and sentence of each code break of these people, latest first."""
    return [(row.participant.number, in_words(row)) for row in code_breaks_of(people)]
