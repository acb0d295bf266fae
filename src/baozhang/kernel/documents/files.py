"""The PDFs under HOME/documents, by digest; what is missing is typeset again and must come out alike."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from baozhang.kernel.ledger import sm3
from baozhang.kernel.refusal import Refused

from . import typeset
from .register import Document

DIGEST = re.compile(r"[0-9a-f]{64}")


def path_of(digest: str) -> Path:
    """This is where the PDF of a digest lies; ValueError for what is no digest."""
    if not DIGEST.fullmatch(digest):
        raise ValueError("no digest")
    return Path(settings.HOME) / "documents" / digest[:2] / f"{digest}.pdf"


def store(data: bytes) -> str:
    """This will write a PDF whole or not at all, and return its digest."""
    digest = sm3(data).hex()
    path = path_of(digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return digest


def read(document: Document) -> bytes:
    """This is the PDF of a document, as it was issued to the byte; Refused where it can no longer be had.

    A file that is missing or was tampered with is typeset anew from the content, and serves only if its digest is the
    registered one.
    """
    path = path_of(document.digest)
    if path.exists():
        data = path.read_bytes()
        if sm3(data).hex() == document.digest:
            return data
    made = typeset.pdf(document.paper)
    if sm3(made).hex() != document.digest:
        raise Refused(
            _("%(number)s 的 PDF 已不可用") % {"number": document.number},
            why=_("存档的文件缺失或被改动，重新排版的结果与登记的摘要不一致。"),
            instead=_("请系统管理员从备份中恢复该文件。"),
        )
    store(made)
    return made
