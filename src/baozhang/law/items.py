"""From an asset card to the item of the configuration standard that judges it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from baozhang.law.strictyaml import load
from baozhang.law.words import spoken

TABLE = Path(__file__).with_name("items.yaml")
EDITIONS = ("2022", "2010")
_FIELDS = {
    "title",
    "title_en",
    "family",
    "classes",
    "words",
    "with",
    "without",
    "narrows",
    "quantity",
    "price",
    "years",
}


@dataclass(frozen=True, slots=True)
class Item:
    """This is one item of the configuration standard: how it is recognized, and the figures that judge it."""

    key: str
    title: str
    title_en: str
    family: str
    classes: Mapping[str, tuple[str, ...]]
    words: tuple[str, ...]
    also: tuple[tuple[str, ...], ...]
    without: tuple[str, ...]
    narrows: str
    quantity: tuple[str, ...]
    price: str | None
    years: str | None

    @property
    def name(self) -> str:
        """This is the title in the reader's language."""
        return spoken(self.title, self.title_en)

    def named(self, name: str) -> bool:
        """This is true where a card's name (folded) says that it is this item."""
        return (
            any(word in name for word in self.words)
            and all(any(word in name for word in group) for group in self.also)
            and not any(word in name for word in self.without)
        )


@cache
def _table() -> Mapping[str, Any]:
    return load(TABLE)


@cache
def items() -> Mapping[str, Item]:
    """These are all items by key; ValueError where the table has an unknown field."""
    held = _table()
    found = {}
    for key, own in held["items"].items():
        if wrong := sorted(set(own) - _FIELDS):
            raise ValueError(f"{TABLE.name}: {key} has the unknown field {wrong[0]}")
        classes = {edition: tuple(codes) for edition, codes in (own.get("classes") or {}).items()}
        found[key] = Item(
            key,
            own["title"],
            own["title_en"],
            own["family"],
            classes,
            tuple(fold(word) for word in own["words"]),
            tuple(tuple(fold(word) for word in group) for group in own.get("with", ())),
            tuple(fold(word) for word in (*held["without"], *own.get("without", ()))),
            own.get("narrows", ""),
            tuple(f"assets.quantity.{name}" for name in own["quantity"]),
            f"assets.price.{own['price']}" if "price" in own else None,
            f"assets.years.{own['years']}" if "years" in own else None,
        )
    return found


def item_choices() -> list[tuple[str, str]]:
    """The items as what one may choose from, each under its name."""
    return [(key, item.name) for key, item in items().items()]


def fold(text: str) -> str:
    """This is a name or code without differences of width, case and spaces."""
    return "".join(unicodedata.normalize("NFKC", text).upper().split())


@lru_cache(maxsize=100_000)
def item_of(class_code: str, edition: str | int | None, name: str = "") -> str | None:
    """This is the key of the item that a card is, by its class code in an edition (2022, 2010), else by its name.

    Without an edition a code counts only where both editions agree on it. None where it is no item of the standard.
    """
    code, said = fold(class_code or ""), fold(name or "")
    by_code = {_by_code(code, each) for each in _editions(edition)} if code else {None}
    found = by_code.pop() if len(by_code) == 1 else None
    if found is None:
        return _by_name(said, _families(code, edition))
    kinds = (item for item in items().values() if item.narrows == found)
    return next((item.key for item in kinds if item.named(said)), found)


def _editions(edition: str | int | None) -> tuple[str, ...]:
    return (str(edition),) if str(edition) in EDITIONS else EDITIONS


def _by_code(code: str, edition: str) -> str | None:
    """This is the item with the longest class code that a code begins with."""
    fitting = [
        (len(wanted), item.key)
        for item in items().values()
        for wanted in item.classes.get(edition, ())
        if code.startswith(wanted)
    ]
    return max(fitting)[1] if fitting else None


def _families(code: str, edition: str | int | None) -> frozenset[str]:
    """These are the families a name may decide in; a code outside GB/T 14885 says nothing against any."""
    families = _table()["families"]
    if not (code.startswith("A0") and code[1:].isdigit()):
        return frozenset(families)
    return frozenset(
        family
        for family, codes in families.items()
        if any(code.startswith(wanted) or wanted.startswith(code.rstrip("0"))
               for each in _editions(edition) for wanted in codes[each])
    )  # fmt: skip


def _by_name(said: str, families: frozenset[str]) -> str | None:
    found = None
    for item in items().values():
        if said and item.family in families and item.named(said) and (found is None or item.narrows == found):
            found = item.key
    return found


@cache
def unverified(edition: str) -> frozenset[str]:
    """These are the codes of an edition that nobody has held against the text of the standard yet."""
    return frozenset(_table()["unverified"][edition])


@lru_cache(maxsize=100_000)
def is_unverified(class_code: str, edition: str | int | None) -> bool:
    """This is true where a card is recognized by its class code, and that code is one of the unverified (待核实)."""
    code = fold(class_code or "")
    for each in _editions(edition):
        wanted = [one for item in items().values() for one in item.classes.get(each, ()) if code.startswith(one)]
        if wanted and max(wanted, key=len) in unverified(each):
            return True
    return False


def depreciation_group(class_code: str, edition: str | int | None, structure: str = "") -> str | None:
    """This is the group of `assets.depreciation` for a class code, for houses with their structure (钢混, 砖木 …).

    The word none says that the class is not depreciated; None that it cannot be told.
    """
    code = fold(class_code or "")
    found: set[str | None] = set()
    for each in _editions(edition):
        groups = _table()["depreciation"][each]
        begun = [wanted for wanted in groups if code.startswith(wanted)]
        found.add(groups[max(begun, key=len)] if begun else None)
    group = found.pop() if len(found) == 1 else None
    if group != "building":
        return group
    if "简易" in structure:
        return "building_simple"
    if "砖" in structure:
        return "building_brick"
    return "building_frame" if "钢" in structure or "框" in structure else None
