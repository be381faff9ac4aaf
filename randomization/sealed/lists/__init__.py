"""Lists: made or brought, accepted, sealed, put into use; their pages and what their commands share."""
