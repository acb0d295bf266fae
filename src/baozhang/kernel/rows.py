"""A row in scope or 404, rows in scope by their keys, and where rows are shown."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from . import scope
from .record import Record
from .refusal import NotFound
from .resource import Resource
from .statement import Statement, scoped


def row_of(resource: Resource, pk: int, *joins: str) -> Record:
    """The row in the actor's scope; NotFound where it does not exist for him."""
    # The scope decides by a short question; the row with its many columns comes by a statement composed once.
    model = resource.model
    found = _reading(model, joins).first(pk) if _present(model, scope.condition_of(model)).first(pk) else None
    if found is None:
        raise NotFound(_("没有找到这条记录"), why=_("它不存在，或不在您的范围内。"), instead=_("请返回列表重新查找。"))
    return found


@scoped
def _present(model: type[Record], condition: Q | None) -> Statement[int]:
    return Statement(
        lambda pk: model._base_manager.filter(condition or Q(), pk=pk).order_by().values_list("pk", flat=True)
    )


@lru_cache(maxsize=None)
def _reading(model: type[Record], joins: tuple[str, ...]) -> Statement[Record]:
    return Statement(lambda pk: model._base_manager.select_related(*joins).filter(pk=pk).order_by())


def in_scope(model: type[Record], keys: Sequence[int], joins: Sequence[str] = ()) -> dict[int, Record]:
    """The rows of some keys that the actor may see, without what no page shows; foreign keys in `joins` come along."""
    asked = _within(model, scope.condition_of(model), tuple(joins)) if keys else None
    return {row.pk: row for row in asked(list(keys))} if asked else {}


@scoped
def _within(model: type[Record], condition: Q | None, joins: tuple[str, ...]) -> Statement[Record]:
    def make(keys: list[int]) -> QuerySet[Record]:
        rows = model._base_manager.filter(condition or Q(), pk__oneof=keys)
        return (rows.select_related(*joins) if joins else rows).defer("search", "head").order_by()

    return Statement(make)


def list_url(resource: Resource) -> str:
    """The address of a list."""
    return reverse(f"{resource.slug}:list")


def url_of(resource: Resource, record: Record | int) -> str:
    """The address of a record."""
    return reverse(f"{resource.slug}:detail", args=[record if isinstance(record, int) else record.pk])
