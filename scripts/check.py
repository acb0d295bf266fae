"""Runs the checks, one after the other, to the end, and sums them up.

    python scripts/check.py quick    style, types, floors, architecture, and on SQLite the tests of the rooms that changed
    python scripts/check.py all      the same in full, again on PostgreSQL, and the journeys in a browser

A check that cannot run here is named as not run; with BAOZHANG_REQUIRE_ALL=1 that counts as failed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import postgres
from system import browser, required

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
WORKERS = ("-n", "2", "--dist", "worksteal", "-q")
PASSED, FAILED, NOT_RUN = "passed", "FAILED", "not run"
NO_TESTS = 5  # pytest's exit code where it found nothing to run


@dataclass(frozen=True)
class Check:
    """One command that must succeed, and why it cannot be run here, if so."""

    name: str
    command: tuple[str, ...]
    obstacle: str = ""
    embedded: bool = True  # on SQLite, whatever database the caller's environment names

    def environment(self) -> dict[str, str]:
        """The caller's environment, so that mirrors and certificates go along; only the database is ours."""
        kept = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}
        if self.embedded:
            kept.pop("BAOZHANG_DATABASE_URL", None)
        kept.setdefault("BAOZHANG_PICTURES", "0")
        return kept


@dataclass
class Outcome:
    """How a check ended, and how long it took in seconds."""

    check: Check
    result: str
    seconds: float = 0.0
    note: str = field(default="")


def tool(name: str, *words: str) -> tuple[str, ...]:
    """A program of the virtual environment with its arguments."""
    return (str(BIN / name), *words)


def style() -> list[Check]:
    """What needs no database: style, form, imports, types."""
    return [
        Check("style (ruff)", tool("ruff", "check", "--quiet", ".")),
        Check("form (ruff format)", tool("ruff", "format", "--check", ".")),
        Check("floors (import-linter)", tool("lint-imports", "--no-logo")),
        Check("types (mypy)", tool("mypy", "--no-error-summary")),
    ]


def git(*words: str) -> list[str]:
    """The lines that git prints; none where this is no checkout."""
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.split("\n") if done.returncode == 0 else []


def touched() -> set[str]:
    """The files that differ from the last commit, or those of the last commit where nothing does."""
    changed = {*git("diff", "--name-only", "HEAD"), *git("ls-files", "--others", "--exclude-standard")} - {""}
    return changed or set(git("diff", "--name-only", "HEAD~1")) - {""}


def rooms(files: set[str]) -> tuple[list[str], list[str]]:
    """The folders of tests that belong to changed files, and the rooms whose resources the contract tests look at."""
    folders, apps = {"tests/architecture"}, set()
    for parts in (Path(name).parts for name in files):
        inner = parts[2:] if parts[:2] == ("src", "baozhang") else parts[1:] if parts[:1] == ("tests",) else ()
        chapter = len(inner) > 2 and inner[0].startswith("ch")
        for folder in (f"tests/{'/'.join(inner[:depth])}" for depth in (2 if chapter else 1, 1)):
            if len(inner) > 1 and (ROOT / folder).is_dir() and inner[0] not in ("contract", "journeys"):
                folders.add(folder)
                break
        if chapter:
            apps.add(inner[1])
        elif inner[:1] in (("kernel",), ("contract",)):
            apps.add("organs")  # any resource shows what the kernel does to all
    return sorted(folders), sorted(apps)


def quick() -> list[Check]:
    """The checks of a minute: the tests of what changed; what is marked slow waits for the full run."""
    folders, apps = rooms(touched())
    chosen = ("-m", "not journey and not slow")
    found = [*style(), Check("tests of changed rooms", tool("pytest", *WORKERS, *chosen, *folders))]
    if apps:
        of_apps = ("-k", " or ".join(apps), "tests/contract")
        found.append(Check("contract of changed rooms", tool("pytest", *WORKERS, *chosen, *of_apps)))
    return found


