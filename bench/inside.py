"""What runs in a process of its own, with the product loaded and one database: filling, or one group of measures."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path


def groups() -> dict[str, Callable[..., object]]:
    """The groups of measures by name, in the order in which they run."""
    from . import changing, life, pages, sheets, starting

    return {
        "ready": starting.ready, "worker": starting.worker, "list": pages.lists, "search": pages.search, "detail": pages.detail,
        "export": sheets.exports, "change": changing.change, "patrol": changing.patrols, "faulty": sheets.faulty,
        "import": sheets.imports, "answer": life.answer, "round": life.round_, "charge": life.charge, "transfer": life.transfer,
        "scans": life.scans,
    }  # fmt: skip


def main() -> None:
    """Sets the product up and does what the command line names: fill, part, or a group; measures go to standard output."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "baozhang.site.settings")
    import django

    django.setup()
    from . import fill
    from .room import Room, saved

    name, place, cards, *rest = sys.argv[1:]
    folder, count = Path(place), int(cards)
    if name == "fill":
        fill.fill(count, max(60, min(1_000, count // 100)), folder)
        return
    city = saved(folder)
    if city is None:
        raise SystemExit("there is nothing to measure yet: fill first")
    if name == "part":
        fill.cards_of(city, count, int(rest[0]), int(rest[1]))
        return
    found = groups()[name](Room(folder, count, city))
    print(json.dumps([measure.as_dict() for measure in found], ensure_ascii=False))  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
