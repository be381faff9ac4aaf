"""Private servers for the tests: found or started by the suite itself, and stopped by it again."""
