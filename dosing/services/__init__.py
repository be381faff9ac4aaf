"""The acts of the calendar: booking day 1, recording what happened, holding and ending treatment."""
