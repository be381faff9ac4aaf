"""Reminders: planned as rows, and sent."""
