"""Papers: a file of a case together with what it proves."""

from __future__ import annotations

from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from baozhang.ch2_provision.disposal.choices import PaperKind
from baozhang.ch2_provision.disposal.models import Case, Paper
from baozhang.ch2_provision.disposal.models.case import ATTACH
from baozhang.kernel import attachments
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Invalid


def file_paper(case: Case, kind: str, file: IO[bytes], name: str, *, by: Actor) -> Paper:
    """This will attach a file to a case and note what it proves; the same file may prove several things."""
    if kind not in PaperKind.values:
        raise Invalid(_("请选择材料种类"), instead=_("例如：内部决策会议纪要。"))
    with transaction.atomic():
        attachment = attachments.attach(case, file, name, by=by, note=str(PaperKind(kind).label))
        known = Paper._base_manager.filter(case_id=case.pk, kind=kind, attachment_id=attachment.pk).first()
        if known is not None:
            return known
        paper = Paper(case=case, organ_id=case.organ_id, kind=kind, attachment=attachment)
        keep(paper, by=by, right=ATTACH)
    return paper
