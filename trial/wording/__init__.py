"""Days and moments of a site, and how people read them: words, never figures of a list."""
