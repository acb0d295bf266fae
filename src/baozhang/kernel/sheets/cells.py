"""One cell at a time: compiled once per column, so that clean input costs next to nothing."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from .cell_dates import date_parser, shown
from .cell_moments import moment_parser
from .cell_numbers import number_parser
from .columns import Column, expected
from .refusals import CellError

Converter = Callable[[Any], Any]

ERROR_VALUES = frozenset(
    "#REF! #DIV/0! #N/A #NAME? #NULL! #NUM! #VALUE! #GETTING_DATA #SPILL! #CALC! #FIELD! #BLOCKED! #UNKNOWN!".split()
)
_NOTHING = frozenset(("-", "--", "—", "——", "－", "/", "／", "无", "\\", "N/A", "n/a"))
_ENDLESS = frozenset(("长期", "永久", "长期有效", "无固定期限", "无期限"))
_SHORT = max(map(len, _NOTHING))
_APOSTROPHES = frozenset("'’‘＇`")
_TRUE = frozenset("是 有 y yes true t 1 1.0 √ ✓ ✔ 对".split())
_FALSE = frozenset("否 无 没有 n no false f 0 0.0 × x ✗ ✘ 错".split())
_LINES = re.compile(r"\r\n?|[\x85\u2028\u2029]")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff\ufffe\uffff\ud800-\udfff\x00-\x08\x0b-\x1f\x7f-\x9f]")
_BLANKS = re.compile(r"[\t\xa0\u2000-\u200a\u202f\u205f\u3000]")
_LOST_DIGITS = re.compile(r"\d(?:\.\d+)?E\+(\d{2})")
_WIDE = {
    code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B), 0xFF0D)
}
_NUMBERED = re.compile(r"^(?:\d{1,6}[-_.、:]?|[a-z]\d{0,5}[-_.、:])(?=\D)|\([0-9a-z]{1,6}\)$")


def compile_column(column: Column, *, unit: str = "", epoch1904: bool = False) -> Converter:
    """This is the function that turns a raw cell into the column's value, None for a blank, or raises `CellError`.

    `unit` is the unit that the heading states (万元); `epoch1904` says how the workbook counts its days.
    """
    if column.kind in ("text", "reference"):
        return _text(column)
    if column.kind in ("choice", "bool"):
        return _choice(column, _words(column))
    if column.kind == "date":
        read = _guarded(column, date_parser(column, epoch1904=epoch1904))
        # 长期 under 有效期至: there is no last day, which an empty field says.
        endless = column.name.endswith("until") and not column.required
        return (
            (lambda raw: None if isinstance(raw, str) and raw.strip() in _ENDLESS else read(raw)) if endless else read
        )
    if column.kind == "moment":
        return _guarded(column, moment_parser(column, epoch1904=epoch1904))
    return _guarded(column, number_parser(column, unit=unit))


def parse(column: Column, raw: Any, *, unit: str = "", epoch1904: bool = False) -> Any:
    """This is the value of a single cell; many cells of one column are read by `compile_column`."""
    return compile_column(column, unit=unit, epoch1904=epoch1904)(raw)


def clean(text: str) -> str:
    """This is a text without control and invisible characters, its blanks plain and its ends stripped."""
    return _BLANKS.sub(" ", _INVISIBLE.sub("", _LINES.sub("\n", text))).strip()


def _blank(column: Column) -> Any:
    """None for a blank cell, unless the column must be filled."""
    if column.required:
        raise CellError(_("“%(heading)s”必须填写") % {"heading": column.heading}, expected(column))
    return None


def _formula_error(raw: Any) -> CellError:
    return CellError(_("公式出错：%(value)s") % {"value": raw}, _("请改正公式，或粘贴为数值"))


def _guarded(column: Column, convert: Converter) -> Converter:
    """The parser of a typed column behind the checks that all typed columns share."""

    def guarded(raw: Any) -> Any:
        if type(raw) is str:
            text = raw.strip()
            if not text.isascii():
                text = clean(text)
            if text[:1] in _APOSTROPHES:
                text = _bare(text)
            if not text or text in _NOTHING:
                return _blank(column)
            if text in ERROR_VALUES:
                raise _formula_error(text)
            return convert(text)
        if raw is None:
            return _blank(column)
        return convert(raw)

    return guarded


def _text(column: Column) -> Converter:
    longest = column.max_length or 1_000_000
    code = column.kind == "reference"

    def convert(raw: Any) -> str | None:
        if type(raw) is str:
            text = raw.strip()
            if not text.isprintable():
                text = clean(text)
        elif raw is None:
            return _blank(column)
        else:
            text = _spelt(raw)
        if text[:1] in _APOSTROPHES:
            text = _bare(text)
        if not text or (len(text) <= _SHORT and text in _NOTHING):
            return _blank(column)
        if code and not text.isascii():
            text = text.translate(_WIDE)
        if "#" in text and text in ERROR_VALUES:
            raise _formula_error(text)
        if len(text) > longest:
            raise CellError(
                _("长度为 %(length)d 个字，超过 %(most)d 个字") % {"length": len(text), "most": longest},
                expected(column),
            )
        if "E+" in text and (lost := _LOST_DIGITS.fullmatch(text)) and int(lost.group(1)) > 10:
            raise _digits_lost(text)
        return text

    return convert


def _bare(text: str) -> str:
    """A text without the apostrophe by which spreadsheets mark digits as text, where it came into the cell itself."""
    return text[1:].lstrip() if text[:1] in _APOSTROPHES and text[1:2].isdecimal() else text


def _digits_lost(raw: Any) -> CellError:
    return CellError(
        _("“%(value)s”是按数字保存的长号码，末尾数字已丢失") % {"value": shown(raw)},
        _("请将该列设为文本格式后重新填写"),
    )


def _spelt(raw: Any) -> str:
    """A value that was not stored as text, spelt as the user would: card number 1001.0 is 1001."""
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, float):
        if abs(raw) >= 1e15 or raw != raw:
            raise _digits_lost(raw)
        return str(int(raw)) if raw.is_integer() else format(Decimal(repr(raw)), "f")
    if isinstance(raw, datetime):
        return raw.isoformat(" ")
    if isinstance(raw, date):
        return raw.isoformat()
    return clean(str(raw))


def _flat(word: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", clean(word))).casefold()


def _words(column: Column) -> dict[str, Any]:
    """Every accepted word in one spelling; codes are accepted beside words, and words never yield to codes."""
    if column.kind == "bool" and not column.choices:
        return dict.fromkeys(_TRUE, True) | dict.fromkeys(_FALSE, False)
    known = {_flat(str(word)): value for word, value in column.choices.items()}
    for value in column.choices.values():
        known.setdefault(_flat(str(value)), value)
    # 大修增加 is one of 改建、扩建、大修增加, where no other word has it too.
    meant: dict[str, set[Any]] = defaultdict(set)
    for word, value in column.choices.items():
        for part in str(word).split("、") if "、" in str(word) else ():
            meant[_flat(part)].add(value)
    for part, values in meant.items():
        if len(values) == 1:
            known.setdefault(part, *values)
    return known


def _choice(column: Column, known: dict[str, Any]) -> Converter:
    seen: dict[str, Any] = {word: value for word, value in column.choices.items() if isinstance(word, str)}
    missing = object()

    def convert(raw: Any) -> Any:
        if type(raw) is str:
            value = seen.get(raw, missing)
            if value is not missing:
                return value
        elif raw is None:
            return _blank(column)
        value = look(raw)
        if type(raw) is str and value is not None and len(seen) < 5000:
            seen[raw] = value
        return value

    def look(raw: Any) -> Any:
        text = (
            ("是" if raw else "否")
            if isinstance(raw, bool) and column.kind == "bool"
            else (clean(raw) if isinstance(raw, str) else _spelt(raw))
        )
        word = _flat(text)
        for spelling in (word, _NUMBERED.sub("", word)):
            if spelling in known:
                return known[spelling]
        if not text or text in _NOTHING:
            return _blank(column)
        if text in ERROR_VALUES:
            raise _formula_error(text)
        raise CellError(_("“%(value)s”不在可选值中") % {"value": shown(text)}, expected(column))

    return convert
