"""Comparing designs before one is chosen: the question, the simulation, and its page."""
