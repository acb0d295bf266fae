"""The one door: content in, PDF bytes out, by a single compiler that stays warm."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import typst
from django.utils.translation import gettext as _

from baozhang.kernel.documents import fonts, official, report
from baozhang.kernel.documents.model import A4_3X8, DocumentError, Label, LabelSheet, OfficialDocument, Report

TEMPLATES = Path(__file__).resolve().parent / "templates"
# PDF/A keeps the page readable without this system: fonts embedded, nothing fetched, no character without a glyph.
STANDARD = "a-2u"

_lock = threading.Lock()
_press: tuple[typst.Compiler, dict[str, list[str]]] | None = None


def _compiler() -> tuple[typst.Compiler, dict[str, list[str]]]:
    """This is the process's compiler with its family lists, made at first use; the caller holds the lock."""
    global _press
    if _press is None:
        found = fonts.load()
        faces = fonts.families(found.families())
        _press = (typst.Compiler(root=str(TEMPLATES), font_paths=found, ignore_system_fonts=True), faces)
    return _press


def _print(template: str, payload: dict[str, Any], day: date) -> bytes:
    """This is the PDF of a payload; the day is its creation time, so that the same content gives the same bytes."""
    with _lock:
        compiler, faces = _compiler()
        document = json.dumps(payload | {"faces": faces}, ensure_ascii=False)
        try:
            made = compiler.compile(
                input=str(TEMPLATES / template),
                format="pdf",
                sys_inputs={"document": document},
                pdf_standards=[STANDARD],
                timestamp=datetime(day.year, day.month, day.day, tzinfo=UTC),
            )
        except typst.TypstError as error:
            raise DocumentError(
                _("排版失败：%(reason)s。请检查内容中是否有字体无法显示的字符。") % {"reason": error.message}
            ) from error
    assert isinstance(made, bytes)
    return made


def pdf(document: OfficialDocument | Report) -> bytes:
    """This is the PDF/A of an official document or a report; DocumentError names all that is missing or wrong."""
    if isinstance(document, Report):
        return _print("report.typ", report.report_payload(document), document.issue_date)
    return _print("official.typ", official.payload(document), document.issue_date)


def labels_pdf(labels: Sequence[Label], sheet: LabelSheet = A4_3X8, *, day: date) -> bytes:
    """This is the PDF of labels on the given paper, in the order given; `day` is only the file's date."""
    payload = report.labels_payload(labels, sheet)
    return _print("label.typ", payload | {"title": _("标签"), "date": _parts(day)}, day)


def _parts(day: date) -> dict[str, int]:
    """This is a date as the template takes it."""
    return {"year": day.year, "month": day.month, "day": day.day}
