"""People: duties, accounts, second factors; and what somebody does to a trial as a whole."""
