"""Attachments: a file that belongs to a record, kept by its digest outside the web root, told by content, never lost.

The file is on the disk, whole and flushed, before its row is committed: a crash at any point leaves at most a file
without a row, and such a file is swept away a day later.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import unicodedata
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import access, bulk, clock, ledger, record, signatures
from .access import Actor
from .record import Record, keep
from .refusal import Invalid, NotFound, Refused
from .resource import BY_LABEL
from .scope import organ_condition
from .statement import Statement
from .turns import in_turn

ATTACH = ledger.act("attach", gettext_lazy("添加附件"))
DETACH = ledger.act("detach", gettext_lazy("移除附件"))
MOST = 50  # files of one record
GRACE = 24 * 3600  # seconds; a file without a row may belong to an upload that is not committed yet
PIECE = 1 << 20
access.permission("kernel.attachment:view", gettext_lazy("查看附件"))


class Attachment(Record):
    """One file of one record; who may see the record may read it."""

    label_of = models.CharField(gettext_lazy("记录类别"), max_length=64)
    record_key = models.BigIntegerField(gettext_lazy("记录"))
    organ_id = models.BigIntegerField(gettext_lazy("单位"), null=True, blank=True)
    name = models.CharField(gettext_lazy("文件名"), max_length=160)
    size = models.BigIntegerField(gettext_lazy("大小"))
    sort = models.CharField(
        gettext_lazy("类型"), max_length=10, choices=[(sort.code, sort.words) for sort in signatures.SORTS.values()]
    )
    digest = models.CharField(gettext_lazy("SM3 摘要"), max_length=64)
    sha256 = models.CharField(gettext_lazy("SHA-256 摘要"), max_length=64)
    by_name = models.CharField(gettext_lazy("上传人"), max_length=100)
    at = models.DateTimeField(gettext_lazy("上传时间"))
    removed = models.BooleanField(gettext_lazy("已移除"), default=False)

    # It belongs to its record wherever that goes, so the right is asked in the record's organ of the day.
    scope_field = None

    class Meta:
        app_label = "kernel"
        verbose_name = gettext_lazy("附件")
        constraints = [
            models.UniqueConstraint(
                fields=["label_of", "record_key", "digest"], condition=models.Q(removed=False), name="attached_once",
                violation_error_message=gettext_lazy("这条记录已经附有同样的文件"),
            ),
            models.CheckConstraint(
                condition=models.Q(size__gt=0), name="attachment_not_empty", violation_error_message=gettext_lazy("文件是空的")
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["digest"], name="attachment_digest"),
            models.Index(fields=["label_of", "record_key"], name="attachment_record"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def visible(cls, actor: Actor, organs: frozenset[int] | None) -> models.Q | None:
        """The attachments of the organs; screens reach them through their record."""
        return organ_condition("organ_id", organs)

    def organ_key(self) -> int | None:
        """The organ of its record."""
        return self.organ_id

    @property
    def about(self) -> signatures.Sort:
        """What sort of file it is."""
        return signatures.SORTS[self.sort]

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return folder() / self.digest[:2] / self.digest


@dataclass(frozen=True)
class Proofs:
    """What the files of a class of record may prove, and what notes it of one."""

    kinds: type[models.TextChoices]
    note: Callable[[Any, Attachment, str, Actor], Any]

    def code(self, said: str) -> str:
        """The kind that is named by its code or its words; Invalid with all of them where none is."""
        for one in self.kinds:
            if said in (one.value, str(one.label)):
                return str(one.value)
        words = "、".join(str(one.label) for one in self.kinds)
        raise Invalid(_("请选择材料种类"), why=said, instead=_("可以写：%(words)s。") % {"words": words})


PROOFS: dict[str, Proofs] = {}
_ELSEWHERE: ContextVar[Path | None] = ContextVar("folder", default=None)


def proves(
    model: type[Record], kinds: type[models.TextChoices], note: Callable[[Any, Attachment, str, Actor], Any]
) -> None:
    """This will let the files of a class of record say what they prove, on every door."""
    PROOFS[model._meta.label_lower] = Proofs(kinds, note)


def folder() -> Path:
    """The folder of all files, which no address of the web leads to."""
    return _ELSEWHERE.get() or Path(settings.MEDIA_ROOT)


@contextmanager
def elsewhere(place: Path) -> Iterator[None]:
    """This will keep files in another folder for a while, for what is undone afterwards."""
    held = _ELSEWHERE.set(place)
    try:
        yield
    finally:
        _ELSEWHERE.reset(held)


def limit() -> int:
    """The largest file in bytes."""
    return int(settings.ATTACHMENT_LIMIT)


def right_to_add(subject: Record) -> str:
    """The permission to add a file: `attach` where the class of record declares it, else `change`."""
    own = subject.right("attach")
    return own if own in access.PERMISSIONS else subject.right("change")


def of(subject: Record) -> models.QuerySet[Attachment]:
    """The files of a record, oldest first; the caller has found the record in scope."""
    return Attachment._base_manager.filter(label_of=subject.label, record_key=subject.pk, removed=False).order_by("id")


def log_of(subject: Record) -> list[Attachment]:
    """The same with those that were removed."""
    return _LOG(subject.label, subject.pk)


_LOG = Statement(lambda label, key: Attachment._base_manager.filter(label_of=label, record_key=key).order_by("id"))


def attach(subject: Record, file: IO[bytes], name: str, *, by: Actor, note: str = "", kind: str = "") -> Attachment:
    """This will add a file to a record; the same file given again is the attachment that is there already.

    `kind` says what it proves, where the class of record asks that (`proves`). Raises Forbidden, and Invalid where the
    file is empty, too large, of no sort on the list, or other than it says.
    """
    proofs = PROOFS.get(subject.label) if kind else None
    code = proofs.code(kind) if proofs is not None else ""
    with transaction.atomic():
        made = _taken(subject, file, name, by=by, note=note)
        if proofs is not None:
            proofs.note(subject, made, code, by)
    return made


def _taken(subject: Record, file: IO[bytes], name: str, *, by: Actor, note: str) -> Attachment:
    right = right_to_add(subject)
    by.must(right, subject.organ_key())
    name = plain_name(name)
    with _received(file) as (temporary, size, digest, sha256):
        with temporary.open("rb") as content:
            sort = signatures.recognize(content, name)
        with transaction.atomic():
            type(subject)._base_manager.select_for_update(no_key=True).filter(
                pk=subject.pk
            ).first()  # two at once wait here
            known = of(subject).filter(digest=digest).first()
            if known is not None:
                return known
            if of(subject).count() >= MOST:
                raise Invalid(
                    _("附件过多"),
                    why=_("一条记录最多 %(most)s 个附件。") % {"most": MOST},
                    instead=_("请合并后再上传。"),
                )
            made = Attachment(
                label_of=subject.label, record_key=subject.pk, organ_id=subject.organ_key(), name=name, size=size,
                sort=sort.code, digest=digest, sha256=sha256, by_name=by.name, at=clock.now(),
            )  # fmt: skip
            _place(temporary, made.path)
            keep(made, by=by, act=ATTACH, right=right, note=note)
    return made


def recognized(file: IO[bytes], name: str) -> signatures.Sort:
    """The sort of a file that might be attached; Invalid as `attach` would raise it."""
    return signatures.recognize(file, plain_name(name))


def detach(attachment: Attachment, subject: Record, *, by: Actor, note: str = "") -> None:
    """This will take a file off its record: its line and digest stay in the ledger, its content goes a day later."""
    right = right_to_add(subject)
    by.must(right, subject.organ_key())
    with transaction.atomic():
        fresh = _held(subject)  # it may have moved on since it was read
        _stay(fresh, attachment)
        fresh.sheds(attachment)
        attachment.organ_id, attachment.removed = fresh.organ_key(), True
        keep(attachment, by=by, act=DETACH, right=right, note=note)


def _held(subject: Record) -> Record:
    """The record as it stands, held against steps with the whole whose state counts, the whole first; NotFound where it is gone."""
    owner, _name = _stated(subject)
    if owner is not subject:
        in_turn(type(owner), [owner.pk])
    fresh = type(subject)._base_manager.select_for_update(of=("self",), no_key=True).filter(pk=subject.pk).first()
    if fresh is None:
        raise NotFound(_("记录不存在或不在您的范围内"))
    return fresh


def rests(subject: Record) -> bool:
    """True where the record stands past the states in which its files may come off: a decision rests on them."""
    if subject.loose is None:
        return False
    owner, name = _stated(subject)
    return not name or getattr(owner, name) not in subject.loose[1]


def _stated(subject: Record) -> tuple[Any, str]:
    """The record whose state counts, and the field; an empty name where files stay from the first."""
    holder, _dot, name = subject.loose[0].rpartition(".") if subject.loose else ("", "", "")
    return (getattr(subject, holder) if holder else subject), name


def _stay(subject: Record, attachment: Attachment) -> None:
    if not rests(subject):
        return
    (owner, name), resource = _stated(subject), BY_LABEL.get(subject.label)
    state = str(getattr(owner, f"get_{name}_display")()) if name else ""
    raise Refused(
        _("“%(paper)s”已经作为办理依据，不能移除") % {"paper": attachment.name}, article=resource.article if resource else "",
        why=_("当前状态为“%(state)s”，前面的环节以这份材料为依据。") % {"state": state} if state else _("登记即以它为凭据。"),
        instead=_("材料有误的，另行上传正确的，原件保留。"),
    )  # fmt: skip


def opened(attachment: Attachment) -> IO[bytes]:
    """The content; Refused where the disk does not have it, or not the whole of it."""
    try:
        file = attachment.path.open("rb")
    except FileNotFoundError:
        file = None
    if file is None or os.fstat(file.fileno()).st_size != attachment.size:
        raise Refused(
            _("附件“%(name)s”的文件缺失") % {"name": attachment.name},
            why=_("磁盘上没有它，或大小与登记不符。"),
            instead=_("请联系系统管理员从备份恢复。"),
        )
    return file


def plain_name(name: str) -> str:
    """A file name without folders, control and direction marks, at most 120 characters with its ending."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    name = "".join(sign for sign in name if unicodedata.category(sign) not in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp"))
    stem, _dot, ending = re.sub(r"\s+", " ", name).strip(" .").rpartition(".")
    return f"{stem[:110].strip() or _('附件')}.{ending[:9]}" if ending else _("附件")


