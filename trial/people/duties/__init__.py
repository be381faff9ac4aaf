"""Who has which duty, from invitation to end: what an administrator does about people."""
