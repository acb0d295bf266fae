"""Export of what the list shows: streamed, with the same filters, scope and columns."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db import models
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from baozhang.kernel import cells, clock, scope
from baozhang.kernel.listing import Listing
from baozhang.kernel.resource import Resource
from baozhang.kernel.sheet_columns import columns_of
from baozhang.kernel.sheets import writing

from . import frame

CHUNK = 2_000
MOST_KNOWN = 10_000  # names of records that a column points to, kept from piece to piece
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def heading_words(listing: Listing) -> list[str]:
    """The headings of the columns shown, with their units, so that the sheet can be read back."""
    titles = {column.name: column.title() for column in columns_of(listing.resource)}
    return [titles.get(name) or str(listing.resource.words_of(name)) for name in listing.columns]


def values(listing: Listing) -> Iterator[tuple[Any, ...]]:
    """The rows of a listing as sheet values, read in pieces; what they point to by name, each once from one query a piece."""
    resource, names = listing.resource, listing.columns
    if any(name in resource.computed for name in names):
        yield from _by_record(listing)
        return
    customs = {custom.column: f"extra__{custom.key}" for custom in listing.customs}
    fields = [customs.get(name) or resource.field(name).attname for name in names]
    targets = [None if name in customs else _target(resource, name) for name in names]
    maps = [None if name in customs else _mapping(resource, name) for name in names]
    rows = listing.ordered().values_list(*fields).iterator(chunk_size=CHUNK)
    while piece := list(islice(rows, CHUNK)):
        for place, (target, known) in enumerate(zip(targets, maps, strict=True)):
            if target is not None and known is not None:
                _name(resource, target, {row[place] for row in piece}, known)
        for row in piece:
            yield tuple(value if how is None else how.get(value, value) for value, how in zip(row, maps, strict=True))


def _target(resource: Resource, name: str) -> Any:
    field = resource.field(name)
    return field.related_model if isinstance(field, models.ForeignKey) else None


def _name(resource: Resource, target: Any, keys: set[Any], known: dict[Any, str]) -> None:
    """This will add the names of records that are not known yet; a great many are let go first, or memory grew with the rows."""
    if len(known) > MOST_KNOWN:
        known.clear()
    if missing := keys - known.keys() - {None}:
        near = [one.name for one in target._meta.concrete_fields if isinstance(one, models.ForeignKey) and not one.null]
        found = target._base_manager.select_related(*near).in_bulk(list(missing))
        known |= {key: _pointing(resource, row) for key, row in found.items()}


def _mapping(resource: Resource, name: str) -> dict[Any, str] | None:
    """The words for the values of a column; of records that it points to, those that are known so far."""
    field = resource.field(name)
    if isinstance(field, models.ForeignKey):
        return {}
    if field.choices:
        return {value: str(words) for value, words in field.flatchoices}
    if isinstance(field, models.BooleanField):
        return {True: "是", False: "否"}
    return None


def _pointing(resource: Resource, row: Any) -> str:
    """What a cell calls a record that it points to: its own words, or the surest name where an import needs one."""
    words, names = str(row), type(row).called
    if not resource.importable or not names or words in {str(getattr(row, name)) for name in names}:
        return words
    return str(getattr(row, names[0]))


def _by_record(listing: Listing) -> Iterator[tuple[Any, ...]]:
    resource = listing.resource
    readers = [(cells.reader(resource, name), cells.plain(resource, name)) for name in listing.model_columns]
    query = listing.ordered().select_related(*resource.joins(listing.model_columns))
    for record in query.iterator(chunk_size=CHUNK):
        cells_of = (plain(read(record)) for read, plain in readers)
        yield tuple(_pointing(resource, value) if isinstance(value, models.Model) else value for value in cells_of)


@require_GET
def export(request: HttpRequest, resource: Resource, form: str) -> StreamingHttpResponse:
    """All rows that the address means, as .csv or .xlsx."""
    who = frame.must_view(request, resource)
    who.must(resource.right("export"))
    listing = Listing(resource, request.GET)
    listing.condition()
    name = f"{resource.title}-{clock.today().isoformat()}.{form}"
    if form == "csv":
        stream = _scoped(who, writing.write_csv(values(listing), heading_words(listing)))
        response = StreamingHttpResponse(stream, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = content_disposition_header(True, name)
        return response
    page = writing.Page(str(resource.title)[:31], heading_words(listing), values(listing))
    response = StreamingHttpResponse(_scoped(who, writing.xlsx_chunks([page])), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def _scoped(who: Any, stream: Iterator[bytes]) -> Iterator[bytes]:
    """The stream is read after the view has returned, so it opens the scope for itself."""
    with scope.within(who):
        yield from stream
