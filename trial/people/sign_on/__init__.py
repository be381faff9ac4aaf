"""Single sign-on: log-in through the hospital's own log-in, by OpenID Connect. Off unless it is set."""