@contextmanager
def _received(file: IO[bytes]) -> Iterator[tuple[Path, int, str, str]]:
    """The upload as a flushed file beside its final place, with size and digests; gone afterwards unless moved."""
    place = folder() / "incoming" / uuid.uuid4().hex
    sm3, sha256, size = hashlib.new("sm3"), hashlib.sha256(), 0
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        file.seek(0)
        with place.open("xb") as target:
            while piece := file.read(PIECE):
                size += len(piece)
                if size > limit():
                    raise too_large()
                sm3.update(piece)
                sha256.update(piece)
                target.write(piece)
            target.flush()
            os.fsync(target.fileno())
        yield place, size, sm3.hexdigest(), sha256.hexdigest()
    except OSError as error:
        raise Refused(
            _("附件没有存下"),
            why=_("磁盘写不进去：%(why)s。") % {"why": error.strerror},
            instead=_("数据没有改变，请稍后再试，或联系系统管理员清理磁盘。"),
        ) from error
    finally:
        place.unlink(missing_ok=True)


def too_large() -> Invalid:
    """The refusal of a file above the limit."""
    return signatures.refusal(
        _("文件超过 %(limit)s。") % {"limit": size_words(limit())}, _("请压缩图片、拆分文件，或另存为 PDF 后再上传。")
    )


