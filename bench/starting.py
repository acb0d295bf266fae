"""What comes before the work: an empty database made ready, and the size of one process that answers."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from urllib.parse import urlsplit

from django.db import connection

from .meter import Measure, memory, used
from .pages import PAIRS, _url
from .room import Room
from .serving import cookie_of, product

MIGRATE = "from baozhang.site.command import main; main()"


def ready(room: Room) -> list[Measure]:
    """An empty database until it can be used, by the product's own command; the limit is the finished schema as one script."""
    name = "ready"
    url = _empty(room, name)
    with used() as cpu:
        begun = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", MIGRATE, "migrate", "--verbosity", "0"],
            env={**os.environ, "BAOZHANG_DATABASE_URL": url},
            check=False,
        )
        seconds = time.perf_counter() - begun
    if done.returncode:
        raise SystemExit("migrate failed")
    return [
        Measure(
            "ready", "an empty database until it is ready", "< 30 s", met=seconds < 30, median=seconds, limit=_start(),
            limit_words="the same process started, doing nothing", ratio=None, server_cpu=cpu.server,
        )
    ]  # fmt: skip


def _empty(room: Room, name: str) -> str:
    """The address of a new and empty database."""
    if not room.postgres:
        path = room.place / f"{name}.sqlite3"
        path.unlink(missing_ok=True)
        return f"sqlite:///{path}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name}")
    parts = urlsplit(os.environ["BAOZHANG_DATABASE_URL"])
    return parts._replace(path=f"/{name}").geturl()


def _start() -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", MIGRATE, "version"], check=False, capture_output=True)
    return time.perf_counter() - begun


def worker(room: Room) -> list[Measure]:
    """The size of the largest process of the server after three hundred pages, and of the worker for jobs."""
    cookie = cookie_of(room.city.city_reader)
    with product() as server:
        server.walk([_url(**pair) for pair in PAIRS] * 25, cookie)
        serving = memory(server.pid)
    process = subprocess.Popen([sys.executable, "-c", MIGRATE, "worker"])
    time.sleep(8)
    working = memory(process.pid)
    process.terminate()
    process.wait(timeout=30)
    bare = _bare_memory()
    most = max(serving, working)
    return [
        Measure(
            "worker", "memory of a process that answers, and of one that does jobs", "< 150 MB", met=most < 150, peak=most,
            limit_words=f"Django and its driver alone: {bare:.0f} MB", notes=[f"answers {serving:.0f} MB, does jobs {working:.0f} MB"],
        )
    ]  # fmt: skip


def _bare_memory() -> float:
    code = "import django.db.models, django.template, django.http, psycopg, resource; print(resource.getrusage(0).ru_maxrss)"
    told = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": ""},
    )
    return int(told.stdout) / 1024
