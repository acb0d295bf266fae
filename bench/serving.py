"""A real server, signed-in sessions, and clients that ask it for pages."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from baozhang.kernel import bulk
from baozhang.kernel.accounts import User


@dataclass
class Answer:
    """One page that came back."""

    seconds: float
    status: int
    size: int


@dataclass
class Server:
    """A server at work."""

    port: int
    pid: int

    def get(self, path: str, cookie: str = "", keep: http.client.HTTPConnection | None = None) -> Answer:
        """Asks for a page and reads it to its end; over a connection of its own where none is lent."""
        line = keep or http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        begun = time.perf_counter()
        line.request("GET", path, headers={"Cookie": cookie, "Accept-Language": "zh-hans"})
        answer = line.getresponse()
        size = 0
        while piece := answer.read(1 << 16):
            size += len(piece)
        return Answer(time.perf_counter() - begun, answer.status, size)

    def walk(self, paths: Sequence[str], cookie: str) -> list[Answer]:
        """Asks for pages one after the other over one connection, like one person."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        return [self.get(path, cookie, line) for path in paths]

    def crowd(self, paths: Sequence[str], cookies: Sequence[str], clients: int) -> tuple[list[Answer], float]:
        """Several people at once, each with the same pages in another order; the answers and the seconds it took."""
        found: list[list[Answer]] = [[] for _ in range(clients)]

        def person(place: int) -> None:
            turned = [*paths[place % len(paths) :], *paths[: place % len(paths)]]
            found[place] = self.walk(turned, cookies[place % len(cookies)])

        threads = [threading.Thread(target=person, args=(place,)) for place in range(clients)]
        begun = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return [answer for answers in found for answer in answers], time.perf_counter() - begun


def cookie_of(user_id: int) -> str:
    """The cookie of a session in which somebody has signed in."""
    user = User._base_manager.get(pk=user_id)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "baozhang.kernel.accounts.Backend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


@contextmanager
def product() -> Iterator[Server]:
    """The product's own server, two processes on PostgreSQL and one on the embedded database."""
    processes = 2 if bulk.is_postgres() else 1
    words = ["serve", "--no-worker", "--processes", str(processes)]
    code = "from baozhang.site.command import main; main()"
    with _started([sys.executable, "-c", code, *words, "--port"], {}) as server:
        yield server


@contextmanager
def bare() -> Iterator[Server]:
    """The barest server that could give the same pages: one query, strings put together, nothing else."""
    words = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2" if bulk.is_postgres() else "1"]
    with _started([*words, "bench.bare:application", "--port"], {}) as server:
        yield server


@contextmanager
def _started(command: list[str], more: dict[str, str]) -> Iterator[Server]:
    port = free_port()
    log = Path(settings.HOME) / f"server-{port}.log"
    with log.open("wb") as file:
        process = subprocess.Popen([*command, str(port)], env={**os.environ, **more}, stdout=file, stderr=file)
    try:
        _wait(port, process, log)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            answer = Server(port, process.pid).get("/login/")
            if answer.status < 500:
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")
