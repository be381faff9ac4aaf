"""Lists: made or imported, accepted, sealed, activated; their pages and what their commands share."""
