"""Measures the product on a database of its own and prints a table, ours beside this machine's limit.

python -m bench                          both databases: a million cards on PostgreSQL, a tenth of that on SQLite
python -m bench --database sqlite        one of them
python -m bench --cards 100000           another size (SQLite takes a tenth of it)
python -m bench --only list search       some groups: ready worker list search detail export change patrol faulty import
                                         answer round charge transfer scans; transfer comes before scans
python -m bench --json FILE              the figures also as JSON
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .table import machine, shown

ROOT = Path(__file__).resolve().parent.parent
GROUPS = (
    "ready", "worker", "list", "search", "detail", "export", "change", "patrol", "faulty", "import",
    "answer", "round", "charge", "transfer", "scans",
)  # fmt: skip
CARDS = 1_000_000


@contextmanager
def database(kind: str, place: Path) -> Iterator[str]:
    """The address of a database that is thrown away afterwards."""
    if kind == "sqlite":
        yield f"sqlite:///{place / 'bench.sqlite3'}"
        return
    sys.path.insert(0, str(ROOT / "scripts"))
    import postgres

    with postgres.cluster(durable=True) as made:
        yield made.url


def inside(environment: dict[str, str], *words: str) -> str:
    """Runs one part of the bench in a process of its own; what it prints."""
    command = [sys.executable, "-m", "bench.inside", *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"bench: {' '.join(words[:1])} failed")
    return done.stdout


def measure(kind: str, cards: int, only: list[str]) -> list[dict[str, Any]]:
    """All lines of the table of one database."""
    place = Path(tempfile.mkdtemp(prefix="baozhang-bench-"))
    found: list[dict[str, Any]] = []
    try:
        with database(kind, place) as url:
            environment = {
                **os.environ,
                "BAOZHANG_DATABASE_URL": url,
                "BAOZHANG_HOME": str(place),
                "BAOZHANG_LOG": "ERROR",
            }
            code = "from baozhang.site.command import main; main()"
            subprocess.run([sys.executable, "-c", code, "migrate", "--verbosity", "0"], env=environment, check=True)
            inside(environment, "fill", str(place), str(cards))
            for group in [name for name in GROUPS if not only or name in only]:
                begun = time.perf_counter()
                found += json.loads(inside(environment, group, str(place), str(cards)).splitlines()[-1])
                print(f"{kind}: {group} in {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return found


def main() -> int:
    """The bench from the command line; 0 also where a target is missed: the table says so."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", choices=("postgres", "sqlite"), help="one database only")
    parser.add_argument("--cards", type=int, default=CARDS, help="cards on PostgreSQL; SQLite takes a tenth")
    parser.add_argument("--only", nargs="+", choices=GROUPS, default=[], metavar="NAME", help="some groups only")
    parser.add_argument("--json", type=Path, help="a file for the figures")
    options = parser.parse_args()
    print(machine(), flush=True)
    figures: dict[str, Any] = {"machine": machine()}
    for kind in [options.database] if options.database else ["postgres", "sqlite"]:
        cards = options.cards if kind == "postgres" else max(1_000, options.cards // 10)
        figures[kind] = measure(kind, cards, options.only)
        name = "PostgreSQL" if kind == "postgres" else "SQLite"
        print(f"\n{shown(f'{name}, {cards:,} cards', figures[kind])}", flush=True)
    if options.json:
        options.json.write_text(json.dumps(figures, ensure_ascii=False, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
