"""What the import screens show: the recent files, the pairing of columns, the preview."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from baozhang.kernel import access, cells, imports, intake
from baozhang.kernel.imports import ImportSession, State
from baozhang.kernel.numbers import whole
from baozhang.kernel.refusal import Refused
from baozhang.kernel.resource import Resource
from baozhang.kernel.sheet_columns import columns_of
from baozhang.kernel.sheets.mapping import SURE
from baozhang.kernel.sheets.places import letters

from . import frame

ACCEPT = ".xlsx,.xls,.csv"
COLOURS = {State.UPLOADED: "blue", State.CHECKED: "amber", State.COMMITTED: "green", State.UNDONE: "plain"}


def url(session: ImportSession, name: str) -> str:
    """The address of a page of a session."""
    return reverse(f"{session.slug}:{name}", args=[session.pk])


def start(resource: Resource, who: access.Actor) -> dict[str, Any]:
    """The page on which a file is dropped."""
    recent = ImportSession._base_manager.filter(slug=resource.slug, organ_id=who.organ_id or 0).order_by("-id")[:6]
    return {
        "template_url": f"{frame.list_url(resource)}import/template.xlsx", "recent": [_recent(one) for one in recent],
        "limit_words": _("最大 64 MB、20 万行"), "accept": ACCEPT, "accept_words": _("支持 xlsx、xls、csv；不需要先改成固定格式"),
    }  # fmt: skip


def _recent(one: ImportSession) -> dict[str, Any]:
    over = one.state in (State.COMMITTED, State.UNDONE)
    counts = {"new": one.new, "changed": one.changed, "wrong": one.wrong}
    return {
        "words": one.filename, "url": url(one, "import-done" if over else "import-check"),
        "when": cells.moment(one.kept_at) if one.kept_at else "",
        "result": _("新增 %(new)s，改动 %(changed)s，有问题 %(wrong)s") % counts,
        "state": {"words": one.get_state_display(), "colour": COLOURS[State(one.state)]},
    }  # fmt: skip


def pairing(session: ImportSession, wanted: str, asked: str) -> dict[str, Any]:
    """One sheet with its columns and the fields that they become; `asked` is a heading row that the user pointed at."""
    columns = columns_of(session.resource)
    with imports.opened(session) as workbook:
        sheets = [sheet for sheet in workbook.sheets if not sheet.is_empty]
        sheet = next((one for one in sheets if one.name == wanted), sheets[0])
        found = {table.sheet.name: (table, mapping) for table, mapping in _tables(session, workbook, columns)}
        if whole(asked) is not None or sheet.name not in found:
            layout = imports.layout_at(sheet, columns, whole(asked) or 1)
            mapping = imports.propose(layout, columns)
        else:
            layout, mapping = found[sheet.name][0].layout, found[sheet.name][1]
        head = list(sheet.head(max(12, layout.first_data_row + 4)))
    names = {column.name: column.heading for column in columns}
    return {
        "sheet": sheet.name, "heading": layout.heading_row, "heading_rows": _lines(head[:12], layout.heading_row),
        "fields": [{"key": column.name, "words": column.heading, "required": column.required} for column in columns],
        "sheets": [{"value": one.name, "words": one.name, "selected": one.name == sheet.name} for one in sheets],
        "missing": [names[name] for name in mapping.missing], "layout_words": "；".join(mapping.notes),
        "found_words": _("认出 %(n)s 列") % {"n": len(mapping.columns)}, "back_url": f"{frame.list_url(session.resource)}import/",
        "columns": _columns(layout, mapping, head),
    }  # fmt: skip


def _tables(session: ImportSession, workbook: Any, columns: Any) -> list[Any]:
    try:
        return imports.tables(session, workbook, columns)
    except Refused:
        return []


def _lines(head: list[Any], heading: int) -> list[dict[str, Any]]:
    made = []
    for number, row in head:
        text = " ".join(str(cell) for cell in row if cell not in (None, ""))[:40]
        words = _("第 %(n)s 行：%(text)s") % {"n": number, "text": text}
        made.append({"value": number, "selected": number == heading, "words": words})
    return made


def _columns(layout: Any, mapping: Any, head: list[Any]) -> list[dict[str, Any]]:
    samples = [row for number, row in head if number >= layout.first_data_row][:3]
    return [
        {
            "index": one.index, "letter": letters(one.index), "heading": one.raw, "field": mapping.columns.get(one.index, ""),
            "samples": [str(row[one.index]) for row in samples if one.index < len(row) and row[one.index] is not None],
            "how": _("请核对") if mapping.confidence.get(one.index, 1) < SURE else "",
        }
        for one in layout.headings
    ]  # fmt: skip


def check(session: ImportSession) -> dict[str, Any]:
    """The preview: counts, faults, what changes, what is new."""
    kept, resource = imports.checked(session), session.resource
    counts = kept.get("counts", {"new": 0, "changed": 0, "unchanged": 0, "wrong": 0})
    faults, more = kept.get("faults", []), len(kept.get("faults", [])) - intake.SHOWN
    writing = counts["new"] + counts["changed"]
    again = f"{frame.list_url(resource)}import/"
    return {
        **counts, "skipped": kept.get("notes", []), "errors": faults[: intake.SHOWN],
        "errors_more": _("另有 %(n)s 处，见问题清单") % {"n": more} if more > 0 else "",
        "error_sheet_url": url(session, "import-errors") if faults else "",
        "wrong_rows_url": url(session, "import-wrong") if counts["wrong"] else "", "accept": ACCEPT,
        "changes": [{**one, "url": frame.url_of(resource, one["pk"])} for one in kept.get("changes", [])],
        "changes_more": _more(_("共改动 %(n)s 行，这里显示前 %(shown)s 行"), counts["changed"], intake.SHOWN),
        "news": _news(resource, kept.get("news")),
        "news_more": _more(_("共新增 %(n)s 行，这里显示前 %(shown)s 行"), counts["new"], intake.SHOWN_NEW),
        "nothing_words": _("文件与系统中的内容一致，没有需要写入的。") if not writing and not counts["wrong"] else "",
        "can_commit": bool(writing and not counts["wrong"]), "commit_words": _("确认写入 %(n)s 行") % {"n": writing},
        "commit_url": url(session, "import-commit"), "again_url": again, "map_url": url(session, "import-map"),
        "why_not": _why_not(counts["wrong"]),
    }  # fmt: skip


def _more(words: str, count: int, shown: int) -> str:
    return words % {"n": count, "shown": shown} if count > shown else ""


def _why_not(wrong: int) -> str:
    return _("还有 %(n)s 行有问题；全部改正后才能写入，一行也不会丢。") % {"n": wrong} if wrong else ""


def _news(resource: Resource, rows: list[list[str]] | None) -> dict[str, Any] | None:
    if not rows:
        return None
    names = [name for name in resource.columns[:6] if name not in resource.computed]
    columns = [
        {"words": resource.words_of(name), "kind": resource.kind_of(name), "unit": resource.unit_of(name)}
        for name in names
    ]
    says = [_saying(resource, name) for name in names]
    return {
        "columns": columns,
        "rows": [{"cells": [say(cell) for say, cell in zip(says, row, strict=False)]} for row in rows],
    }


def _saying(resource: Resource, name: str) -> Callable[[str], str]:
    """The function that makes what the check kept of a value into what the list will show."""
    kind = resource.kind_of(name)
    if kind in ("money", "number"):
        show = cells.money if kind == "money" else cells.number
        return lambda text: show(Decimal(text)) if text else ""
    words = (
        {str(value): str(said) for value, said in resource.field(name).flatchoices}
        if resource.field(name).choices
        else {}
    )
    return lambda text: words.get(text, text)


def done(session: ImportSession) -> dict[str, Any]:
    """What was written, and the way back while nothing is built on it."""
    committed = session.state == State.COMMITTED
    words = _("已撤销导入 %(file)s") % {"file": session.filename}
    if committed:
        counts = {"file": session.filename, "new": session.new, "changed": session.changed, "same": session.unchanged}
        words = _("已写入 %(file)s：新增 %(new)s 行，改动 %(changed)s 行，%(same)s 行没有变化") % counts
    return {
        "words": words, "undone": not committed, "list_url": frame.list_url(session.resource),
        "undo_url": url(session, "import-undo") if committed else "",
        "undo_words": _("在这些记录又有新的办理之前，可以整批撤销。") if committed else "",
    }  # fmt: skip
