"""Numbers for rows of sheets that come without one, and days for sums that come without one."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from baozhang.ch2_provision.assets.choices.classes import tidy
from baozhang.ch2_provision.assets.models import Card, numbering
from baozhang.kernel import clock
from baozhang.kernel.access import Actor
from baozhang.kernel.bulk import chunks


def fingerprint(values: Mapping[str, Any]) -> str:
    """This is what a ledger row without a number is known by: its plate or VIN, else what it was when it was bought."""
    strong = [str(values.get(name) or "").strip().upper() for name in ("vin", "plate")]
    if any(strong):
        parts = ["vehicle", strong[0] or strong[1]]
    else:
        amount = values.get("value")
        shown = format(Decimal(str(amount)).normalize(), "f") if amount not in (None, "") else ""
        parts = [shown] + [
            str(values.get(name) or "").strip()
            for name in ("name", "acquired", "certificate", "address", "serial", "model")
        ]
        parts.append(tidy(str(values.get("class_code") or "")))
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def number_rows(rows: Sequence[Any], by: Actor, counts: dict[Any, Any]) -> None:
    """This will give numbers to rows of a sheet: those of the same row's card from before, else the next free ones.

    Equal rows (ten like chairs) are told apart by their order among each other. A sum of depreciation that differs from
    the card's is dated today where the sheet has no day for it. Rows are changed in place; nothing is written. `counts`
    is what earlier pieces of the same file came to: equal rows met, and the last number given out.
    """
    bare: dict[Any, list[Any]] = defaultdict(list)
    stated: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        organ = row.values.get("organ")
        if organ is None:
            continue
        if not str(row.values.get("number") or "").strip():
            bare[organ].append(row)
        if row.values.get("depreciated") is not None and not row.values.get("depreciated_on"):
            stated[organ].append(row)
    for organ, members in bare.items():
        _number(organ, members, counts)
    for organ, members in stated.items():
        _date(organ, members)


def _number(organ: Any, rows: Sequence[Any], counts: dict[Any, Any]) -> None:
    seen: Counter[str] = counts.setdefault(("equal", organ.pk), Counter())
    for row in rows:
        mark = fingerprint(row.values)
        seen[mark] += 1
        row.values["source_key"] = f"{mark}-{seen[mark]}"
    known: dict[str, str] = {}
    for part in chunks([row.values["source_key"] for row in rows]):
        found = Card._base_manager.filter(organ_id=organ.pk, source_key__in=part)
        known.update(found.values_list("source_key", "number"))
    fresh = [row for row in rows if row.values["source_key"] not in known]
    given = numbering.next_numbers(Card, organ, len(fresh), after=counts.get(("last", organ.pk), "")) if fresh else []
    if given:
        counts["last", organ.pk] = given[-1]
    numbers = iter(given)
    for row in rows:
        row.values["number"] = known.get(row.values["source_key"]) or next(numbers)


def _date(organ: Any, rows: Sequence[Any]) -> None:
    known: dict[str, Decimal | None] = {}
    for part in chunks([str(row.values["number"]) for row in rows]):
        cards = Card._base_manager.filter(organ_id=organ.pk, number__in=part)
        known.update(cards.values_list("number", "depreciated"))
    today = clock.today()
    for row in rows:
        if known.get(str(row.values["number"])) != row.values["depreciated"]:
            row.values["depreciated_on"] = today
        else:
            row.values.pop("depreciated_on", None)
