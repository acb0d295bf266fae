"""The zip behind an .xlsx: checked before anything is unpacked, and copied part by part under a running count.

The copy holds only parts that were looked at, so the native reader never meets a zip that two programs could
read in two ways, nor a part whose stated size is a lie.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from django.utils.translation import gettext as _

from .limits import Limits
from .refusals import SheetError, bomb, damaged
from .shared_texts import SharedTexts
from .sheet_extent import Extent

_CHUNK = 1 << 20
_NEEDED = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|xl/_rels/[^/]+\.rels|xl/[^/]+\.xml|xl/worksheets/(_rels/)?[^/]+\.(xml|rels)"
    r"|xl/tables/[^/]+\.xml",
    re.I,
)
_MACRO_PARTS = ("vbaproject.bin", "vbadata.xml", "xl/macrosheets/")
_ERROR_CELL = re.compile(rb"""(<(?:\w+:)?c\b[^<>]*?\bt\s*=\s*["'])e(["'])""")
_ERROR_HINT = re.compile(rb"""t\s*=\s*["']e["']""")
_DATE_1904 = re.compile(rb"""<(?:\w+:)?workbookPr\b[^>]*\bdate1904\s*=\s*["'](?:1|true|on)["']""")


def strain(source: IO[bytes], target: IO[bytes], limits: Limits) -> bool:
    """This will copy the needed parts, unpacked and checked, and say whether days count from 1904."""
    try:
        with zipfile.ZipFile(source) as packed:
            _check_directory(packed.infolist(), limits)
            return _copy(packed, target, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError, ValueError) as error:
        raise damaged() from error


def _check_directory(parts: list[zipfile.ZipInfo], limits: Limits) -> None:
    names = [part.filename.lower() for part in parts]
    if any(mark in name for name in names for mark in _MACRO_PARTS):
        raise SheetError(_("工作簿含有宏，已拒绝打开。"), "macros", _("请另存为不含宏的 .xlsx 文件再上传。"))
    if "xl/workbook.xml" not in names:
        raise _other_package(names)
    if len(names) != len(set(names)) or any(part.flag_bits & 1 for part in parts):
        raise damaged()
    if len(parts) > limits.parts or sum(part.file_size for part in parts) > limits.unpacked_size:
        raise bomb()
    for part in parts:
        if part.file_size > limits.ratio_from and part.file_size > limits.ratio * max(part.compress_size, 1):
            raise bomb()


def _other_package(names: list[str]) -> SheetError:
    save_as = _("请用表格软件打开后另存为 .xlsx 再上传。")
    if "xl/workbook.bin" in names:
        return SheetError(_("这是二进制格式的 .xlsb 工作簿，不能读取。"), "wrong-type", save_as)
    if "word/document.xml" in names:
        return SheetError(_("这是 Word 文档，不是表格。"), "wrong-type", _("请上传 .xlsx、.xls 或 .csv 表格。"))
    if "content.xml" in names and "mimetype" in names:
        return SheetError(_("这是 OpenDocument 表格，不能读取。"), "wrong-type", save_as)
    return SheetError(_("这是压缩包，不是表格。"), "wrong-type", _("请解压后上传其中的 .xlsx、.xls 或 .csv 表格。"))


def _copy(packed: zipfile.ZipFile, target: IO[bytes], limits: Limits) -> bool:
    texts = SharedTexts(limits)
    unpacked = 0
    epoch1904 = False
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as copy:
        for part in packed.infolist():
            if not _NEEDED.fullmatch(part.filename):
                continue
            # Every part is measured as a sheet and as a list of texts: which it is, the workbook decides, not its name.
            extent = Extent(limits)
            texts.begin()
            with copy.open(zipfile.ZipInfo(part.filename), "w", force_zip64=True) as out:
                for piece in _pieces(packed, part, limits.unpacked_size - unpacked):
                    unpacked += len(piece)
                    extent.add(piece)
                    texts.add(piece)
                    if _ERROR_HINT.search(piece):
                        # The native reader turns error values into blanks; as texts they reach the user.
                        piece = _ERROR_CELL.sub(rb"\1str\2", piece)
                    epoch1904 = epoch1904 or (b"date1904" in piece and _DATE_1904.search(piece) is not None)
                    out.write(piece)
    if texts.is_suspicious:
        with zipfile.ZipFile(target) as copy:
            texts.check(piece for part in copy.infolist() for piece in _pieces(copy, part, limits.unpacked_size * 2))
    return epoch1904


def _pieces(packed: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> Iterator[bytes]:
    """A part unpacked bit by bit, each piece ending before a tag; counted as it comes, whatever the zip stated."""
    rest = b""
    first = True
    with packed.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise bomb()
            rest += chunk
            if first:
                _check_encoding(rest)
                first = False
            cut = rest.rfind(b"<c")
            if cut <= 0 or len(rest) - cut > _CHUNK:
                cut = rest.rfind(b"<")
            if cut <= 0:
                if len(rest) > 8 * _CHUNK:
                    raise bomb()
                continue
            piece, rest = rest[:cut], rest[cut:]
            _check_text(piece)
            yield piece
    _check_text(rest)
    yield rest


def _check_encoding(start: bytes) -> None:
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise damaged()


def _check_text(piece: bytes) -> None:
    if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece:
        raise SheetError(_("工作簿内含有外部实体声明，已拒绝打开。"), "entity", _("请将数据复制到新的工作簿后再上传。"))
    if b"\0" in piece:
        raise damaged()