@contextmanager
def server() -> Iterator[str]:
    """A PostgreSQL for as long as the checks run, which find it in their environment; yields why there is none, or nothing."""
    try:
        with postgres.cluster() as made:
            os.environ["BAOZHANG_DATABASE_URL"] = made.url
            yield ""
    except postgres.NoServer as reason:
        yield str(reason)


def everything(no_server: str) -> tuple[list[Check], list[Check]]:
    """All checks, as before a merge: those that keep every core busy, and those that go on beside them in one process."""
    again = ("-m", "database and not journey and not once", "--ignore=tests/architecture")
    return [
        Check("tests on SQLite", tool("pytest", *WORKERS, "-m", "not journey", "tests")),
        Check("tests on PostgreSQL", tool("pytest", *WORKERS, *again, "tests"), no_server, embedded=False),
    ], [
        *style(),
        *templates(),
        Check("migrations on PostgreSQL", (sys.executable, "-m", "tests.laid"), no_server, embedded=False),
        Check(
            "journeys in a browser",
            tool("pytest", "-q", "-m", "journey", "tests/journeys"),
            "" if browser() else "there is no Chromium here",
        ),
    ]


def templates() -> list[Check]:
    """The linter of templates, where there are any."""
    found = sorted((ROOT / "src").glob("**/templates/**/*.html"))
    return [Check("templates (djlint)", tool("djlint", "--lint", "--quiet", "src"))] if found else []


def heading(check: Check) -> str:
    """A line across the terminal with the name of a check."""
    return f"\n── {check.name} ".ljust(min(shutil.get_terminal_size().columns, 100), "─")


def run(check: Check, *, aside: bool = False) -> Outcome:
    """Runs one check with its output shown as it comes, or, of one that runs aside, when it has ended."""
    if not aside or check.obstacle:
        print(heading(check), flush=True)
    if check.obstacle:
        print(f"not run: {check.obstacle}", flush=True)
        return Outcome(check, FAILED if required() else NOT_RUN, note=check.obstacle)
    begun = time.monotonic()
    kept = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True} if aside else {}
    done = subprocess.run(check.command, cwd=ROOT, env=check.environment(), check=False, **kept)  # type: ignore[call-overload]
    if aside:
        print(f"{heading(check)}\n{done.stdout}", end="", flush=True)
    note = "no test was found" if done.returncode == NO_TESTS and "pytest" in str(check.command) else ""
    return Outcome(check, FAILED if done.returncode else PASSED, time.monotonic() - begun, note)


def both(front: list[Check], beside: list[Check]) -> list[Outcome]:
    """Runs two rows of checks at the same time: a browser waits more than it works, and leaves the cores to the rest."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        others = pool.submit(lambda: [run(check, aside=True) for check in beside])
        return [*[run(check) for check in front], *others.result()]


def summary(outcomes: list[Outcome], seconds: float | None = None) -> int:
    """Prints the table and the closing line; 1 where anything failed. The whole took `seconds`, or the sum of its parts."""
    whole = sum(outcome.seconds for outcome in outcomes) if seconds is None else seconds
    print("\n── summary " + "─" * 49)
    for outcome in outcomes:
        print(f"{outcome.result:8}  {outcome.check.name:28} {outcome.seconds:6.1f} s  {outcome.note}".rstrip())
    counts = {word: sum(outcome.result == word for outcome in outcomes) for word in (PASSED, FAILED, NOT_RUN)}
    print(f"{'total':8}  {'':28} {whole:6.1f} s")
    left_out = f", {counts[NOT_RUN]} skipped" if counts[NOT_RUN] else ""
    print(f"\nchecks: {counts[PASSED]} passed, {counts[FAILED]} failed{left_out}", flush=True)
    return 1 if counts[FAILED] else 0


def main() -> int:
    """The checks from the command line."""
    begun = time.monotonic()
    if sys.argv[1:] == ["quick"]:
        return summary([run(check) for check in quick()])
    if sys.argv[1:] == ["all"]:
        with server() as obstacle:
            outcomes = both(*everything(obstacle))
        return summary(outcomes, time.monotonic() - begun)
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
