"""How rare the order of a list is under its declared design: one verdict. See `docs/randomization.md`."""
