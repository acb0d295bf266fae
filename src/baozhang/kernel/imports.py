"""Import sessions: upload → map columns → check all rows → preview → commit all or nothing → undo while nothing is built on it."""

from __future__ import annotations

import hashlib
import io
import json
import secrets
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import access, bulk, clock, corrections, ledger, resource
from .intake import Intake, Taken, read_into, shown, writer
from .mappings import chosen
from .past import as_of
from .record import Record, keep, remove
from .refusal import Invalid, NotFound, Refused
from .resource import Resource
from .scope import within
from .sheet_columns import columns_of
from .sheets.columns import Column
from .sheets.headings import Table, find_tables, layout_at, left_out
from .sheets.mapping import Mapping, changed, propose
from .sheets.reading import Workbook, open_workbook

access.permission("kernel.importsession:view", gettext_lazy("查看导入"), admin=None)


class State(models.TextChoices):
    """Where a session stands."""

    UPLOADED = "uploaded", gettext_lazy("已上传")
    CHECKED = "checked", gettext_lazy("已核对")
    COMMITTED = "committed", gettext_lazy("已写入")
    UNDONE = "undone", gettext_lazy("已撤销")


class ImportSession(Record):
    """One file on its way in; the file and the preview lie beside the database, the outcome in the ledger."""

    organ_id = models.BigIntegerField(gettext_lazy("单位"))
    slug = models.CharField(gettext_lazy("记录类别"), max_length=64)
    filename = models.CharField(gettext_lazy("文件"), max_length=200)
    digest = models.CharField(gettext_lazy("文件摘要"), max_length=64)
    state = models.CharField(gettext_lazy("状态"), max_length=10, choices=State.choices, default=State.UPLOADED)
    new = models.PositiveIntegerField(gettext_lazy("新增"), default=0)
    changed = models.PositiveIntegerField(gettext_lazy("有改动"), default=0)
    unchanged = models.PositiveIntegerField(gettext_lazy("没有变化"), default=0)
    wrong = models.PositiveIntegerField(gettext_lazy("有问题"), default=0)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=gettext_lazy("经办人")
    )

    class Meta:
        app_label = "kernel"
        verbose_name = gettext_lazy("导入")

    def __str__(self) -> str:
        return self.filename

    @property
    def batch(self) -> str:
        """The name of its ledger entries."""
        return f"import-{self.pk}"

    @property
    def folder(self) -> Path:
        """Where its file and preview lie."""
        return Path(settings.HOME) / "imports" / str(self.pk)

    @property
    def resource(self) -> Resource:
        """What is imported."""
        return resource.get(self.slug)


class RememberedMapping(models.Model):
    """The columns that somebody of an organ chose for a layout, used again when it comes back."""

    slug = models.CharField(max_length=64)
    organ_id = models.BigIntegerField()
    fingerprint = models.CharField(max_length=80)
    mapping = models.TextField()

    class Meta:
        app_label = "kernel"
        constraints = [models.UniqueConstraint(fields=["slug", "organ_id", "fingerprint"], name="mapping_once")]


def upload(res: Resource, file: IO[bytes], filename: str, *, organ_id: int, by: access.Actor) -> ImportSession:
    """This will take a file in after looking at its content; SheetError where it is no workbook that can be read safely."""
    file.seek(0)
    with open_workbook(file, filename):
        pass
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    session = ImportSession(
        organ_id=organ_id, slug=res.slug, filename=filename[-200:], digest=digest, user_id=by.person
    )
    with transaction.atomic():  # no session without its file
        keep(session, by=by, right=res.right("import"))
        shutil.rmtree(session.folder, ignore_errors=True)  # a number that was rolled back is given out again
        session.folder.mkdir(parents=True)
        try:
            corrections.place(file, session.folder / "file")
        except BaseException:
            shutil.rmtree(session.folder, ignore_errors=True)
            raise
    return session


def opened(session: ImportSession) -> Workbook:
    """The workbook of a session, rows that came back mended in the place of the wrong ones."""
    return corrections.opened(session.folder, session.filename)


