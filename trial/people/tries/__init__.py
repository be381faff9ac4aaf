"""Tries to get in: counted by account and network address, slowed, entered folded, told to a person."""
