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
    """A Debian package, how to see that it is there, and what cannot be run without it."""

    package: str
    lost: str

    def met(self) -> bool:
        """True where the package's program or files are found."""
        if self.package == "postgresql-15":
            return postgres_bin() is not None
        if self.package == "fonts-noto-cjk":
            return any(Path("/usr/share/fonts").glob("**/NotoSansCJK*"))
        return shutil.which({"poppler-utils": "pdftotext"}.get(self.package, self.package)) is not None


NEEDS = (
    Need("chromium", "journeys in a browser"),
    Need("postgresql-15", "tests and benches on PostgreSQL"),
    Need("poppler-utils", "tests that read the text of a made PDF"),
    Need("fonts-noto-cjk", "Chinese characters in browser screenshots"),
)


def postgres_bin() -> Path | None:
    """The newest folder of PostgreSQL programs (15 or later), or None where there is no server."""
    found = [path for path in POSTGRES_BIN.glob("*/bin/initdb") if int(path.parts[-3]) >= 15]
    if found:
        return max(found, key=lambda path: int(path.parts[-3])).parent
    elsewhere = shutil.which("initdb")
    return Path(elsewhere).resolve().parent if elsewhere else None


def missing() -> list[Need]:
    """What is not there, in the order of NEEDS."""
    return [need for need in NEEDS if not need.met()]


def required() -> bool:
    """True where a check that cannot be run counts as failed, as in continuous integration."""
    return os.environ.get("BAOZHANG_REQUIRE_ALL") == "1"


def install(needs: list[Need]) -> None:
    """Installs the packages; the index is fetched first, since a fresh machine has none."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    names = [need.package for need in needs]
    print(f"[set-up] from Debian: {' '.join(names)}", flush=True)
    subprocess.run(["apt-get", "update", "-qq"], env=environment, check=False)
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *names]
    subprocess.run(command, env=environment, check=False, stdout=subprocess.DEVNULL)


def main() -> int:
    """Installs what it may; 1 only where something is still missing and everything is required."""
    if (wanted := missing()) and os.geteuid() == 0 and shutil.which("apt-get"):
        install(wanted)
    left = missing()
    for need in left:
        print(f"[set-up] {need.package} is missing and could not be installed: no {need.lost}", file=sys.stderr)
    return 1 if left and required() else 0


if __name__ == "__main__":
    sys.exit(main())
