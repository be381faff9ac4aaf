#!/usr/bin/env python
"""Django's command line for Velum. `VELUM_DOOR` chooses the door: clinic (default) or pharmacy."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trial.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
