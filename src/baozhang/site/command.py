"""The command line: `baozhang COMMAND …` runs the management commands of all floors."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """This will run a command; without one it prints the list. Where the database has no tables yet it says what to do."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "baozhang.site.settings")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError, ProgrammingError

    try:
        execute_from_command_line(sys.argv)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads it has seen enough: `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except (OperationalError, ProgrammingError):
        from baozhang.site.schema import behind

        if what := behind():
            raise SystemExit(what) from None
        raise
