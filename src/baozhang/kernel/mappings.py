"""Which mapping a file on the command line is read with: one named by the caller, one remembered, or the best match."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from .refusal import Invalid
from .sheets.columns import Column
from .sheets.headings import Layout
from .sheets.mapping import Mapping, changed, propose


def chosen(layout: Layout, columns: list[Column], remembered: QuerySet[Any], name: str = "") -> Mapping:
    """The mapping of a layout. `name` is a JSON file {heading: column}, or the mark of one of the mappings `remembered`.

    The mark is what the mapping page shows; its first characters do where no other begins so. Raises Invalid where the
    name is unknown, or a heading or column in the file does not exist.
    """
    found = propose(layout, columns)
    if name and Path(name).suffix == ".json":
        return changed(found, layout, columns, found.columns | _of_file(Path(name), layout, columns))
    return propose(layout, columns, _remembered(remembered, name or found.fingerprint, must=bool(name)))


def _remembered(rows: QuerySet[Any], mark: str, *, must: bool) -> str | None:
    found = list(rows.filter(fingerprint__startswith=mark).values_list("mapping", flat=True)[:2])
    if len(found) == 1:
        return str(found[0])
    if must:
        known = "、".join(rows.values_list("fingerprint", flat=True)) or _("无")
        raise Invalid(
            _("没有名为 %(name)s 的列对应") % {"name": mark}, why=_("已记住的有：%(names)s") % {"names": known},
            instead=_("请给出其中一个，或一个 .json 文件：{\"表头\": \"列名\"}。"),
        )  # fmt: skip
    return None


def _of_file(path: Path, layout: Layout, columns: list[Column]) -> dict[int, str]:
    try:
        pairs = json.loads(path.read_text(encoding="utf-8"))
        wanted = {str(heading): str(column) for heading, column in pairs.items()}
    except (OSError, ValueError, AttributeError) as error:
        raise Invalid(
            _("列对应文件 %(name)s 读不出来") % {"name": path.name},
            why=str(error),
            instead=_('应为 UTF-8 的 JSON：{"表头": "列名"}。'),
        ) from error
    names = {word: column.name for column in columns for word in (column.heading, column.name)}
    places = {heading.raw: heading.index for heading in layout.headings}
    unknown = [heading for heading in wanted if heading not in places] + [
        word for word in wanted.values() if word not in names
    ]
    if unknown:
        raise Invalid(
            _("列对应文件 %(name)s 中有认不出的名称：%(words)s") % {"name": path.name, "words": "、".join(unknown)},
            instead=_("表头须与文件中的一字不差；可用的列名见 baozhang records --schema。"),
        )  # fmt: skip
    return {places[heading]: names[word] for heading, word in wanted.items()}
