"""YAML without its traps: a key that stands twice is refused, a fraction is a Decimal, a date a date."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):
    """This is the safe loader with Decimal fractions and without doubled keys."""


def _mapping(loader: Any, node: Any) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in found:
            line = key_node.start_mark.line + 1
            raise yaml.YAMLError(f"{key!r} stands twice, the second time in line {line}")
        found[key] = loader.construct_object(value_node, deep=True)
    return found


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("tag:yaml.org,2002:float", lambda loader, node: Decimal(loader.construct_scalar(node)))


def load(path: Path) -> dict[str, Any]:
    """This is the mapping in a YAML file; ValueError with file and line where it is none."""
    try:
        held = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 -- built on the safe loader
    except yaml.YAMLError as error:
        raise ValueError(f"{path.name}: {error}") from error
    if not isinstance(held, dict):
        raise ValueError(f"{path.name}: no mapping")
    return held
