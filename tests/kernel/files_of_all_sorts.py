"""Small files of every sort, made byte by byte, and some that only look like one."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

CT = "[Content_Types].xml"
TYPES = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"></Types>'
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def package(*names: str, types: bytes = TYPES, **parts: bytes) -> bytes:
    """A zip with these parts beside the list of types."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(CT, types)
        for name in names:
            packed.writestr(name, b"<x/>")
        for name, content in parts.items():
            packed.writestr(name, content)
    return file.getvalue()


def compound(*streams: str) -> bytes:
    """The start of a compound file whose directory names these streams."""
    entries = b"".join(name.encode("utf-16-le").ljust(64, b"\0") + b"\0" * 64 for name in streams)
    return COMPOUND + b"\0" * 504 + entries


def png() -> bytes:
    """A picture of one dot."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0")) + chunk(b"IEND", b"")
    )


def pdf() -> bytes:
    """A page with nothing on it."""
    return b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


def bomb(size: int = 9 << 20) -> bytes:
    """A document of a few kilobytes that says it is far larger."""
    return package("word/document.xml", **{"word/media.bin": b"\0" * size})


GOOD: dict[str, bytes] = {
    "合同.pdf": pdf(),
    "照片.png": png(),
    "照片.jpg": b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01" + b"\0" * 40,
    "图.gif": b"GIF89a\x01\0\x01\0\0\0\0;",
    "图.webp": b"RIFF\x1a\0\0\0WEBPVP8 " + b"\0" * 20,
    "扫描.tif": b"II*\0" + b"\0" * 30,
    "扫描.bmp": b"BM" + struct.pack("<IHHIIiiHH", 60, 0, 0, 54, 40, 1, 1, 1, 24) + b"\0" * 30,
    "手机.heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 20,
    "现场.mp4": b"\0\0\0\x18ftypisom\0\0\x02\0isommp41" + b"\0" * 20,
    "说明.docx": package("word/document.xml"),
    "台账.xlsx": package("xl/workbook.xml"),
    "汇报.pptx": package("ppt/presentation.xml"),
    "公文.ofd": package("OFD.xml"),
    "旧文.doc": compound("Root Entry", "WordDocument"),
    "旧文.wps": compound("Root Entry", "WordDocument"),
    "旧表.xls": compound("Root Entry", "Workbook"),
    "旧稿.ppt": compound("Root Entry", "PowerPoint Document"),
    "清单.csv": "编号,名称\r\n1,台式机\r\n".encode(),
    "清单二.csv": "编号,名称\r\n1,台式机\r\n".encode("gb18030"),
    "便条.txt": "\ufeff请查收。\n".encode(),
}
BAD: dict[str, tuple[bytes, str]] = {
    "空.pdf": (b"", "空的"),
    "程序.exe": (b"MZ\x90\0" + b"\0" * 60, "可执行程序"),
    "程序.pdf": (b"MZ\x90\0" + b"\0" * 60, "可执行程序"),
    "程序.jpg": (b"\x7fELF\x02\x01\x01" + b"\0" * 60, "可执行程序"),
    "脚本.txt": (b"#!/bin/sh\nrm -rf /\n", "脚本"),
    "批处理.txt": (b"@ECHO off\r\ndel *.*\r\n", "脚本"),
    "网页.html": (b"<!DOCTYPE html><script>alert(1)</script>", "网页"),
    "网页.txt": (b"\n  <html><body onload=x()>", "网页"),
    "矢量.svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>', "SVG"),
    "矢量.png": (b'<?xml version="1.0"?><svg onload="x()"/>', "SVG"),
    "快捷.lnk": (b"L\0\0\0\x01\x14\x02\0" + b"\0" * 60, "快捷方式"),
    "压缩.rar": (b"Rar!\x1a\x07\0" + b"\0" * 60, "压缩包"),
    "压缩.zip": (package("a.txt"), "压缩包"),
    "带宏.xlsx": (package("xl/workbook.xml", "xl/vbaProject.bin"), "宏"),
    "带宏.docx": (package("word/document.xml", types=TYPES.replace(b"</Types>", b'<Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>')), "宏"),
    "带宏.xls": (compound("Root Entry", "Workbook", "_VBA_PROJECT_CUR"), "宏"),
    "加密.docx": (compound("Root Entry", "EncryptedPackage"), "密码"),
    "安装.doc": (compound("Root Entry", "SummaryInformation"), "安装程序"),
    "坏的.docx": (package("word/document.xml")[:60], "损坏"),
    "炸弹.docx": (bomb(), "炸弹"),
    "名实不符.png": (pdf(), "PDF"),
    "名实不符.pdf": (png(), "PNG"),
    "名实不符.docx": (package("xl/workbook.xml"), "Excel"),
    "文本.pdf": ("只是文字".encode(), "认不出"),
    "乱码.txt": (b"\xff\xfe\0\x01\x02binary", "认不出"),
    "没有结尾": ("文字".encode(), "认不出"),
}  # fmt: skip
