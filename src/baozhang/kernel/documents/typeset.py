"""The one door: content in, PDF bytes out, by a single compiler that stays warm."""

from __future__ import annotations

import json
import logging
import os
import re
import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

from django.utils.translation import gettext as _

from baozhang.kernel.documents import fonts, official, report
from baozhang.kernel.documents.model import A4_3X8, DocumentError, Label, LabelSheet, OfficialDocument, Report
from baozhang.kernel.refusal import Fault

TEMPLATES = Path(__file__).resolve().parent / "templates"
# PDF/A keeps the page readable without this system: fonts embedded, nothing fetched, no character without a glyph.
STANDARD: Literal["a-2u"] = "a-2u"

UNICODE_ESCAPE = re.compile(r"\\u\{([0-9a-fA-F]+)\}")
MISSING_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed')

log = logging.getLogger(__name__)
_lock = threading.Lock()
_press: tuple[Any, dict[str, list[str]]] | None = None
_forked = False


def _after_fork() -> None:
    """This will mark a child process whose compiler lost its threads, and give it a lock that nobody holds."""
    global _lock, _forked
    _lock = threading.Lock()
    _forked = _press is not None


os.register_at_fork(after_in_child=_after_fork)


def _compiler() -> tuple[Any, dict[str, list[str]]]:
    """This is the process's compiler with its family lists, made at first use; the caller holds the lock."""
    global _press
    if _forked:
        # The compiler's threads do not survive a fork: waiting for them would hang for ever.
        raise RuntimeError("typesetting in a forked child of a process that has typeset: spawn the child instead")
    if _press is None:
        import typst

        found = fonts.load()
        faces = fonts.families(found.families())
        _press = (typst.Compiler(root=str(TEMPLATES), font_paths=found, ignore_system_fonts=True), faces)
    return _press


def _refusal(error: Any) -> DocumentError:
    """This is what a failed compilation says to the user: the character without a face, or the compiler's words."""
    missing = MISSING_GLYPH.search(error.message)
    if missing is None:
        return DocumentError(
            Fault(
                reason=_("排版失败：%(reason)s。") % {"reason": error.message},
                remedy=_("请把这句话告诉系统管理员。"),
            )
        )
    shown = UNICODE_ESCAPE.sub(lambda match: chr(int(match[1], 16)), missing[1])
    codes = "、".join(f"U+{ord(char):04X}" for char in shown)
    return DocumentError(
        Fault(
            reason=_("字符“%(text)s”（%(codes)s）没有可用的字体，无法排版。") % {"text": shown, "codes": codes},
            remedy=_("请换一种写法，或者在设置 %(setting)s 中加入含有该字的字体。") % {"setting": fonts.SETTING},
            value=shown,
        )
    )


def _print(template: str, payload: dict[str, Any], day: date) -> bytes:
    """This is the PDF of a payload; the day is its creation time, so that the same content gives the same bytes."""
    import typst

    with _lock:
        compiler, faces = _compiler()
        document = json.dumps(payload | {"faces": faces}, ensure_ascii=False)
        try:
            made, warnings = compiler.compile_with_warnings(
                input=str(TEMPLATES / template),
                format="pdf",
                sys_inputs={"document": document},
                pdf_standards=[STANDARD],
                timestamp=datetime(day.year, day.month, day.day, tzinfo=UTC),
            )
        except typst.TypstError as error:
            raise _refusal(error) from error
    for warning in warnings:
        log.warning("%s: %s %s", template, warning.message, warning.hints)
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
    # What is printed is Chinese in every language of the interface, and so is the file's title.
    return _print("label.typ", payload | {"title": "标签", "date": _parts(day)}, day)


def _parts(day: date) -> dict[str, int]:
    """This is a date as the template takes it."""
    return {"year": day.year, "month": day.month, "day": day.day}
