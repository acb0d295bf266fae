"""The command line: `baozhang COMMAND …` runs the management commands of all floors."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """This will run a command; without one it prints the list."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "baozhang.site.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
