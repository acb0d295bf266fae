"""A row in scope or 404, and where rows are shown."""

from __future__ import annotations

from functools import lru_cache

from django.urls import reverse
from django.utils.translation import gettext as _

from .record import Record
from .refusal import NotFound
from .resource import Resource
from .statement import Statement


def row_of(resource: Resource, pk: int, *joins: str) -> Record:
    """The row in the actor's scope; NotFound where it does not exist for him."""
    # The scope decides by a short question; the row with its many columns comes by a statement composed once.
    found = _reading(resource.model, joins).first(pk) if resource.model.objects.filter(pk=pk).exists() else None
    if found is None:
        raise NotFound(_("没有找到这条记录"), why=_("它不存在，或不在您的范围内。"), instead=_("请返回列表重新查找。"))
    return found


@lru_cache(maxsize=None)
def _reading(model: type[Record], joins: tuple[str, ...]) -> Statement[Record]:
    return Statement(lambda pk: model._base_manager.select_related(*joins).filter(pk=pk).order_by())


def list_url(resource: Resource) -> str:
    """The address of a list."""
    return reverse(f"{resource.slug}:list")


def url_of(resource: Resource, record: Record | int) -> str:
    """The address of a record."""
    return reverse(f"{resource.slug}:detail", args=[record if isinstance(record, int) else record.pk])
