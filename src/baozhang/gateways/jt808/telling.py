"""What goes wrong again and again is told now and then: a database that is away must not fill the disk by way of the log."""

from __future__ import annotations

import logging
import time

EACH = 60.0  # seconds between two lines about the same fault


class Seldom:
    """Tells a fault with its traceback when it begins, and then once in a while how often it came since."""

    def __init__(self, log: logging.Logger) -> None:
        self.log = log
        self._told: dict[tuple[str, type[Exception]], tuple[float, int]] = {}  # when last told, how often since

    def tell(self, what: str, error: Exception) -> None:
        """This will write a line, or count."""
        key, now = (what, type(error)), time.monotonic()
        last, since = self._told.get(key, (None, 0))
        if last is not None and now < last + EACH:
            self._told[key] = last, since + 1
            return
        self._told[key] = now, 0
        if since:
            self.log.error("%s (%s), %s times since it was told last", what, error, since + 1)
        else:
            self.log.error("%s", what, exc_info=error)
