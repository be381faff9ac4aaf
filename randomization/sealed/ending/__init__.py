"""The end of a trial: two people sign, all envelopes are opened at once, and the archive is published."""
