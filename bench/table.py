"""The table that a bench prints, one for each database."""

from __future__ import annotations

import platform
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HEADINGS = ("measure", "median", "p95", "rate", "limit", "x limit", "target", "met", "app CPU", "db CPU", "peak")


def seconds(value: float | None) -> str:
    """A time in ms below a second, in s above."""
    if value is None:
        return ""
    return f"{value * 1000:.1f} ms" if value < 1 else f"{value:.2f} s"


def _cells(line: dict[str, Any]) -> list[str]:
    rate = f"{line['rate']:,.0f} {line['unit']}" if line["rate"] else ""
    met = {True: "yes", False: "NO", None: ""}[line["met"]]
    return [
        line["words"], seconds(line["median"]), seconds(line["p95"]), rate, seconds(line["limit"]),
        f"{line['ratio']:.1f}" if line["ratio"] else "", line["target"], met, seconds(line["app_cpu"]), seconds(line["server_cpu"]),
        f"{line['peak']:.0f} MB" if line["peak"] else "",
    ]  # fmt: skip


def shown(title: str, lines: Iterable[dict[str, Any]]) -> str:
    """The whole table as text, with the limits and notes below it."""
    lines = list(lines)
    rows = [list(HEADINGS), *(_cells(line) for line in lines)]
    widths = [max(_width(row[i]) for row in rows) for i in range(len(HEADINGS))]
    told = [title, "=" * len(title)]
    for place, row in enumerate(rows):
        told.append(" | ".join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip())
        if place == 0:
            told.append("-|-".join("-" * width for width in widths))
    told.append("")
    for line in lines:
        notes = ([f"limit: {line['limit_words']}"] if line["limit_words"] else []) + line["notes"]
        told.append(f"{line['name']}: {'; '.join(notes)}")
    return "\n".join(told)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def machine() -> str:
    """This machine in one line: what runs, on how many cores, with how much memory and load."""
    cpu = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.machine(),
    )
    cores = sum(1 for line in _lines("/proc/cpuinfo") if line.startswith("processor"))
    memory = next(
        (int(line.split()[1]) // 1024**2 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0
    )
    load = " ".join(_lines("/proc/loadavg")[0].split()[:3]) if _lines("/proc/loadavg") else "?"
    return f"{platform.system()}, Python {platform.python_version()}, {cores} cores ({cpu}), {memory} GB, load {load}"


def _lines(path: str) -> list[str]:
    place = Path(path)
    return place.read_text(encoding="utf-8").splitlines() if place.exists() else []
