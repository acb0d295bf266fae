"""The headings of the menu, which the floors above declare in their order: the kernel knows none by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Chapter:
    """A heading of the menu: what stands together, its words and its icon."""

    code: str
    words: Any
    icon: str


CHAPTERS: dict[str, Chapter] = {}


def declare(*chapters: Chapter) -> None:
    """This will put headings behind those that are there; ValueError where one is there already."""
    for chapter in chapters:
        if chapter.code in CHAPTERS:
            raise ValueError(f"the chapter {chapter.code} is declared twice")
        CHAPTERS[chapter.code] = chapter
