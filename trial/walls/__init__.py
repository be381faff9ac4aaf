"""What stands between a process and what it must not reach: database roles, triggers, memory, logs."""
