"""Issuing a document: number, verify code, PDF and register entry in one transaction; and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.kernel import clock, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.record import Record, keep
from baozhang.kernel.refusal import Refused

from . import files, numbering, typeset
from .model import OfficialDocument
from .payload import line
from .register import Delivery, Document, DocumentState
from .storing import as_data

ISSUED = ledger.act("document.issued", gettext_lazy("登记发文"))
REVOKED = ledger.act("document.revoked", gettext_lazy("撤销公文"))
REPLACED = ledger.act("document.replaced", gettext_lazy("公文被取代"))


def issue(
    draft: OfficialDocument, *, organ: int, word: str, by: Actor, right: str, addressees: Sequence[int] = (),
    about: Record | None = None,
) -> Document:  # fmt: skip
    """This will number, typeset and register a document, in the caller's transaction (an effect of a step).

    `right` is asked in the issuing organ. Number, verify code and address of the draft are set here. DocumentError
    names all that is wrong with the content, Refused an organ without a document word.
    """
    word = "".join(word.split())
    if not word:
        raise Refused(
            _("%(organ)s尚未登记机关代字，不能编号") % {"organ": draft.issuer_name},
            why=_("发文字号由机关代字、年份和顺序号组成（GB/T 9704—2012 7.2.5）。"),
            instead=_("请先在单位登记中填写机关代字。"),
        )
    code = numbering.fresh_code()
    year = draft.issue_date.year
    draft = replace(draft, draft=False, verify_url=numbering.address(code), verify_code=numbering.shown(code))
    # What is wrong is said, and a cold compiler warmed, before the series is held for others.
    typeset.pdf(replace(draft, number=numbering.words(word, year, 1)))
    serial = numbering.take(organ, word, year)
    content = replace(draft, number=numbering.words(word, year, serial))
    made = typeset.pdf(content)
    document = Document(
        kind=content.kind, number=content.number, word=word, year=year, serial=serial, title=line(content.title),
        organ_id=organ, issuer_name=line(content.issuer_name), addressee_name=line(content.addressee),
        addressees=sorted(set(addressees)), day=content.issue_date, content=as_data(content),
        digest=ledger.sm3(made).hex(), code=code,
        about_kind=about.label if about is not None else "", about_id=about.pk if about is not None else None,
    )  # fmt: skip
    keep(document, by=by, act=ISSUED, right=right)
    Delivery.objects.bulk_create([Delivery(document=document, organ_id=one) for one in document.addressees])
    # A file that cannot be written now is typeset again when it is asked for.
    transaction.on_commit(partial(files.store, made), robust=True)
    return document


def revoke(document: Document, *, reason: str, by: Actor, right: str) -> None:
    """This will take a document back; it stays in the register and its page says so. Refused where it no longer holds."""
    _end(document, DocumentState.REVOKED, reason)
    keep(document, by=by, act=REVOKED, note=reason, right=right)


def supersede(old: Document, new: Document, *, reason: str, by: Actor, right: str) -> None:
    """This will mark a document as replaced by a later one; Refused where it no longer holds."""
    _end(old, DocumentState.REPLACED, reason)
    old.replaced_by = new
    keep(old, by=by, act=REPLACED, note=reason, right=right)


def _end(document: Document, state: str, reason: str) -> None:
    if not document.valid:
        raise Refused(
            _("%(document)s 已经失效") % {"document": document},
            why=_("它于 %(day)s %(state)s。") % {"day": document.ended_on, "state": document.get_state_display()},
        )
    document.state, document.reason, document.ended_on = state, reason.strip()[:300], clock.today()
