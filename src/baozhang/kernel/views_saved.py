"""Saved views: a list's address under a name, for oneself or for one's organ."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .access import Actor
from .record import Record
from .resource import Resource
from .statement import Statement


class SavedView(Record):
    """One saved view of one list."""

    slug = models.CharField(_("列表"), max_length=64)
    name = models.CharField(_("名称"), max_length=30)
    query = models.TextField(_("条件"), blank=True)
    user_key = models.BigIntegerField(_("所有者"))
    organ_key_of = models.BigIntegerField(_("单位"), null=True)
    shared = models.BooleanField(_("单位共用"), default=False)

    scope_field = None

    class Meta:
        app_label = "kernel"
        verbose_name = _("保存的视图")
        constraints = [models.UniqueConstraint(fields=["slug", "name", "user_key"], name="view_once")]

    def __str__(self) -> str:
        return self.name


_OFFERED = Statement(
    lambda slug, user, organ: SavedView._base_manager.filter(
        Q(user_key=user) | Q(shared=True, organ_key_of=organ), slug=slug
    ).order_by("id")
)


def offered(resource: Resource, who: Actor, query: QueryDict) -> list[dict[str, Any]]:
    """The views that an actor may use on a list, the whole list first."""
    base = reverse(f"{resource.slug}:list")
    now = query.urlencode()
    made = [{"words": _("全部"), "url": base, "active": not now}]
    for view in _OFFERED(resource.slug, who.user_id, who.organ_id):
        made.append({"words": view.name, "url": f"{base}?{view.query}", "active": now == view.query})
    return made if len(made) > 1 else []