def correct(session: ImportSession, file: IO[bytes], filename: str, *, by: access.Actor) -> ImportSession:
    """This will take wrong rows back in, mended; the whole is to be checked again. Refused where the import is over."""
    with transaction.atomic():
        session = ImportSession._base_manager.select_for_update(no_key=True).get(pk=session.pk)
        if _is_over(session):
            raise Refused(
                _("导入“%(file)s”已经结束，改好的行没有处可放") % {"file": session.filename},
                why=_("它的全部行已写入，或已撤销。"),
                instead=_("请直接修改记录，或删去表中最后一列后作为新文件导入；同一编号的记录会更新，不会重复。"),
            )
        digest = corrections.add(session.folder, file, filename)
        session.state = State.UPLOADED
        note = _("改正表 %(name)s（SHA-256 %(digest)s）") % {"name": filename, "digest": digest}
        keep(session, by=by, right=session.resource.right("import"), note=note)
    return session


def _is_over(session: ImportSession) -> bool:
    return session.state in (State.COMMITTED, State.UNDONE)


def _must_go_on(session: ImportSession) -> None:
    """What was written or taken back is not checked again: it would look as if it were still to be written."""
    if _is_over(session):
        raise Refused(
            _("导入“%(file)s”已经结束，不能再核对") % {"file": session.filename},
            why=_("它的全部行已写入，或已撤销。"),
            instead=_("请重新上传文件。"),
        )


def wrong_rows(session: ImportSession) -> io.BytesIO:
    """The rows that the check found wrong, as a sheet to be mended and dropped again."""
    faults: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for fault in checked(session).get("faults", []):
        faults.setdefault((fault.get("sheet", ""), fault.get("row", 0)), []).append(fault)
    with opened(session) as workbook:
        return corrections.sheet_of(
            workbook, tables(session, workbook, columns_of(session.resource)), faults, session.pk
        )


def tables(session: ImportSession, workbook: Workbook, columns: list[Column]) -> list[tuple[Table, Mapping]]:
    """The tables found in the workbook with their mapping: chosen by hand, remembered, or proposed."""
    plan = _plan(session)
    found: list[tuple[Table, Mapping]] = []
    for table in find_tables(workbook, columns):
        chosen = plan.get(table.sheet.name, {})
        layout = layout_at(table.sheet, columns, chosen["heading"]) if chosen.get("heading") else table.layout
        mapping = propose(layout, columns, None)
        remembered = RememberedMapping.objects.filter(
            slug=session.slug, organ_id=session.organ_id, fingerprint=mapping.fingerprint
        ).first()
        if remembered is not None:
            mapping = propose(layout, columns, remembered.mapping)
        elif table.sheet.root and (like := corrections.paired(found, layout, columns)):
            mapping = like
        if chosen.get("columns"):
            mapping = changed(mapping, layout, columns, {int(i): name for i, name in chosen["columns"].items()})
        if not chosen.get("skip"):
            found.append((Table(table.sheet, layout), mapping))
    if not found:
        raise Invalid(_("没有认出表头"), why=_("文件里没有一行能与“%(what)s”的列对上两列以上。") % {"what": session.resource.title},
                      instead=_("请在上传页下载空白模板，或在对应页指定表头所在行。"))  # fmt: skip
    return found


def _plan(session: ImportSession) -> dict[str, Any]:
    path = session.folder / "plan.json"
    return json.loads(path.read_text()) if path.exists() else {}


def choose(session: ImportSession, sheet: str, *, heading: int | None, columns: dict[int, str], remember: bool) -> None:
    """This will keep the columns that the user chose for a sheet, and remember them for the layout if asked.

    Refused where the import is over.
    """
    _must_go_on(session)
    plan = _plan(session)
    plan[sheet] = {"heading": heading, "columns": columns}
    corrections.put(session.folder / "plan.json", json.dumps(plan, ensure_ascii=False))
    if remember:
        with opened(session) as workbook:
            for table, mapping in tables(session, workbook, columns_of(session.resource)):
                if table.sheet.name == sheet:
                    RememberedMapping.objects.update_or_create(
                        slug=session.slug,
                        organ_id=session.organ_id,
                        fingerprint=mapping.fingerprint,
                        defaults={"mapping": mapping.to_json()},
                    )


