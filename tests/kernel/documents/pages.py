"""How the tests read a finished PDF, and one document that most of them start from."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pypdf

from baozhang.kernel.documents.model import Attachment, Column, Heading, OfficialDocument, Para, Table

POINTS = 72 / 25.4
SENTENCE = "经核查，你单位部分办公用房使用面积超过规定标准，现就有关事项通知如下，请认真核对并按期反馈。"
NOTICE = OfficialDocument(
    issuer_name="云间区机关事务管理局",
    kind="rectification",
    number="沪云机管〔2026〕12号",
    title="关于责令限期整改办公用房超标准使用问题的通知",
    addressee="云间区档案馆",
    issue_date=date(2026, 3, 2),
    urgency="特急",
    seal_text="云间区机关事务管理局",
    blocks=[
        Para(SENTENCE),
        Heading("存在的问题"),
        Para("截至2026年2月28日，办公室使用面积合计618.40平方米。"),
        Heading("核查依据", 2),
        Para("办公用房台账。"),
        Heading("整改要求"),
        Para("请于2026年3月31日前完成整改。"),
    ],
    attachments=[
        Attachment("超标准办公室清单", [Table([Column("房间"), Column("面积")], [["301室", "46.20"]])]),
        Attachment("整改情况反馈表"),
    ],
    copies=["区财政局", "区审计局"],
    print_org="云间区机关事务管理局办公室",
    remark="联系人：王某某",
    verify_url="https://verify.example.cn/7K3M-9QXD",
    verify_code="7K3M-9QXD",
)


def plain(**changes: Any) -> OfficialDocument:
    """This is the notice without annexes and imprint, changed as told."""
    bare = replace(NOTICE, attachments=(), copies=(), print_org="", remark="", urgency="")
    return replace(bare, **changes)


def reader(data: bytes) -> pypdf.PdfReader:
    """This is the PDF opened for reading."""
    return pypdf.PdfReader(io.BytesIO(data))


def squeezed(text: str) -> str:
    """This is a text without any white space: where a line breaks is not what is tested."""
    return "".join(text.split())


def texts(data: bytes) -> list[str]:
    """This is the text of each page, without white space."""
    return [squeezed(page.extract_text()) for page in reader(data).pages]


@dataclass(frozen=True)
class Piece:
    """One run of text on a page: left end and baseline in points from the upper left corner, and type size."""

    x: float
    y: float
    size: float
    text: str


def pieces(page: pypdf.PageObject) -> list[Piece]:
    """This is every run of text on the page, in the order it is drawn."""
    found: list[Piece] = []
    height = float(page.mediabox.height)

    def visit(text: str, cm: list[float], tm: list[float], _font: Any, size: float) -> None:
        if text.strip():
            x, y = cm[4] + tm[4] * cm[0], cm[5] + tm[5] * cm[3]
            found.append(Piece(x, height - y, size, text.strip()))

    page.extract_text(visitor_text=visit)
    return found


def font_files(pdf: pypdf.PdfReader) -> Iterator[tuple[str, bool]]:
    """This is every font of the file with whether its outlines are inside."""
    for page in pdf.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            for inner in font.get_object().get("/DescendantFonts", [font]):
                described = inner.get_object()["/FontDescriptor"]
                yield str(described["/FontName"]), any(f"/FontFile{n}" in described for n in ("", "2", "3"))


def raster(data: bytes, folder: Path, dpi: int) -> tuple[int, int, bytes]:
    """This is the first page as grey pixels, made by poppler: width, height and one byte a pixel."""
    source = folder / "page.pdf"
    source.write_bytes(data)
    command = ["pdftoppm", "-gray", "-r", str(dpi), "-singlefile", str(source), str(folder / "page")]
    subprocess.run(command, check=True, capture_output=True)
    head, size, _depth, pixels = (folder / "page.pgm").read_bytes().split(b"\n", 3)
    assert head == b"P5"
    width, height = (int(part) for part in size.split())
    return width, height, pixels
