"""Judges of protocol files that need the standard library alone. What a judge is: `trial.core.judging`."""
