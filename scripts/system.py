"""Installs from Debian what only tests and benches need: a browser, PostgreSQL, a PDF reader and Chinese fonts.

Not being root is no failure by itself: the checks that cannot run are named, there and again in their summary.
With BAOZHANG_REQUIRE_ALL=1 it is one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

POSTGRES_BIN = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Need:
    """A Debian package, what cannot be run without it, and the package that serves in its place, if one does."""

    package: str
    lost: str
    instead: str = ""

    def met(self) -> bool:
        """True where the package's program or files are found."""
        if self.package == "postgresql-15":
            return postgres_bin() is not None
        if self.package == "fonts-noto-cjk":
            return any(Path("/usr/share/fonts").glob("**/NotoSansCJK*"))
        return shutil.which({"poppler-utils": "pdftotext"}.get(self.package, self.package)) is not None

    def served(self) -> bool:
        """True where it is there, or what serves in its place is."""
        return self.met() or bool(self.instead and shutil.which(self.instead))


NEEDS = (
    # The same browser without its windows: it takes a third of the processor's time, so whole Chromium is second choice.
    Need("chromium-headless-shell", "journeys in a browser", instead="chromium"),
    Need("postgresql-15", "tests and benches on PostgreSQL"),
    Need("poppler-utils", "tests that read the text of a made PDF"),
    Need("fonts-noto-cjk", "Chinese characters in browser screenshots"),
)


# How it is started: as root in a container, without a screen, and without calling home.
BROWSER_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def browser() -> Path | None:
    """Debian's Chromium for journeys: the one without windows, else the whole one, else None."""
    found = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    return Path(found) if found else None


def postgres_bin() -> Path | None:
    """The newest folder of PostgreSQL programs (15 or later), or None where there is no server."""
    found = [path for path in POSTGRES_BIN.glob("*/bin/initdb") if int(path.parts[-3]) >= 15]
    if found:
        return max(found, key=lambda path: int(path.parts[-3])).parent
    elsewhere = shutil.which("initdb")
    return Path(elsewhere).resolve().parent if elsewhere else None


def missing() -> list[Need]:
    """What is not there, in the order of NEEDS."""
    return [need for need in NEEDS if not need.served()]


def required() -> bool:
    """True where a check that cannot be run counts as failed, as in continuous integration."""
    return os.environ.get("BAOZHANG_REQUIRE_ALL") == "1"


def install(names: list[str]) -> None:
    """Installs the packages; the index is fetched first, since a fresh machine has none."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    print(f"[set-up] from Debian: {' '.join(names)}", flush=True)
    apt = ["apt-get", "-qq", "-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=30"]
    subprocess.run([*apt, "update"], env=environment, check=False)
    command = [*apt, "install", "-y", "--no-install-recommends", *names]
    subprocess.run(command, env=environment, check=False, stdout=subprocess.DEVNULL)


def main() -> int:
    """Installs what it may; 1 only where something is still missing and everything is required."""
    may = os.geteuid() == 0 and shutil.which("apt-get") is not None
    if may and (wanted := [need.package for need in NEEDS if not need.met()]):
        install(wanted)
    if may and (second := [need.instead for need in missing() if need.instead]):
        install(second)
    left = missing()
    for need in left:
        print(f"[set-up] {need.package} is missing and could not be installed: no {need.lost}", file=sys.stderr)
    return 1 if left and required() else 0


if __name__ == "__main__":
    sys.exit(main())
