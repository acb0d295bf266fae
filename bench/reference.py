"""The limit of an import: the same workbook, the same checks of types and keys, COPY into the same tables, no more."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import python_calamine
from django.db import connection, transaction
from django.db.models import CharField

from baozhang.ch2_provision.assets.models import Card
from baozhang.kernel import bulk
from baozhang.kernel.search import blob

from .ledgers import cards
from .workbook import CHOICES, HEADINGS

DATES = ("acquired", "in_use_from", "booked")
NUMBERS = ("quantity", "value")
# The texts of a card that the workbook leaves out, as the product keeps them.
FIXED: dict[str, Any] = {
    field.attname: ""
    for field in Card._meta.concrete_fields
    if isinstance(field, CharField) and not field.null and field.attname not in HEADINGS
} | {"value_type": "original", "category": "equipment"}


class Reference:
    """Reads and checks a workbook by hand and writes what it brings in one transaction, which is undone at the end."""

    def __init__(self, path: Path, organ: int, rows: int) -> None:
        self.path, self.organ = path, organ
        self.words = {
            name: {str(words): value for value, words in Card._meta.get_field(name).flatchoices} for name in CHOICES
        }
        self.longest = {f.attname: f.max_length for f in Card._meta.concrete_fields if f.max_length}
        # The same words to find a card by as the product keeps, made beforehand: what an index costs is no matter of taste.
        self.search = [blob(card) for card in cards(organ, rows, "某机关事务管理局")]
        self.wrong: list[tuple[int, str]] = []

    def run(self) -> int:
        """Does it all once; the number of rows."""
        with transaction.atomic():
            rows = list(self._rows())
            numbers = [row["number"] for row in rows]
            if len(set(numbers)) < len(numbers) or self._known(numbers):
                raise SystemExit("the reference's workbook has numbers twice")
            self._write(rows)
            transaction.set_rollback(True)
        return len(rows)

    def _known(self, numbers: list[str]) -> set[str]:
        found: set[str] = set()
        for part in bulk.chunks(numbers):
            cards = Card._base_manager.filter(organ_id=self.organ, number__in=part)
            found.update(cards.values_list("number", flat=True))
        return found

    def _rows(self) -> Iterator[dict[str, Any]]:
        sheet = python_calamine.CalamineWorkbook.from_path(str(self.path)).get_sheet_by_index(0)
        lines = sheet.iter_rows()
        next(lines)
        names = list(HEADINGS)
        for number, line in enumerate(lines, 2):
            row = dict(zip(names, line, strict=True))
            self._check(row, number)
            yield row

    def _check(self, row: dict[str, Any], number: int) -> None:
        for name in DATES:
            if row[name] == "":
                row[name] = None
            elif not isinstance(row[name], dt.date):
                self.wrong.append((number, name))
        for name in NUMBERS:
            row[name] = round(Decimal(repr(row[name])), 2)
        for name in CHOICES:
            row[name] = self.words[name].get(row[name], "") if row[name] else ""
        for name, value in row.items():
            if isinstance(value, str) and len(value) > self.longest.get(name, 10_000):
                self.wrong.append((number, name))

    def _write(self, rows: list[dict[str, Any]]) -> None:
        now = dt.datetime.now(dt.UTC)
        keys = bulk.reserve_ids(Card, len(rows))
        columns = [*HEADINGS, *FIXED, "id", "organ_id", "version", "head", "search", "kept_at", "extra"]
        made, entries = [], []
        fixed = tuple(FIXED.values())
        for key, row, text in zip(keys, rows, self.search, strict=True):
            said = json.dumps(row, ensure_ascii=False, default=str)
            head = hashlib.sha256(said.encode()).digest()
            made.append((*row.values(), *fixed, key, self.organ, 1, head, text, now, "{}"))
            entries.append(
                (
                    "assets.card",
                    key,
                    1,
                    self.organ,
                    now.date(),
                    now,
                    "reference",
                    "",
                    "import",
                    "",
                    said,
                    "",
                    head,
                    head,
                )
            )
        self._put("assets_card", columns, made)
        names = "kind record_id seq organ_id day at by_name by_organ act note changes batch prev hash".split()
        self._put("kernel_entry", names, entries)

    def _put(self, table: str, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
        listed = ", ".join(f'"{column}"' for column in columns)
        with connection.cursor() as cursor:
            if bulk.is_postgres():
                with cursor.copy(f'COPY "{table}" ({listed}) FROM STDIN') as copy:
                    for row in rows:
                        copy.write_row(row)
                return
            marks = ", ".join(["%s"] * len(columns))
            plain = [tuple(str(v) if isinstance(v, (Decimal, dt.date)) else v for v in row) for row in rows]
            cursor.executemany(f'INSERT INTO "{table}" ({listed}) VALUES ({marks})', plain)
