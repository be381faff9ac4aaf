"""Mutation of the product: one small change at a time, and the nearest tests have to notice it.

`python -m tests.tools.mutating` (`make mutants`) does a run; `docs/adr/0023-mutants.md` says why it is ours.
"""
