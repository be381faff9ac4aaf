"""What people chose about calendars after the booking, and the days on which a site is closed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from trial.models import Delegation, Participant, Site
from trial.models.replay import Replayed


class ChoiceKind(models.TextChoices):
    """The kinds of choice after a course that began on another day."""

    KEEP = "keep", _("the days are kept")
    MOVE = "move", _("the whole course is moved")
    FOLLOW = "follow", _("the rest is counted from the actual course")
    DAY_1 = "day_1", _("everything is counted from the actual day 1")


class CourseChoice(models.Model):
    """One choice about one course. The newest row of a kind and course counts.

    `start` is where the course was moved to, or the day on which it really began and from which the
    rest is counted (FOLLOW, DAY_1), or on which it began without anything following (KEEP).
    """

    replay = Replayed(
        key=("participant__number", "sequence"),
        entered_by=("course.moved", "calendar.followed", "calendar.kept"),
    )

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="course_choices")
    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=ChoiceKind)
    course = models.CharField(max_length=40)
    repeat = models.PositiveSmallIntegerField()
    course_number = models.PositiveSmallIntegerField()
    start = models.DateField()
    reason = models.TextField()
    by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["participant", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["participant", "sequence"], name="one_choice_at_a_time"),
            models.CheckConstraint(name="a_choice_has_a_reason", condition=~models.Q(reason="")),
        ]


class ClosedDay(models.Model):
    """A site is closed on a day, or is open after all. The highest `sequence` of a day counts."""

    replay = Replayed(
        key=("site__number", "day", "sequence"),
        entered_by=("day.closed", "day.opened"),
        trial="site__trial",
        participant="",
    )

    site = models.ForeignKey(Site, models.PROTECT, related_name="closed_days")
    day = models.DateField()
    sequence = models.PositiveIntegerField()
    closed = models.BooleanField()
    name = models.CharField(max_length=80)
    by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["site", "day", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["site", "day", "sequence"], name="a_day_is_closed_or_open"),
        ]
