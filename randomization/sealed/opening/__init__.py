"""Opening one envelope: for preparation, in an emergency, by a one-time link, on paper and off line."""
