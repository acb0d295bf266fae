"""What all benches of positions stand on: the house with its tables, lines that may be opened, and a report to send."""

from __future__ import annotations

import datetime as dt
import resource

CODE = "bench"
FIRST = 13_000_000_000
PATIENCE = 120.0  # seconds after the last position for the last answer
SPARE = 80  # files of a process that are no lines: its database, its libraries, its own pipes


def ready() -> None:
    """The house with its tables."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def many_files() -> int:
    """This will let a process have as many lines as the machine allows, and says how many files that is."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def body_of(at: int, n: int) -> bytes:
    """A position report (0x0200) at a second, the n-th of its terminal."""
    from baozhang.gateways.jt808.location import CHINA

    time_ = bytes.fromhex(dt.datetime.fromtimestamp(at, CHINA).strftime("%y%m%d%H%M%S"))
    numbers = (0, 3, 31_000_000 + n % 1000 * 90, 121_000_000 + n % 1000 * 100)
    fixed = b"".join(value.to_bytes(4, "big") for value in numbers)
    return fixed + b"\x00\x05\x01\x90\x00\x5a" + time_ + b"\x01\x04" + n.to_bytes(4, "big") + b"\x31\x01\x09"
