"""A row in scope or 404, and where rows are shown."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from .record import Record
from .refusal import NotFound
from .resource import Resource


def row_of(resource: Resource, pk: int, *joins: str) -> Record:
    """The row in the actor's scope; NotFound where it does not exist for him."""
    found = resource.model.objects.select_related(*joins).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有找到这条记录"), why=_("它不存在，或不在您的范围内。"), instead=_("请返回列表重新查找。"))
    return found  # type: ignore[no-any-return]


def list_url(resource: Resource) -> str:
    """The address of a list."""
    return reverse(f"{resource.slug}:list")


def url_of(resource: Resource, record: Record | int) -> str:
    """The address of a record."""
    return reverse(f"{resource.slug}:detail", args=[record if isinstance(record, int) else record.pk])
