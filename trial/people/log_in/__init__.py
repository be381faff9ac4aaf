"""How people come in: passwords, second factors, sessions, and a hospital's own log-in."""
