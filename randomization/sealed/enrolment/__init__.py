"""Setting up a second factor: the code that only this door can make, and its page."""
