"""Calendars as files: iCalendar, paper, tables, and what a secret address shows."""
