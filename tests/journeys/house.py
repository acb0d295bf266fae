"""The real server, with a database and demo data of its own, for as long as the journeys last."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests import laid

COMMAND = Path(sys.executable).parent / "baozhang"
SCALE = "0.05"  # of the whole demo district
PATIENCE = 90  # seconds until the first page answers


@dataclass(frozen=True)
class House:
    """A running server: where it answers, where its data lie, and what it printed."""

    address: str
    home: Path
    environment: dict[str, str]
    log: Path

    def command(self, *words: str) -> str:
        """Runs `baozhang …` on the server's own database and returns what it printed."""
        done = subprocess.run([COMMAND, *words], env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise AssertionError(f"baozhang {' '.join(words)}: {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done.stdout


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment_of(home: Path, address: str) -> dict[str, str]:
    """The caller's environment with a home of its own and the product's own settings, not those of the tests."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "baozhang.site.settings",
        "BAOZHANG_HOME": str(home),
        "BAOZHANG_DATABASE_URL": f"sqlite:///{home / 'journeys.sqlite3'}",
        "BAOZHANG_ADDRESS": address,
        "BAOZHANG_HOSTS": "127.0.0.1,localhost",
    }


def wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Waits until the server answers anything at all; what it printed is shown when it does not."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise AssertionError(f"the server ended with {server.returncode}:\n{log.read_text(errors='replace')}")
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(f"{address}/login/", timeout=5).close()
            return
        time.sleep(0.2)
    raise AssertionError(f"no answer after {PATIENCE} s:\n{log.read_text(errors='replace')}")


def stop(server: subprocess.Popen[bytes]) -> None:
    """Ends the server and its workers: first asking, then not."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(timeout=15)
            return


@contextlib.contextmanager
def open_house(home: Path) -> Iterator[House]:
    """Migrates, builds a small demo district, serves, and ends the server afterwards."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    house = House(address, home, environment_of(home, address), home / "server.log")
    shutil.copyfile(laid.file(), home / "journeys.sqlite3")
    house.command("migrate", "--verbosity", "0")  # nothing is left to do but to see so
    house.command("demo", "--scale", SCALE)
    with house.log.open("wb") as log:
        server = subprocess.Popen(
            [COMMAND, "serve", "--port", str(port)],
            env=house.environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            wait_for(address, server, house.log)
            yield house
        finally:
            stop(server)
