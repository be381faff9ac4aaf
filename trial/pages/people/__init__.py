"""The clinic door's pages for people: duties, invitations, ends, the delegation log, the review."""
