"""Doses as arithmetic: units, amounts read from text, and ways of writing that people misread."""
