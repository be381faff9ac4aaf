#!/usr/bin/env python
"""Django's command line for Velum. `VELUM_DOOR` chooses the door: clinic (default) or pharmacy."""

import os
import sys


def main() -> None:
    """Run a command; what is missing in the configuration is said in one sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trial.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from trial.walls.no_core_dumps import leave_no_core

    leave_no_core()
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as fault:
        sys.exit(f"{fault}")


if __name__ == "__main__":
    main()
