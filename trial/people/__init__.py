"""People: duties, accounts, second factors; and installing a trial or a new protocol version."""
