"""The tree as the architecture tests read it: files that are or will be in the repository, and their syntax."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "src" / "baozhang"
MOST_SHOWN = 60
PYTHON_ROOMS = ("src", "scripts", "tests", "bench")


@cache
def kept_files() -> tuple[Path, ...]:
    """Every file of the repository, also those not yet committed; nothing that git ignores."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = {ROOT / name for name in listed.split("\0") if name}
    return tuple(sorted(path for path in paths if path.is_file()))


def python_files(*rooms: str) -> list[Path]:
    """Python files under the given top folders (all where none is given), migrations left out."""
    wanted = rooms or PYTHON_ROOMS
    return [
        path
        for path in kept_files()
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in wanted and "migrations" not in path.parts
    ]


def floor_of(path: Path) -> str:
    """The floor that a file of src stands on: kernel, law, ch2_provision …; empty at the top."""
    parts = path.relative_to(SOURCE).parts
    return parts[0] if len(parts) > 1 else ""


@cache
def syntax(path: Path) -> ast.Module:
    """A Python file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method in a tree, also the nested ones."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node


def place(path: Path, line: int = 0) -> str:
    """A file, and a line where one is given, as people name them."""
    name = str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name
    return f"{name}:{line}" if line else name


def listing(faults: list[str], remedy: str) -> str:
    """What a failed test says: what to do, then the faults, one a line and at most sixty."""
    more = [f"… and {len(faults) - MOST_SHOWN} more"] if len(faults) > MOST_SHOWN else []
    return "\n".join([remedy, *faults[:MOST_SHOWN], *more])
