"""From the content model to what a template reads: cleaned strings, numbered headings, measured columns."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from baozhang.kernel.documents.model import (
    Block,
    Cell,
    Column,
    DocumentError,
    Heading,
    KeyFigures,
    KeyValues,
    Note,
    Para,
    Table,
)
from baozhang.kernel.documents.titles import width
from baozhang.kernel.numerals import numeral
from baozhang.kernel.refusal import Fault

NONCHARACTERS = {0xFFFE, 0xFFFF}
# Spaces of a cell beside its text, in mm, and the type size of table text in mm per full character (10.5 pt).
CELL_INSET = 1.6
CELL_CHAR = 10.5 * 25.4 / 72
# The width of the type area in mm; a report is a little wider and stretches the shares.
TABLE_WIDTH = 156.0
ALIGNS = ("left", "center", "right")


def clean(text: object) -> str:
    """This is the text without characters that have no ink or turn the reading order; line feeds stay."""
    kept = []
    for char in str(text).replace("\r\n", "\n").replace("\r", "\n"):
        kind = unicodedata.category(char)
        if char == "\n" or kind in ("Zl", "Zp"):
            kept.append("\n")
        elif kind == "Zs" and char != "\u3000" or char == "\t":
            kept.append(" ")
        elif kind not in ("Cc", "Cf", "Cs") and ord(char) & 0xFFFF not in NONCHARACTERS:
            kept.append(char)
    return "".join(kept).strip()


def line(text: object) -> str:
    """This is the cleaned text on one line, runs of white space made one space."""
    return " ".join(clean(text).split())


def chinese_date(day: date) -> str:
    """This is the date in Arabic numerals without leading zeros: 2026年3月2日 (GB/T 9704-2012 7.3.5.1)."""
    return f"{day.year}年{day.month}月{day.day}日"


def heading_number(level: int, count: int) -> str:
    """This is the number before a heading: 一、 （一） 1. （1） by level (GB/T 9704-2012 7.3.3)."""
    chinese = numeral(count)
    return {1: f"{chinese}、", 2: f"（{chinese}）", 3: f"{count}.", 4: f"（{count}）"}[level]


def cell_text(cell: Cell) -> str:
    """This is a cell as printed: thousands separators for numbers, ISO dates, empty for None; a float is refused."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        raise TypeError("a float has no exact decimals: pass Decimal or str")
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, (int, Decimal)):
        return f"{cell:,}" if isinstance(cell, int) else f"{cell:,f}"
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "minutes")
    return cell.isoformat() if isinstance(cell, date) else clean(cell)