def preview(session: ImportSession, *, by: access.Actor) -> Taken:
    """This will check every row and keep the preview; nothing is written to the records. Refused where the import is over."""
    _must_go_on(session)
    res, columns = session.resource, columns_of(session.resource)
    intake = Intake(res, by=by, defaults=_defaults(session))
    with opened(session) as workbook:
        found = tables(session, workbook, columns)
        notes = read_into(intake, workbook, found, columns)
        notes = [note for _table, mapping in found for note in mapping.notes] + notes
        notes += left_out(workbook, columns)
    taken = intake.end()
    corrections.put(session.folder / "check.json", json.dumps(shown(res, taken, notes), ensure_ascii=False))
    for name, value in taken.counts().items():
        setattr(session, name, value)
    session.state = State.CHECKED
    keep(session, by=by, right=res.right("import"))
    return taken


def _defaults(session: ImportSession) -> dict[str, Any]:
    return _organ_default(session.resource, session.organ_id)


def _organ_default(res: Resource, organ_id: int) -> dict[str, Any]:
    """The organ that rows belong to where they do not name one."""
    if res.model.scope_field != "organ_id":
        return {}
    organs: Any = res.field("organ").related_model
    return {"organ": organs._base_manager.get(pk=organ_id)}


def checked(session: ImportSession) -> dict[str, Any]:
    """The preview that was kept; empty before the check."""
    path = session.folder / "check.json"
    return json.loads(path.read_text()) if path.exists() else {}


def commit(session: ImportSession, *, by: access.Actor) -> ImportSession:
    """This will write all rows or none; a session that is written already stays as it is."""
    res, columns = session.resource, columns_of(session.resource)
    with transaction.atomic():
        session = ImportSession._base_manager.select_for_update(no_key=True).get(pk=session.pk)
        if session.state == State.COMMITTED:
            return session
        if session.state == State.UNDONE:
            raise Refused(_("这次导入已经撤销"), instead=_("请重新上传文件。"))
        note = _("导入文件 %(name)s") % {"name": session.filename}
        write = writer(by, note=note, batch=session.batch)
        intake = Intake(res, by=by, defaults=_defaults(session), write=write)
        with opened(session) as workbook:
            read_into(intake, workbook, tables(session, workbook, columns), columns)
        taken = intake.end()
        if taken.faults:
            raise Invalid(
                _("%(wrong)s 行有误，没有写入任何一行") % {"wrong": taken.wrong},
                instead=_("请改正后重新上传。"),
                faults=taken.faults,
            )
        same = ImportSession._base_manager.filter(slug=res.slug, organ_id=session.organ_id, digest=session.digest)
        _not_again(res, taken, same.filter(state=State.COMMITTED).values_list("kept_at", flat=True))
        session.new, session.changed, session.unchanged, session.wrong = taken.new, taken.changed, taken.unchanged, 0
        session.state = State.COMMITTED
        keep(session, by=by, right=res.right("import"))
    return session


def _not_again(res: Resource, taken: Taken, moments: models.QuerySet[Any, Any]) -> None:
    """This will refuse a file that was written already at one of these moments, where its rows cannot be told from new ones."""
    before = moments.order_by("-pk").first() if taken.nameless and taken.new else None
    if before is None:
        return
    facts = {"day": before.astimezone(clock.ZONE).date(), "rows": taken.nameless}
    own = "、".join(str(res.model._meta.get_field(name).verbose_name) for name in res.model.natural)  # type: ignore[union-attr]
    raise Refused(
        _("这份文件 %(day)s 已经导入，其中 %(rows)s 行没有编号，再导入会重复登记") % facts,
        why=_("同一条记录按%(own)s认出，没有填的行分不清是否已经登记。") % {"own": own},
        instead=_("请从列表导出已登记的记录，改后再导入；或先撤销上一次导入。"),
    )


