"""Starts a throw-away PostgreSQL that ends with the process that asked for it.

    python scripts/postgres.py -- COMMAND…        runs the command with BAOZHANG_DATABASE_URL set
    python scripts/postgres.py                    prints the address, stays until interrupted
    python scripts/postgres.py --durable -- …     with fsync and larger buffers, for benches

It listens on a Unix socket in a folder of its own, so its port can collide with nobody's. PostgreSQL refuses to
run as root; root therefore starts it as the user `postgres`.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from system import postgres_bin  # scripts stand beside each other, they are no package

PREFIX = "baozhang-pg-"
PORT = 5432
DATABASE = "baozhang"
PDEATHSIG = 1  # prctl(2): the kernel signals the child when its parent is gone

COMMON = {"listen_addresses": "''", "max_connections": "200", "timezone": "'Asia/Shanghai'", "jit": "off"}
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "'256MB'"}
DURABLE = {
    "shared_buffers": "'2GB'",
    "effective_cache_size": "'8GB'",
    "work_mem": "'64MB'",
    "maintenance_work_mem": "'512MB'",
    "max_wal_size": "'8GB'",
    "checkpoint_timeout": "'15min'",
    # All of it lies in memory here: a page costs no more out of its turn than in it, and little beside the work on its rows.
    "seq_page_cost": "0.3",
    "random_page_cost": "0.3",
}


class NoServer(RuntimeError):
    """There is no PostgreSQL on this machine, or it did not start; the text has the server's own words."""


@dataclass(frozen=True)
class Cluster:
    """A running throw-away server."""

    folder: Path
    programs: Path
    owner: dict[str, Any]

    @property
    def url(self) -> str:
        """Its address, as BAOZHANG_DATABASE_URL wants it."""
        return f"postgresql://postgres@/{DATABASE}?host={self.folder}&port={PORT}"

    def call(self, program: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Runs one of the server's programs as its owner."""
        command = [str(self.programs / program), *words]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=self.folder, **self.owner)

    def ready(self) -> bool:
        """True once the server answers."""
        return self.call("pg_isready", "-q", "-h", str(self.folder), "-p", str(PORT)).returncode == 0


def owner_of(folder: Path) -> dict[str, Any]:
    """How to start programs as somebody who is not root; HOME goes along, or libpq would look into root's."""
    environment = {**os.environ, "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    if os.geteuid() != 0:
        return {"env": environment}
    shutil.chown(folder, "postgres", "postgres")
    return {"env": environment, "user": "postgres", "group": "postgres", "extra_groups": []}


def sweep(parent: Path) -> None:
    """Removes the folders of servers whose starter was killed before it could."""
    for folder in parent.glob(f"{PREFIX}*"):
        try:
            os.kill(int(folder.name.rpartition("-")[2]), 0)
        except ProcessLookupError:
            shutil.rmtree(folder, ignore_errors=True)
        except (ValueError, PermissionError):
            continue


def new_folder() -> Path:
    """A folder named after this process, so that a later one sees whether its starter still lives."""
    parent = Path(tempfile.gettempdir())
    sweep(parent)
    made = Path(tempfile.mkdtemp(prefix="making-", dir=parent))
    folder = made.with_name(f"{PREFIX}{made.name.removeprefix('making-')}-{os.getpid()}")
    return made.rename(folder)


def initialise(cluster: Cluster, *, durable: bool) -> None:
    """Lays the data folder down, with the settings for tests or for benches."""
    words = ("-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    made = cluster.call("initdb", *words)
    if made.returncode:
        raise NoServer(made.stdout + made.stderr)
    settings = COMMON | (DURABLE if durable else FAST)
    settings["unix_socket_directories"] = f"'{cluster.folder}'"
    lines = "".join(f"{key} = {value}\n" for key, value in settings.items())
    with (cluster.folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(lines)


def end_with_parent() -> None:
    """Asks the kernel for a fast shutdown of the server when this process dies, however it dies."""
    ctypes.CDLL(None).prctl(PDEATHSIG, signal.SIGINT)


def start(cluster: Cluster) -> subprocess.Popen[bytes]:
    """Starts the server and waits until it answers (at most a minute) with its database made."""
    log = (cluster.folder / "log").open("wb")
    command = [str(cluster.programs / "postgres"), "-D", "data", "-p", str(PORT)]
    server = subprocess.Popen(
        command,
        cwd=cluster.folder,
        stdout=log,
        stderr=log,
        preexec_fn=end_with_parent,  # noqa: PLW1509 -- nothing else runs in this process yet
        start_new_session=True,  # Ctrl-C is for the command, the server is stopped afterwards
        **cluster.owner,
    )
    deadline = time.monotonic() + 60
    while not cluster.ready():
        if server.poll() is not None or time.monotonic() > deadline:
            server.kill()
            raise NoServer((cluster.folder / "log").read_text(errors="replace"))
        time.sleep(0.05)
    made = cluster.call("createdb", "-h", str(cluster.folder), "-p", str(PORT), "-U", "postgres", DATABASE)
    if made.returncode:
        server.kill()
        raise NoServer(made.stderr)
    return server


def stop(server: subprocess.Popen[bytes]) -> None:
    """Ends the server: first in order, after ten seconds at once."""
    for sign in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        server.send_signal(sign)
        try:
            server.wait(timeout=10)
            return
        except subprocess.TimeoutExpired:
            continue


@contextmanager
def cluster(*, durable: bool = False) -> Iterator[Cluster]:
    """A server for the length of a `with`; its folder is gone afterwards."""
    programs = postgres_bin()
    if programs is None:
        raise NoServer("no PostgreSQL 15 or later on this machine (Debian: apt-get install postgresql-15)")
    folder = new_folder()
    try:
        made = Cluster(folder, programs, owner_of(folder))
        initialise(made, durable=durable)
        server = start(made)
        try:
            yield made
        finally:
            stop(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def serve(command: Sequence[str], *, durable: bool) -> int:
    """Runs the command beside a server, or waits until interrupted; returns the command's exit code."""
    with cluster(durable=durable) as made:
        environment = {**os.environ, "BAOZHANG_DATABASE_URL": made.url}
        if command:
            return subprocess.run(command, env=environment, check=False).returncode
        print(f"export BAOZHANG_DATABASE_URL='{made.url}'", flush=True)
        signal.pause()
    return 0


def leave(_signal: int, _frame: object) -> None:
    """Turns a request to end into an ordinary exit, so that the server is stopped and its folder removed."""
    sys.exit(143)


def main() -> int:
    """A throw-away server from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--durable", action="store_true", help="keep fsync on and use more memory, for benches")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="what to run, after --")
    options = parser.parse_args()
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    signal.signal(signal.SIGTERM, leave)
    try:
        return serve(command, durable=options.durable)
    except NoServer as reason:
        print(f"PostgreSQL could not be started: {reason}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
