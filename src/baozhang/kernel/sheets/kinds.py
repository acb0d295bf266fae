"""What a file is by its first bytes; what it is called counts only for plain text."""

from __future__ import annotations

from pathlib import PurePath

from django.utils.translation import gettext as _

from .compound import SIGNATURE
from .refusals import SheetError

_TEXT_NAMES = (".csv", ".tsv", ".txt", ".xls", "")
_MACRO_NAMES = (".xlsm", ".xltm", ".xlam")
_FOREIGN = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x1f\x8b", "GZIP"),
    (b"{\\rtf", "RTF"),
    (b"\x7fELF", "ELF"),
    (b"MZ", "EXE"),
    (b"SQLite format 3", "SQLite"),
)
_ANCIENT = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")


def kind_of(start: bytes, name: str) -> str:
    """This is 'xlsx', 'xls' or 'csv' for the first bytes of a file; anything else is refused by its true kind."""
    suffix = PurePath(name).suffix.lower()
    if not start.strip():
        raise SheetError(_("文件是空的。"), "empty", _("请检查是否选错文件。"))
    if suffix in _MACRO_NAMES:
        raise SheetError(_("这是启用宏的工作簿，已拒绝打开。"), "macros", _("请另存为不含宏的 .xlsx 文件再上传。"))
    if start.startswith(b"PK\x03\x04"):
        return "xlsx"
    if start.startswith(SIGNATURE):
        return "xls"
    if start.startswith(_ANCIENT):
        raise SheetError(_("这是早期版本的表格文件，不能读取。"), "wrong-type", _save_as())
    for mark, kind in _FOREIGN:
        if start.startswith(mark) and (mark not in (b"BM", b"MZ") or b"\0" in start[:64]):
            raise SheetError(_("这是 %(kind)s 文件，不是表格。") % {"kind": kind}, "wrong-type", _wanted())
    flat = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if flat.startswith(b"<"):
        raise SheetError(_("这是网页或 XML 文件，只是名字像表格。"), "wrong-type", _save_as())
    if flat.startswith((b"{", b"[")) and suffix not in _TEXT_NAMES[:3]:
        raise SheetError(_("这是 JSON 文件，不是表格。"), "wrong-type", _wanted())
    if suffix not in _TEXT_NAMES:
        raise SheetError(_("文件内容不是 %(suffix)s 表格。") % {"suffix": suffix}, "wrong-type", _wanted())
    return "csv"


def _wanted() -> str:
    return _("请上传 .xlsx、.xls 或 .csv 表格。")


def _save_as() -> str:
    return _("请用表格软件打开后另存为 .xlsx 再上传。")
