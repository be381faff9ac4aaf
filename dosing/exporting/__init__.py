"""Calendars to take along: iCalendar, paper, tables, and what a secret address shows."""
