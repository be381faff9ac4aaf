"""What is so: calendars as they stand, their records, deviations and history. Nothing here writes."""
