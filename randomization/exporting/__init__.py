"""Everything that is kept of a trial, as files that people and machines read."""