def blocks_payload(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    """This is the list of blocks for a template, headings numbered in order, paragraphs split at line feeds."""
    counts = [0, 0, 0, 0, 0]
    out: list[dict[str, Any]] = []
    for block in blocks:
        if isinstance(block, Heading):
            if block.level not in (1, 2, 3, 4):
                raise DocumentError(
                    Fault(
                        reason=_("标题“%(text)s”的层次为 %(level)s，公文只有一至四级标题（GB/T 9704—2012 7.3.3）。")
                        % {"text": line(block.text), "level": block.level},
                        remedy=_("请把层次改为 1 至 4。"),
                        field="level",
                        value=str(block.level),
                    )
                )
            counts[block.level] += 1
            counts[block.level + 1 :] = [0] * (4 - block.level)
            number = heading_number(block.level, counts[block.level])
            out.append({"kind": "heading", "level": block.level, "text": number + line(block.text)})
        elif isinstance(block, Para):
            out.extend({"kind": "para", "text": line(part)} for part in clean(block.text).split("\n") if part.strip())
        elif isinstance(block, Note):
            out.append({"kind": "note", "text": line(block.text)})
        elif isinstance(block, KeyValues):
            out.append(_pairs_payload(block))
        elif isinstance(block, KeyFigures):
            out.append(_figures_payload(block))
        else:
            out.append(_table_payload(block))
    return out


def _pairs_payload(block: KeyValues) -> dict[str, Any]:
    """This is a list of pairs and the width of its widest name in characters."""
    # In running text a date is written out, in a table it is short.
    words = [
        (name, chinese_date(value) if isinstance(value, date) else cell_text(value)) for name, value in block.pairs
    ]
    pairs = [[line(name), line(value)] for name, value in words]
    return {"kind": "pairs", "pairs": pairs, "width": max((width(name) for name, _value in pairs), default=0)}


def _figures_payload(block: KeyFigures) -> dict[str, Any]:
    """This is the row of large figures."""
    figures = [
        {
            "label": line(item.label),
            "value": cell_text(item.value),
            "unit": line(item.unit),
            "remark": line(item.remark),
        }
        for item in block.figures
    ]
    return {"kind": "figures", "figures": figures}


def _table_payload(table: Table) -> dict[str, Any]:
    """This is a table with every cell as text, an alignment and a share of the width for every column."""
    if not table.columns:
        raise DocumentError(Fault(reason=_("表格没有列，无法排版。"), remedy=_("请至少给出一列。"), field="columns"))
    for index, row in enumerate(table.rows, 1):
        if len(row) != len(table.columns):
            words = {"caption": line(table.caption), "row": index, "cells": len(row), "columns": len(table.columns)}
            raise DocumentError(
                Fault(
                    reason=_("表格“%(caption)s”第 %(row)s 行有 %(cells)s 格，应为 %(columns)s 格。") % words,
                    remedy=_("请补齐或删除多余的格。"),
                    field="rows",
                    row=index,
                )
            )
    rows = [[cell_text(cell) for cell in row] for row in table.rows]
    header = [line(column.title) for column in table.columns]
    shares = _shares(table.columns, rows)
    return {
        "kind": "table",
        "caption": line(table.caption),
        "header": header,
        "header_short": _short(header, shares),
        "aligns": [_align(column, [row[at] for row in table.rows]) for at, column in enumerate(table.columns)],
        "widths": shares,
        "rows": [{"cells": row, "short": _short(row, shares)} for row in rows],
    }


def _align(column: Column, cells: Sequence[Cell]) -> str:
    """This is the alignment of a column: as declared, else right when all that it holds are numbers, else left."""
    if column.align is not None:
        if column.align not in ALIGNS:
            raise ValueError(f"align of column {column.title!r} is {column.align!r}, must be one of {ALIGNS}")
        return column.align
    filled = [cell for cell in cells if cell is not None and cell != ""]
    numbers = all(isinstance(cell, (int, Decimal)) and not isinstance(cell, bool) for cell in filled)
    return "right" if filled and numbers else "left"


def _shares(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[float]:
    """This is each column's share of the table: short columns get all that they wish, long ones share what is left."""
    wishes = [column.width or _wish(column, [row[at] for row in rows]) for at, column in enumerate(columns)]
    room = TABLE_WIDTH
    granted = [0.0] * len(columns)
    # Declared widths are granted first, then the shortest wish, each against an even share of what is still free.
    order = sorted(range(len(columns)), key=lambda at: (columns[at].width is None, wishes[at]))
    for place, at in enumerate(order):
        even = room / (len(order) - place)
        granted[at] = wishes[at] if columns[at].width is not None else min(wishes[at], max(even, CELL_CHAR))
        room = max(room - granted[at], 0.0)
    stretch = [at for at, column in enumerate(columns) if column.width is None] or list(order)
    wished = sum(wishes[at] for at in stretch)
    for at in stretch:
        granted[at] += room * wishes[at] / wished
    whole = sum(granted)
    return [width / whole for width in granted]


def _wish(column: Column, cells: Sequence[str]) -> float:
    """This is the width in mm a column would like: its longest text, but no more than thirty characters."""
    longest = max((width(part) for cell in cells for part in cell.split("\n")), default=0.0)
    # Digits and capitals are a little wider than the half character that `width` counts for them.
    return min(max(longest * 1.08, width(column.title), 2.0), 30.0) * CELL_CHAR + 2 * CELL_INSET + 0.6


def _short(cells: Sequence[str], shares: Sequence[float]) -> bool:
    """This is whether every cell surely takes one line, so that the template need not measure the row."""
    for cell, share in zip(cells, shares, strict=True):
        # Latin letters are of unequal width; the widest is nearly a full character.
        longest = len(cell) * 0.55 if cell.isascii() and not any(char.isalpha() for char in cell) else len(cell)
        if "\n" in cell or longest * CELL_CHAR > share * TABLE_WIDTH - 2 * CELL_INSET:
            return False
    return True
