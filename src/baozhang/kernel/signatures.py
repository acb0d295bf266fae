"""What a file really is, told by its content: the sorts that an attachment may have, and why others are refused."""

from __future__ import annotations

import codecs
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .refusal import Invalid

HEAD = 4096
MEGABYTE = 1024 * 1024
UNPACKED = 512 * MEGABYTE  # the stated size of all parts of an office file; none of them is unpacked here
RATIO, RATIO_FROM = 200, 8 * MEGABYTE  # an honest large part packs less well than 1:200
PARTS = 10_000


@dataclass(frozen=True)
class Sort:
    """One sort of file that is let in: its words, media type, endings, and whether a browser may show it in the page."""

    code: str
    words: Any
    mime: str
    endings: tuple[str, ...]
    kind: str  # image | pdf | sheet | document | slides | video | text: which picture stands beside it
    inline: bool = False


_OFFICE = "application/vnd.openxmlformats-officedocument."
SORTS: dict[str, Sort] = {
    sort.code: sort
    for sort in (
        Sort("pdf", gettext_lazy("PDF 文件"), "application/pdf", ("pdf",), "pdf", True),
        Sort("ofd", gettext_lazy("OFD 版式文件"), "application/ofd", ("ofd",), "document"),
        Sort("png", gettext_lazy("PNG 图片"), "image/png", ("png",), "image", True),
        Sort("jpeg", gettext_lazy("JPEG 图片"), "image/jpeg", ("jpg", "jpeg", "jfif"), "image", True),
        Sort("gif", gettext_lazy("GIF 图片"), "image/gif", ("gif",), "image", True),
        Sort("webp", gettext_lazy("WebP 图片"), "image/webp", ("webp",), "image", True),
        Sort("bmp", gettext_lazy("BMP 图片"), "image/bmp", ("bmp",), "image"),
        Sort("tiff", gettext_lazy("TIFF 图片"), "image/tiff", ("tif", "tiff"), "image"),
        Sort("heic", gettext_lazy("HEIC 图片"), "image/heic", ("heic", "heif"), "image"),
        Sort("mp4", gettext_lazy("MP4 视频"), "video/mp4", ("mp4", "m4v", "mov"), "video"),
        Sort("docx", gettext_lazy("Word 文档"), f"{_OFFICE}wordprocessingml.document", ("docx",), "document"),
        Sort("xlsx", gettext_lazy("Excel 表格"), f"{_OFFICE}spreadsheetml.sheet", ("xlsx",), "sheet"),
        Sort("pptx", gettext_lazy("演示文稿"), f"{_OFFICE}presentationml.presentation", ("pptx",), "slides"),
        Sort("doc", gettext_lazy("Word 97 文档"), "application/msword", ("doc", "wps"), "document"),
        Sort("xls", gettext_lazy("Excel 97 表格"), "application/vnd.ms-excel", ("xls", "et"), "sheet"),
        Sort("ppt", gettext_lazy("97 演示文稿"), "application/vnd.ms-powerpoint", ("ppt", "dps"), "slides"),
        Sort("csv", gettext_lazy("CSV 表格"), "text/csv", ("csv",), "sheet"),
        Sort("txt", gettext_lazy("纯文本"), "text/plain", ("txt",), "text"),
    )
}
_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "pdf"), (b"\xef\xbb\xbf%PDF-", "pdf"), (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"), (b"GIF89a", "gif"), (b"II*\0", "tiff"), (b"MM\0*", "tiff"),
)  # fmt: skip
_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"), "heic"),
    **dict.fromkeys((b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"qt  "), "mp4"),
}  # fmt: skip
_PROGRAMS: tuple[tuple[bytes, Any], ...] = (
    (b"MZ", gettext_lazy("可执行程序")), (b"\x7fELF", gettext_lazy("可执行程序")), (b"\0asm", gettext_lazy("可执行程序")),
    (b"\xca\xfe\xba\xbe", gettext_lazy("可执行程序")), (b"\xcf\xfa\xed\xfe", gettext_lazy("可执行程序")),
    (b"\xce\xfa\xed\xfe", gettext_lazy("可执行程序")), (b"\xfe\xed\xfa", gettext_lazy("可执行程序")),
    (b"L\0\0\0\x01\x14\x02\0", gettext_lazy("快捷方式")), (b"#!", gettext_lazy("脚本")), (b"@echo", gettext_lazy("脚本")),
    (b"Rar!", gettext_lazy("压缩包")), (b"7z\xbc\xaf", gettext_lazy("压缩包")), (b"\x1f\x8b", gettext_lazy("压缩包")),
    (b"MSCF", gettext_lazy("压缩包")), (b"{\\rtf", gettext_lazy("RTF 文档")),
)  # fmt: skip
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = re.compile(rb"^\s*<(?:[a-zA-Z!?%])")
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_PACKAGES = (
    ("word/document.xml", "docx"),
    ("xl/workbook.xml", "xlsx"),
    ("ppt/presentation.xml", "pptx"),
    ("ofd.xml", "ofd"),
)


