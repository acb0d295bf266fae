"""Papers: a file of a case together with what it proves."""

from __future__ import annotations

from typing import IO

from baozhang.ch2_provision.disposal.choices import PaperKind
from baozhang.ch2_provision.disposal.models import Case, Paper
from baozhang.ch2_provision.disposal.models.case import ATTACH
from baozhang.kernel import attachments
from baozhang.kernel.access import Actor
from baozhang.kernel.attachments import Attachment
from baozhang.kernel.record import keep


def file_paper(case: Case, kind: str, file: IO[bytes], name: str, *, by: Actor) -> Paper:
    """This will attach a file to a case and note what it proves; the same file may prove several things."""
    words = str(PaperKind(kind).label) if kind in PaperKind.values else kind
    attachment = attachments.attach(case, file, name, by=by, note=words, kind=words or "?")
    return Paper._base_manager.get(case_id=case.pk, kind=kind, attachment_id=attachment.pk)


def note_paper(case: Case, attachment: Attachment, kind: str, by: Actor) -> None:
    """This will note what a file proves, once."""
    if not Paper._base_manager.filter(case_id=case.pk, kind=kind, attachment_id=attachment.pk).exists():
        keep(Paper(case=case, organ_id=case.organ_id, kind=kind, attachment=attachment), by=by, right=ATTACH)


attachments.proves(Case, PaperKind, note_paper)
