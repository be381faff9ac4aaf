"""Everything that is kept of a trial, unblinded: after its data lock and its signed opening."""
