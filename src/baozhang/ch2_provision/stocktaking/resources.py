"""What each field of counts, rooms, scans and differences is for, said once, and who may do what with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from baozhang.ch1_general.organs import roles
from baozhang.kernel import access, clock
from baozhang.kernel.access import Actor, Reach
from baozhang.kernel.acts import Act
from baozhang.kernel.resource import Computed, Group, Page, Related, Resource, register

from .actions import freezing, judging
from .choices import Result, Settled, State
from .flows import CountFlow
from .models import Count, Difference, Room, Scan, rights
from .views import desk

ARTICLE = "第十三条第二款"


@register
class Counts(Resource):
    """The counts."""

    model = Count
    slug = "stocktaking/counts"
    place = 16
    article = ARTICLE
    chapter = "assets"
    icon = "clipboard-document-check"
    words = pgettext_lazy("list", "清查盘点")
    purpose = gettext_lazy("方案、冻结账面、逐室盘点、核对差异、审批、调整账卡、出具报告，一次走完")
    columns = (
        "number",
        "title",
        "scope",
        "organ",
        "begins",
        "ends",
        "state",
        "frozen_lines",
        "counted_on",
        "closed_on",
    )
    more_columns = ("led_by", "frozen_value", "departments", "places", "categories")
    groups = (
        Group(gettext_lazy("方案"), ("organ", "number", "title", "begins", "ends", "led_by", "remarks")),
        Group(gettext_lazy("范围"), ("scope", "departments", "places", "categories")),
        Group(gettext_lazy("账面快照"), ("frozen_at", "frozen_lines", "frozen_value", "frozen_digest", "previous")),
        Group(gettext_lazy("结果"), ("counted_on", "closed_on", "document")),
    )
    readonly = frozenset({
        "frozen_at", "frozen_lines", "frozen_value", "frozen_digest", "previous", "counted_on", "closed_on", "document",
    })  # fmt: skip
    importable = False
    filters = ("organ", "state", "scope", "begins")
    search = ("number", "title", "led_by")
    units = {"frozen_value": gettext_lazy("元"), "frozen_lines": gettext_lazy("张")}
    key_facts = ("number", "scope", "frozen_lines", "counted_on")
    state = "state"
    colours = {
        State.COUNTING: "blue", State.JUDGING: "amber", State.REPORTED: "amber", State.AGREED: "amber", State.FINANCE: "amber",
        State.APPROVED: "blue", State.ADJUSTED: "blue", State.CLOSED: "green", State.CANCELLED: "plain",
    }  # fmt: skip
    flow = CountFlow
    related = (
        Related("stocktaking/differences", "count", gettext_lazy("差异")),
        Related("stocktaking/scans", "count", gettext_lazy("最近的盘点记录")),
    )
    pages = {
        "progress": Page(
            gettext_lazy("盘点进度"), desk.progress_page, Room.right("view"), shown=lambda one: one.frozen_at
        ),
        "paper": Page(gettext_lazy("盘点报告"), desk.report_page, Room.right("view"), shown=lambda one: one.frozen_at),
        "sheet": Page(gettext_lazy("盘点表"), desk.sheet_page, rights.SCAN, shown=lambda one: one.frozen_at),
    }


def _assign(rows: Sequence[Room], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    name = str(values.get("counter_name") or "").strip()
    count = freezing.assign(list(rows), name, by=by, day=clock.today())
    if not name:
        return _("没有填写盘点人，%(count)s 项任务收回由资产管理员盘点") % {"count": count}
    return _("已把 %(count)s 项任务分派给%(name)s") % {"count": count, "name": rows[0].counter_name}


@register
class Rooms(Resource):
    """The tasks of counts, room by room."""

    model = Room
    slug = "stocktaking/rooms"
    article = ARTICLE
    chapter = "assets"
    icon = "map-pin"
    words = gettext_lazy("盘点任务")
    purpose = gettext_lazy("按房间划分；没有登记地点的按保管人划分。可分派给本单位的人员，在手机上盘点")
    columns = ("task", "expected", "counter_name", "count", "organ")
    computed = {"task": Computed(gettext_lazy("房间或者保管人"), str)}
    groups = (Group(gettext_lazy("任务"), ("count", "organ", "place", "custodian", "expected", "counter_name")),)
    readonly = frozenset({"count", "organ", "place", "custodian", "expected", "counter_name"})
    addable = importable = menu = False
    filters = ("count", "organ")
    search = ("place", "custodian")
    units = {"expected": gettext_lazy("件")}
    key_facts = ("count", "expected")
    acts = {"assign": Act(gettext_lazy("分派"), rights.ASSIGN, _assign, ("counter_name",), icon="user-plus")}


@register
class Scans(Resource):
    """What was seen."""

    model = Scan
    slug = "stocktaking/scans"
    article = ARTICLE
    chapter = "assets"
    icon = "qr-code"
    words = gettext_lazy("盘点记录")
    purpose = gettext_lazy("谁、何时、在哪里、看到了什么；同一件以最后一次为准，几个人的记录都保留")
    columns = ("scanned_at", "card", "name", "result", "condition", "place", "scanner_name", "way", "count")
    more_columns = ("code", "user", "quantity", "note", "received_at", "late", "device")
    groups = (
        Group(gettext_lazy("盘点"), ("organ", "count", "code", "result", "condition", "place", "user", "quantity", "name", "note")),
        Group(gettext_lazy("对应"), ("card", "room", "way", "scanner_name", "scanned_at", "received_at", "late", "device", "key")),
    )  # fmt: skip
    readonly = frozenset({
        "card", "room", "way", "scanner_name", "scanned_at", "received_at", "late", "device", "key",
    })  # fmt: skip
    importable = menu = False
    filters = ("count", "result", "condition", "late")
    search = ("code", "name", "place", "scanner_name")
    key_facts = ("result", "place", "scanner_name")
    state = "result"
    colours = {Result.FOUND: "green", Result.MISPLACED: "amber", Result.MISSING: "red", Result.UNKNOWN: "blue"}
    follows = ("card",)


def _explain(rows: Sequence[Difference], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    count = judging.explain(list(rows), values, by=by, day=clock.today(), note=note)
    return _("已说明 %(count)s 项差异") % {"count": count}


@register
class Differences(Resource):
    """Where books and things do not agree."""

    model = Difference
    slug = "stocktaking/differences"
    place = 52
    article = ARTICLE
    chapter = "assets"
    icon = "scale"
    words = gettext_lazy("盘点差异")
    purpose = gettext_lazy("每一项都要有原因、责任人和处理意见；查不清的带名挂账，转入下次盘点")
    columns = ("kind", "number", "name", "books", "seen", "value", "state", "cause", "responsible", "handling", "count")
    more_columns = (
        "organ",
        "place",
        "quantity",
        "disputed",
        "explanation",
        "value_type",
        "new_value",
        "due",
        "made",
        "settled_on",
    )
    groups = (
        Group(gettext_lazy("差异"), ("kind", "number", "name", "place", "books", "seen", "quantity", "value", "disputed")),
        Group(gettext_lazy("说明与处理"), ("cause", "explanation", "responsible", "handling", "value_type", "new_value", "due")),
        Group(gettext_lazy("关联"), ("count", "organ", "card", "scan", "origin", "made", "state", "settled_on")),
    )  # fmt: skip
    readonly = frozenset({
        "kind", "number", "name", "place", "books", "seen", "quantity", "value", "disputed", "cause", "explanation", "responsible",
        "handling", "value_type", "new_value", "due", "count", "organ", "card", "scan", "origin", "made", "state", "settled_on",
    })  # fmt: skip
    addable = importable = False
    filters = ("count", "organ", "kind", "state", "handling", "disputed")
    search = ("number", "name", "place", "responsible")
    units = {"value": gettext_lazy("元"), "new_value": gettext_lazy("元")}
    key_facts = ("books", "seen", "value", "responsible")
    state = "state"
    colours = {
        Settled.OPEN: "red", Settled.EXPLAINED: "amber", Settled.DONE: "green", Settled.DEBT: "amber", Settled.CARRIED: "blue",
        Settled.DROPPED: "plain",
    }  # fmt: skip
    follows = ("card", "origin")
    leads = ("made",)
    acts = {
        "explain": Act(
            gettext_lazy("说明差异"), rights.EXPLAIN, _explain,
            ("cause", "explanation", "responsible", "handling", "value_type", "new_value", "due"),
            required=("cause", "responsible", "handling"), says=gettext_lazy("盘盈补建卡片的，另填入账价值；挂账续查的，另填续查期限。"), article=ARTICLE, icon="pencil-square",
            shown=lambda row: row.state in (Settled.OPEN, Settled.EXPLAINED) and row.count.state == State.JUDGING,
        )
    }  # fmt: skip


_MODELS = (Count, Room, Scan, Difference)
_SEEN = [model.right(verb) for model in _MODELS for verb in ("view", "export")]
_STEPS = [Count.right(name) for name in ("add", "change", "submit", "finish", "report", "adjust", "cancel")]
access.grant(roles.AGENCY, _SEEN, Reach.OWN)
access.grant(
    roles.ASSET_CLERK,
    [*_STEPS, rights.SCAN, rights.MINE, rights.ATTACH, rights.EXPLAIN, rights.ASSIGN, Scan.right("add")], Reach.OWN,
)  # fmt: skip
access.grant(roles.HEAD, [Count.right(name) for name in ("freeze", "agree", "close", "cancel")], Reach.OWN)
access.grant(roles.STAFF, [rights.MINE, rights.ATTACH, Count.right("view")], Reach.OWN)
access.grant((roles.HEAD, roles.ACCOUNTANT), [rights.MINE, rights.ATTACH], Reach.OWN)
access.grant(roles.READERS, _SEEN, Reach.BELOW)
access.grant((roles.ASSET_OFFICER, roles.SUPPORT_HEAD), Count.right("approve"), Reach.OWN)
access.grant(roles.FINANCE_HEAD, Count.right("endorse"), Reach.OWN)
