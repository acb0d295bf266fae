"""Further addresses that mechanisms and rooms give to resources for programs; what makes them is loaded with the API alone."""

from __future__ import annotations

MORE: list[str] = []  # paths of functions that take a router and its resource


def more(path: str) -> None:
    """This will have a function ("package.module.function") give addresses to each resource when those are made."""
    MORE.append(path)
