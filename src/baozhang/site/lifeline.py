"""Processes of one server end together, however one of them goes; a worker that dies is started again."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

SERVED = "BAOZHANG_SERVED"  # set for the processes that belong to a running `baozhang serve`
PDEATHSIG = 1  # prctl(2): what a process is sent when its parent is gone
WORK = "from baozhang.site import lifeline, command; lifeline.end_with_parent(); command.main()"
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds between a worker's death and the next one's start


def end_with_parent() -> None:
    """This will let this process be told to end when its parent is killed; nothing outside `serve`, or off Linux."""
    if sys.platform == "linux" and os.environ.get(SERVED):
        ctypes.CDLL(None).prctl(PDEATHSIG, signal.SIGTERM)


class Keeper:
    """Keeps one command running in a process of its own: the worker where nothing else is said."""

    def __init__(self, *words: str) -> None:
        self.words = words or ("worker",)
        self.ending = threading.Event()
        self.process: subprocess.Popen[bytes] | None = None
        self.thread = threading.Thread(target=self._keep, name="keeper", daemon=True)

    def _keep(self) -> None:
        pause = FIRST_PAUSE
        while not self.ending.is_set():
            self.process = subprocess.Popen([sys.executable, "-c", WORK, *self.words])
            try:
                self.process.wait(timeout=LONGEST_PAUSE)
                pause = min(pause * 2, LONGEST_PAUSE)  # it died at once: the next try can wait
            except subprocess.TimeoutExpired:
                pause = FIRST_PAUSE
                self.process.wait()
            self.ending.wait(pause)

    def end(self) -> None:
        """This will end the worker: asked first, after twenty seconds at once."""
        self.ending.set()
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
        self.thread.join(timeout=20)
        if self.thread.is_alive() and self.process is not None:
            self.process.kill()


@contextmanager
def beside(*commands: Sequence[str]) -> Iterator[None]:
    """Commands of the house beside the server for as long as it runs, each in a process of its own."""
    os.environ[SERVED] = "1"
    keepers = [Keeper(*words) for words in commands]
    for keeper in keepers:
        keeper.thread.start()
    try:
        yield
    finally:
        for keeper in keepers:
            keeper.end()