def undo(session: ImportSession, *, by: access.Actor) -> ImportSession:
    """This will take back what an import wrote, all or nothing; refused once something is built on one of its records."""
    res = session.resource
    with transaction.atomic():
        session = ImportSession._base_manager.select_for_update(no_key=True).get(pk=session.pk)
        if session.state != State.COMMITTED:
            raise Refused(_("这次导入没有写入内容，无须撤销"))
        new, old = _untouched(session, res)
        _back(res, old, by, session)
        for part in bulk.chunks(new):
            remove(
                part,
                by=by,
                note=_("撤销导入 %(name)s") % {"name": session.filename},
                right=res.right("import"),
                act=ledger.UNDO,
                batch=f"undo-{session.pk}",
            )
        session.state = State.UNDONE
        keep(session, by=by, right=res.right("import"))
    return session


def _untouched(session: ImportSession, res: Resource) -> tuple[list[Record], list[tuple[Record, int]]]:
    """The records that the import made, and those it changed with the version before; Refused where one has moved on."""
    written = dict(ledger.Entry.objects.filter(batch=session.batch, kind=res.label).values_list("record_id", "seq"))
    rows: list[Record] = []
    for part in bulk.chunks(sorted(written)):
        rows += list(res.model._base_manager.select_for_update(no_key=True).filter(pk__in=part).order_by("pk"))
    moved = [row for row in rows if row.version != written[row.pk]]
    if moved or len(rows) != len(written):
        raise Refused(
            _("不能撤销：已有 %(count)s 条记录在导入之后又有办理") % {"count": len(moved) + len(written) - len(rows)},
            why="、".join(str(row) for row in moved[:5]), instead=_("请逐条修改，或导入改正后的台账。"),
        )  # fmt: skip
    return [row for row in rows if written[row.pk] == 1], [
        (row, written[row.pk] - 1) for row in rows if written[row.pk] > 1
    ]


def _back(res: Resource, old: list[tuple[Record, int]], by: access.Actor, session: ImportSession) -> None:
    former: list[Record] = []
    for row, seq in old:
        before = as_of(res.model, row.pk, seq)
        if before is None:
            raise NotFound(_("找不到导入之前的内容"))
        before.version, before.head = row.version, row.head
        former.append(before)
    keep(
        former,
        by=by,
        act=ledger.UNDO,
        right=res.right("import"),
        note=_("撤销导入 %(name)s") % {"name": session.filename},
        batch=f"undo-{session.pk}",
    )


def from_file(
    res: Resource, path: Path, *, organ_id: int, by: access.Actor, dry_run: bool = False, mapping: str = ""
) -> dict[str, Any]:
    """This will check and write a file in one go, for the command line: counts and faults; `mapping` as `mappings.chosen`."""
    columns = columns_of(res)
    by.must(res.right("import"))
    with within(by), transaction.atomic(), open_workbook(path, path.name) as workbook:
        known = RememberedMapping.objects.filter(slug=res.slug, organ_id=organ_id)
        found = [(t, chosen(t.layout, columns, known, mapping)) for t in find_tables(workbook, columns)]
        mark = f"file-{hashlib.sha256(path.read_bytes()).hexdigest()[:16]}-"
        batch = f"{mark}{secrets.token_hex(8)}"
        write = writer(by, note=path.name, batch=batch)
        intake = Intake(res, by=by, defaults=_organ_default(res, organ_id), write=None if dry_run else write)
        notes = [note for _table, how in found for note in how.notes]
        notes += read_into(intake, workbook, found, columns)
        taken = intake.end()
        if taken.faults:
            transaction.set_rollback(True)  # what the sound pieces before the first fault brought
        elif not dry_run:
            same = ledger.Entry.objects.filter(kind=res.label, organ_id=organ_id, batch__startswith=mark)
            _not_again(res, taken, same.exclude(batch=batch).values_list("at", flat=True))
    return {
        **taken.counts(), "total": taken.total, "written": not taken.faults and not dry_run, "notes": notes,
        "errors": [asdict(fault) for fault in taken.faults],
    }  # fmt: skip


def lines(faults: Iterable[dict[str, Any]]) -> Iterator[list[Any]]:
    """Faults as rows of a sheet: sheet, row, column, value, what is wrong, what would be right."""
    for fault in faults:
        yield [fault.get(name, "") for name in ("sheet", "row", "column", "value", "reason", "remedy")]