def refusal(why: str, instead: str = "") -> Invalid:
    """The refusal of a file for what it is."""
    return Invalid(
        _("不能接收这个文件"),
        why=why,
        instead=instead or _("请上传 PDF、OFD、图片、Word、Excel、演示文稿、CSV、纯文本或 MP4 文件。"),
    )


def recognize(file: IO[bytes], name: str) -> Sort:
    """The sort of a file by its content; Invalid where it is none of the list, dangerous, or other than its name says."""
    file.seek(0)
    head = file.read(HEAD)
    if not head:
        raise refusal(_("文件是空的。"), _("请确认文件已保存完整后再上传。"))
    sort = SORTS[_code(file, head, name)]
    ending = name.rpartition(".")[2].lower()
    if ending not in sort.endings:
        raise refusal(
            _("文件名以“%(ending)s”结尾，内容却是%(sort)s。") % {"ending": f".{ending}", "sort": sort.words},
            _("请把文件名的结尾改为 .%(right)s，或上传正确的文件。") % {"right": sort.endings[0]},
        )
    return sort


def _code(file: IO[bytes], head: bytes, name: str) -> str:
    for start, code in _STARTS:
        if head.startswith(start):
            return code
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[:2] == b"BM" and len(head) > 26 and head[6:10] == b"\0\0\0\0" and head[15:18] == b"\0\0\0":
        return "bmp"
    if head[4:8] == b"ftyp" and head[8:12] in _BRANDS:
        return _BRANDS[head[8:12]]
    if head.startswith(b"PK\x03\x04"):
        return _package(file)
    if head.startswith(_COMPOUND):
        return _compound(file)
    lowered = head.lower()
    for start, words in _PROGRAMS:
        if head.startswith(start) or lowered.startswith(start):
            raise refusal(_("它的内容是%(sort)s，不能作为附件。") % {"sort": words})
    return _text(file, head, name)


def _package(file: IO[bytes]) -> str:
    """An office file of our day is a zip; its list of parts is read, nothing is unpacked but the list of their types."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as packed:
            parts = packed.infolist()
            names = {part.filename.lower() for part in parts}
            _check_sizes(parts)
            code = next((code for part, code in _PACKAGES if part in names), "")
            if not code:
                raise refusal(_("它的内容是压缩包，不能作为附件。"), _("请解压后逐个上传其中的文件。"))
            if any(part.endswith(("vbaproject.bin", "vbadata.xml")) or "/macrosheets/" in part for part in names):
                raise _macros()
            if code != "ofd" and _types_say_macros(packed):
                raise _macros()
            return code
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        KeyError,
        RuntimeError,
        UnicodeDecodeError,
        ValueError,
    ) as error:
        raise refusal(_("文件不完整或已损坏。"), _("请重新保存后再上传。")) from error


def _check_sizes(parts: list[zipfile.ZipInfo]) -> None:
    packed_too_well = any(p.file_size > RATIO_FROM and p.file_size > RATIO * max(p.compress_size, 1) for p in parts)
    if packed_too_well or len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED:
        raise refusal(_("文件解压后异常庞大，可能是压缩炸弹。"), _("请将内容复制到新文件，或拆分后再上传。"))


def _types_say_macros(packed: zipfile.ZipFile) -> bool:
    with packed.open("[Content_Types].xml") as types:
        return b"macroEnabled" in types.read(MEGABYTE)


def _macros() -> Invalid:
    return refusal(_("文件含有宏，打开时会运行程序。"), _("请另存为不含宏的文件（docx、xlsx、pptx 或 PDF）再上传。"))


def _wide(name: str) -> bytes:
    return name.encode("utf-16-le")


def _compound(file: IO[bytes]) -> str:
    """An office file of 1997 is a small file system, whose directory names what is in it."""
    file.seek(0)
    data = file.read()
    if _wide("_VBA_PROJECT") in data or _wide("Macros") in data:
        raise _macros()
    if _wide("EncryptedPackage") in data:
        raise refusal(_("文件设有打开密码，无法核对内容。"), _("请取消密码后重新保存上传。"))
    for stream, code in (("WordDocument", "doc"), ("PowerPoint Document", "ppt"), ("Workbook", "xls"), ("Book", "xls")):
        if _wide(stream) in data:
            return code
    raise refusal(_("它不是文档、表格或演示文稿，可能是安装程序或邮件。"))


def _text(file: IO[bytes], head: bytes, name: str) -> str:
    """Plain text in UTF-8 or GB 18030 without control characters; markup and scripts are not plain."""
    ending = name.rpartition(".")[2].lower()
    if _MARKUP.match(head.removeprefix(codecs.BOM_UTF8)):
        raise refusal(_("它的内容是网页、SVG 或脚本，打开时可能运行程序。"), _("请导出为 PDF 或图片后再上传。"))
    if ending not in ("csv", "txt") or not _is_plain(file):
        raise refusal(_("认不出它是哪一种文件。"))
    return ending


def _is_plain(file: IO[bytes]) -> bool:
    for encoding in ("utf-8-sig", "gb18030"):
        file.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            while piece := file.read(MEGABYTE):
                if _CONTROL.search(decoder.decode(piece)):
                    return False
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return True
    return False
