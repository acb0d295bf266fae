"""The files of a record for programs: listing, adding, downloading, removing."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from ninja import File, Form, Router, Status
from ninja.files import UploadedFile
from pydantic import BaseModel

from baozhang.kernel import attachments, scope
from baozhang.kernel.access import Actor
from baozhang.kernel.attachments import Attachment
from baozhang.kernel.record import Record
from baozhang.kernel.resource import Resource
from baozhang.kernel.views import attachments as views

from . import build, schemas


class FileOut(BaseModel):
    """A file as programs see it."""

    id: int
    name: str
    size: int
    type: str
    sm3: str
    sha256: str
    by: str
    at: Any
    url: str


def _out(one: Attachment, resource: Resource, pk: int) -> dict[str, Any]:
    return {
        "id": one.pk, "name": one.name, "size": one.size, "type": one.about.mime, "sm3": one.digest, "sha256": one.sha256,
        "by": one.by_name, "at": one.at, "url": f"/api/{resource.slug}/{pk}/attachments/{one.pk}",
    }  # fmt: skip


def _proofs(resource: Resource) -> str:
    """What a file may prove, for the description of the interface."""
    proofs = attachments.PROOFS.get(resource.label)
    return "、".join(f"{one.value} {one.label}" for one in proofs.kinds) if proofs is not None else ""


def addresses(router: Router, resource: Resource) -> None:
    """This will give a resource the addresses of its files."""
    if not views.takes_files(resource):
        return
    code = resource.label.replace(".", "_")

    def found(request: Any, pk: int) -> tuple[Actor, Record]:
        actor = build.may(request, resource, "view")
        return actor, views.subject_of(request, resource, pk, actor)

    def rows(request: Any, pk: int) -> Any:
        with scope.within(build.who(request)):
            _actor, subject = found(request, pk)
            return [_out(one, resource, pk) for one in attachments.of(subject)]

    about = Form("", description=_proofs(resource))

    def add(request: Any, pk: int, file: UploadedFile = File(...), kind: str = about) -> Any:  # noqa: B008
        with scope.within(build.who(request)):
            actor, subject = found(request, pk)
            return Status(201, _out(views.attached(subject, [file], actor, "", kind)[0], resource, pk))

    def one(request: Any, pk: int, key: int) -> Any:
        with scope.within(build.who(request)):
            _actor, subject = found(request, pk)
            return views.sent(views.file_of(subject, key), inline=False)

    def take_off(request: Any, pk: int, key: int, note: str = "") -> Any:
        with scope.within(build.who(request)):
            actor, subject = found(request, pk)
            file = views.file_of(subject, key)
            attachments.detach(file, subject, by=actor, note=note)
            return {"done": _("已移除附件 %(name)s") % {"name": file.name}, "id": file.pk}

    place, each = "/{int:pk}/attachments", "/{int:pk}/attachments/{int:key}"
    router.get(place, response=list[FileOut], operation_id=f"{code}_attachments")(rows)
    router.post(place, response={201: FileOut}, operation_id=f"{code}_attach")(add)
    router.get(each, operation_id=f"{code}_attachment")(one)
    router.delete(each, response=schemas.Done, operation_id=f"{code}_detach")(take_off)
