"""The document of a standard: the one that was issued, or how it would look."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from baozhang.ch3_mechanisms.standards import queries, wording
from baozhang.ch3_mechanisms.standards.models import Standard
from baozhang.kernel import clock
from baozhang.kernel.documents import files, typeset
from baozhang.kernel.documents.register import Document
from baozhang.kernel.resource import Resource
from baozhang.kernel.views import frame, papers


@require_GET
def pdf(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """The PDF: as issued where it has been, else a draft without number."""
    frame.must_view(request, resource)
    standard = frame.row_of(resource, pk, "organ", "jurisdiction")
    assert isinstance(standard, Standard)
    document = Document._base_manager.filter(about_kind=standard.label, about_id=standard.pk).order_by("-pk").first()
    if document is not None:
        return papers.answer(files.read(document), f"{document.number} {document.title}")
    paper = wording.paper(standard, queries.lines_of(standard), day=clock.today())
    return papers.answer(typeset.pdf(paper), paper.title)
