"""`baozhang worker`: does queued work and what is due by the calendar, until it is stopped."""

from __future__ import annotations

import os
import socket
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django_tasks_db.management.commands.db_worker import Worker

from baozhang.kernel import jobs, schedule


class Command(BaseCommand):
    """The worker."""

    help = "do queued work until stopped"

    def add_arguments(self, parser: CommandParser) -> None:
        """How it ends."""
        parser.add_argument("--once", action="store_true", help="end when the queue is empty")

    def handle(self, *args: Any, **options: Any) -> None:
        """This will first take up what died with an earlier worker."""
        once = options["once"]
        jobs.revive()
        ticker = schedule.start(once=once)
        worker = Worker(
            queue_names=["default"], interval=0.5, batch=once, backend_name="default", startup_delay=False, max_tasks=None,
            worker_id=f"{socket.gethostname()[:40]}-{os.getpid()}", excluded_queue_names=[],
        )  # fmt: skip
        worker.configure_signals()
        try:
            worker.run()
        finally:
            if ticker is not None:
                ticker.stop()
