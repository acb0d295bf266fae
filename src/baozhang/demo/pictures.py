"""Pictures of what lies in the warehouse: drawn by the typesetter from plain shapes, the same each time; nobody's photographs."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from baozhang.ch2_provision.warehouse.models import Item
from baozhang.kernel import attachments
from baozhang.kernel.access import Actor

from .goods import EQUIPMENT, FURNITURE

DRAWINGS = Path(__file__).with_name("pictures.typ")
SHADES = 3  # colours in which each thing is drawn
PIXELS_PER_INCH = 120  # 400 × 300
DRAWN = {good.name for good in (*EQUIPMENT, *FURNITURE)}
Kind = tuple[str, int]  # a thing and its shade


def kind_of(item: Item) -> Kind:
    """What is drawn of an item, in a shade of its own; a closed carton where the story has no such thing."""
    return (item.name, item.card_id % SHADES) if item.name in DRAWN else ("", 0)


def drawn(kinds: Sequence[Kind]) -> dict[Kind, bytes]:
    """Some kinds as PNG, all in one go: to start the typesetter is what takes time."""
    import typst

    pages: Any = typst.compile(
        str(DRAWINGS), format="png", ppi=PIXELS_PER_INCH, ignore_system_fonts=True,
        sys_inputs={"wanted": json.dumps(kinds, ensure_ascii=False)},
    )  # fmt: skip
    return dict(zip(kinds, pages if isinstance(pages, list) else [pages], strict=True))


def photograph(items: Iterable[Item], *, by: Actor) -> None:
    """This will put a picture on each item, as its keeper does when it comes in."""
    kinds = {item: kind_of(item) for item in items}
    pictures = drawn(sorted(set(kinds.values())))
    for item, kind in kinds.items():
        attachments.attach(item, io.BytesIO(pictures[kind]), f"{item.name}.png", by=by)
