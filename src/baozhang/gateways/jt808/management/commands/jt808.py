"""`baozhang jt808 decode`: reads frames as hexadecimal, one a line, and writes what they say, one JSON object a line."""

from __future__ import annotations

import io
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from baozhang.gateways.jt808.reading import decode_lines


class Command(BaseCommand):
    """What is done with frames by hand."""

    help = "decode: read JT/T 808 frames (hex, one a line) on standard input, write JSON, one object a line"
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """What is to be done."""
        parser.add_argument("what", choices=["decode"])

    def handle(self, *args: Any, **options: Any) -> None:
        """This will answer each line at once, so that it may stand in a pipe."""
        if isinstance(sys.stdin, io.TextIOWrapper):
            sys.stdin.reconfigure(
                errors="replace"
            )  # a line that is no text is answered like any other that is no frame
        for said in decode_lines(sys.stdin):
            self.stdout.write(json.dumps(said, ensure_ascii=False))
            self.stdout.flush()