def _place(temporary: Path, final: Path) -> None:
    """Always a new file in the old one's place: its fresh date tells the sweeper to leave it alone."""
    final.parent.mkdir(parents=True, exist_ok=True)
    with _locked(fcntl.LOCK_SH):
        temporary.replace(final)
    for directory in (final.parent, folder()):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def _locked(kind: int) -> Iterator[None]:
    with (folder() / ".lock").open("w") as lock:
        fcntl.flock(lock, kind)
        yield


def sweep() -> dict[str, Any]:
    """This will remove files that no attachment has used for a day, and name attachments whose file is missing."""
    folder().mkdir(parents=True, exist_ok=True)
    files = [path for path in folder().glob("??/*") if path.is_file()]
    live = Attachment._base_manager.filter(removed=False)
    wanted = {
        d
        for part in bulk.chunks([path.name for path in files])
        for d in live.filter(digest__in=part).values_list("digest", flat=True)
    }
    gone = sum(_swept(path, live) for path in files if path.name not in wanted)
    gone += sum(_swept(path, None) for path in (folder() / "incoming").glob("*"))
    there = {path.name for path in files}
    missing = [pk for pk, digest in live.values_list("pk", "digest").iterator() if digest not in there]
    return {"removed": gone, "missing": missing[:100], "missing_count": len(missing)}


def _swept(path: Path, live: models.QuerySet[Attachment] | None) -> bool:
    """Looks again under the lock: between the list and now, somebody may have brought the same file."""
    with _locked(fcntl.LOCK_EX):
        try:
            old = clock.now().timestamp() - path.stat().st_mtime > GRACE
        except FileNotFoundError:
            return False
        if not old or (live is not None and live.filter(digest=path.name).exists()):
            return False
        path.unlink()
        return True


def size_words(size: int) -> str:
    """A size as 512 B, 340 KB, 1.2 MB or 3 GB."""
    if size < 1024:
        return f"{size} B"
    if size < PIECE:
        return f"{size / 1024:.0f} KB"
    unit, words = (PIECE, "MB") if size < 1024 * PIECE else (1024 * PIECE, "GB")
    return f"{size / unit:.1f}".removesuffix(".0") + f" {words}"


@record.removed.fill
def _stands_in_the_way(model: Any, keys: list[int], by: Actor) -> None:
    """A record with files is not taken back under them."""
    label = f"{model._meta.app_label}.{model._meta.model_name}"
    for part in bulk.chunks(keys):
        if Attachment._base_manager.filter(label_of=label, record_key__in=part, removed=False).exists():
            raise Refused(_("不能撤销：记录附有文件"), instead=_("请先移除附件，或改为修改记录。"))
