"""Small tools of the suite: a browser for the journeys, the steps of `make check`."""
