"""This puts the Chinese fonts of official documents into build/fonts; safe to run again, and never fatal.

First choice is Debian's package of the Fandol faces (仿宋, 楷体, 黑体, 宋体), second the PyPI package of Noto Sans
and Noto Serif SC, third the fonts the system has. Nothing is installed on the system and nothing enters the
repository: the faces have licences of their own, which are laid beside them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "build" / "fonts"
DEBIAN_PACKAGE = "texlive-lang-chinese"
PYPI_PACKAGE = "pylopdf-fonts-zh-cn"
FANDOL = (
    "FandolFang-Regular.otf",
    "FandolKai-Regular.otf",
    "FandolHei-Regular.otf",
    "FandolHei-Bold.otf",
    "FandolSong-Regular.otf",
    "FandolSong-Bold.otf",
)
NOTO = ("NotoSansSC-Regular.otf", "NotoSerifSC-Regular.otf")
MINUTES = 10


def say(text: str) -> None:
    """This prints one line at once, so that a slow download can be followed."""
    print(f"fonts: {text}", flush=True)


def run(*command: str, cwd: Path | None = None) -> bool:
    """This runs a command in the caller's own environment; False, with its last words, when it failed."""
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=MINUTES * 60, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        say(f"{command[0]}: {error}")
        return False
    if done.returncode:
        words = (done.stderr or done.stdout).strip().splitlines()
        say(f"{' '.join(command[:3])} failed: {words[-1] if words else done.returncode}")
    return done.returncode == 0


def lay(files: list[Path]) -> None:
    """This moves files into build/fonts one by one, each by a rename, so that a break leaves no half font."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for file in files:
        part = TARGET / f".{file.name}.part"
        shutil.copyfile(file, part)
        part.replace(TARGET / file.name)


def download(package: str, room: Path) -> Path | None:
    """This is the Debian package file in `room`, or None; only root may refresh apt's lists on the way."""
    attempts = [("apt-get", "download", package)]
    if os.geteuid() == 0:
        attempts += [("apt-get", "update", "-q"), ("apt-get", "download", package)]
    for command in attempts:
        run(*command, cwd=room)
        found = sorted(room.glob(f"{package}_*.deb"))
        if found:
            return found[0]
    return None


def from_debian() -> bool:
    """This is True when the Fandol faces were taken from the Debian package, which is unpacked, not installed."""
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        say("no apt here")
        return False
    (ROOT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "build", prefix="fonts-") as name:
        room = Path(name)
        # apt fetches as its own user when it can; a closed folder would only make it warn.
        room.chmod(0o755)
        say(f"getting {DEBIAN_PACKAGE} by apt (49 MB)")
        package = download(DEBIAN_PACKAGE, room)
        if package is None or not run("dpkg", "-x", str(package), str(room / "tree")):
            return False
        files = [path for path in (room / "tree").rglob("Fandol*.otf") if path.name in FANDOL]
        if {path.name for path in files} != set(FANDOL):
            say(f"{package.name} holds {len(files)} of {len(FANDOL)} faces")
            return False
        licence = [path for path in (room / "tree").rglob("fandol/*") if path.name.startswith(("COPYING", "README"))]
        lay(files + licence)
    return True


def from_pypi() -> bool:
    """This is True when Noto Sans SC and Noto Serif SC were taken from the Python package index."""
    with tempfile.TemporaryDirectory(prefix="fonts-") as name:
        room = Path(name)
        uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
        say(f"getting {PYPI_PACKAGE} from the Python package index (17 MB)")
        installer = (
            (uv, "pip", "install", "--python", sys.executable) if uv else (sys.executable, "-m", "pip", "install")
        )
        if not run(*installer, "--quiet", "--no-deps", "--target", str(room), PYPI_PACKAGE):
            return False
        files = [path for path in room.rglob("*.otf") if path.name in NOTO]
        if len(files) != len(NOTO):
            say(f"{PYPI_PACKAGE} holds {len(files)} of {len(NOTO)} faces")
            return False
        lay(files + sorted(room.rglob("LICENSE*"))[:1])
    return True


def main(arguments: list[str]) -> int:
    """This will fill build/fonts when it is empty (or `--again` is given) and say what was done; always 0."""
    there = {path.name for path in TARGET.glob("*.otf")}
    if "--again" not in arguments:
        for faces in (FANDOL, NOTO):
            if there.issuperset(faces):
                say(f"already there ({', '.join(faces)})")
                return 0
    for name, source in (("Fandol", from_debian), ("Noto SC", from_pypi)):
        if name == "Fandol" and "--no-apt" in arguments:
            continue
        if source():
            say(f"{name} is in {TARGET.relative_to(ROOT)}")
            return 0
    say("none could be fetched: documents will use the Chinese fonts of this system, or refuse to be made without one")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
