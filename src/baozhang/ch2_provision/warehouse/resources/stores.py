"""Stores, their places, and the catalogue of shared classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from baozhang.ch2_provision.warehouse.actions.proposing import detect
from baozhang.ch2_provision.warehouse.choices import StoreState
from baozhang.ch2_provision.warehouse.models import Place, SharedClass, Store
from baozhang.ch2_provision.warehouse.queries.performance import served
from baozhang.kernel import clock, scope
from baozhang.kernel.access import Actor
from baozhang.kernel.acts import Act
from baozhang.kernel.resource import Group, Related, Resource, register


def _detect(rows: Sequence[SharedClass], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    """The round of the day in the organs that the authority serves, after the catalogue has changed."""
    organs: set[int] = set()
    for organ in {one.organ for one in rows}:
        organs |= set(served(organ, ended=True).values_list("pk", flat=True))
    with scope.everything("入仓检测") as system:
        done = detect(day=clock.today(), by=system, organs=organs)
    return _("检测完成：新提出 %(new)s 条，仍在册 %(standing)s 条，情形消除 %(gone)s 条") % {
        "new": done.new, "gone": done.gone, "standing": done.standing,
    }  # fmt: skip


@register
class Stores(Resource):
    """The physical stores."""

    model = Store
    slug = "warehouse/stores"
    place = 52
    article = "第十六条第一款"
    headings: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "code": (
            "库房编号",
            "编号",
        ),
        "name": (
            "库房名称",
            "名称",
        ),
        "address": (
            "地址",
            "库房地址",
            "坐落",
        ),
        "keeper": (
            "负责人",
            "管理员",
            "保管员",
        ),
        "hours": (
            "开放时间",
            "服务时间",
            "工作时间",
        ),
    }
    chapter = "warehouse"
    icon = "home-modern"
    words = pgettext_lazy("list", "仓库")
    purpose = gettext_lazy("存放实体公物仓资产的地方：在哪里、谁负责、什么时候收发")
    columns = ("code", "name", "address", "keeper", "hours", "state", "organ")
    groups = (
        Group(pgettext_lazy("list", "仓库"), ("organ", "code", "name", "state")),
        Group(gettext_lazy("地点和收发"), ("address", "keeper", "hours")),
    )
    filters = ("state",)
    search = ("code", "name")
    order = "code"
    state = "state"
    colours = {StoreState.OPEN: "green"}
    related = (
        Related("warehouse/places", "store", gettext_lazy("库位"), adds=lambda store: True),
        Related("warehouse/items", "store", gettext_lazy("存放的物品")),
    )


@register
class Places(Resource):
    """The places within stores."""

    model = Place
    slug = "warehouse/places"
    article = "第十六条第一款"
    chapter = "warehouse"
    icon = "squares-2x2"
    purpose = gettext_lazy("仓库里的货架、货位和场地，物品放在哪里一查便知")
    columns = ("store", "code", "note", "organ")
    groups = (Group(gettext_lazy("库位"), ("organ", "store", "code", "note")),)
    filters = ("store",)
    search = ("code", "store.name")
    order = "code"
    menu = False
    related = (Related("warehouse/items", "place", gettext_lazy("存放的物品")),)
    headings: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "code": ("货位编号", "货架编号", "编号"),
        "store": ("仓库", "库房"),
        "note": ("说明",),
    }


@register
class SharedClasses(Resource):
    """The catalogue of shared assets."""

    model = SharedClass
    slug = "warehouse/shared"
    place = 54
    article = "第十四条第二款"
    headings: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "class_code": (
            "分类代码",
            "资产分类代码",
            "国标分类代码",
        ),
        "words": (
            "资产名称",
            "名称",
            "共享资产",
        ),
        "basis": ("依据",),
    }
    chapter = "warehouse"
    icon = "share"
    purpose = gettext_lazy("哪些类别的资产应当共享共用；没有固定使用人的，系统按本目录建议入仓")
    columns = ("class_code", "words", "since", "until", "basis", "organ")
    groups = (Group(gettext_lazy("目录"), ("organ", "class_code", "words", "since", "until", "basis")),)
    search = ("class_code", "words")
    order = "class_code"
    acts = {
        "detect": Act(gettext_lazy("按目录检测"), "warehouse.proposal:review", _detect, article="第十五条第一款", icon="magnifying-glass"),
    }  # fmt: skip
