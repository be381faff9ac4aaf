"""Boxes, keys and the sealed trail: the only room that seals and opens. It knows tables and nothing else."""
