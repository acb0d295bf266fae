"""What each field of needs, answers and matches is for, and who may do what with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from baozhang.ch1_general.organs import roles
from baozhang.ch2_provision.assets.rules.words import count
from baozhang.kernel import access
from baozhang.kernel.access import Actor, Reach
from baozhang.kernel.acts import Act
from baozhang.kernel.resource import Computed, Group, Related, Resource, register
from baozhang.kernel.serials import numbers_rows

from . import views, withdrawing  # noqa: F401 -- add their screens, guards and effects
from .choices import MATCH_COLOURS, NEED_COLOURS, Verdict
from .flows import ANSWER, PERMIT, PLAN, REVIEW, SUBMIT, NeedFlow
from .matching import DECIDE, RECEIVE, RELEASE, MatchFlow, accept_first
from .models import Answer, Match, Need
from .queries.candidates import in_order
from .queries.cover import covered
from .queries.standing import Standing, standing_of
from .standards import excess


def _standing(need: Need) -> Standing:
    held = vars(need)
    if "_standing" not in held:
        held["_standing"] = standing_of(need)
    return held["_standing"]


def _entitled(need: Need) -> str:
    entitled = _standing(need).entitled
    return _("待核实") if entitled is None else str(entitled)


def why_entitled(need: Need) -> dict[str, Any]:
    """How many the standard allows: heads by band, figure, what there is."""
    standing = _standing(need)
    staff, tight = standing.staff, standing.tightest
    facts = [
        (_("编制人数"), staff["quota"], _("人")), (_("实有人数"), staff["actual"], _("人")), (_("编制内实有人数"), staff["counted"], _("人")),
        (_("在用数量"), count(standing.count.used), _("件")), (_("其中闲置"), count(standing.count.idle), _("件")),
        (_("已达最低使用年限"), count(standing.count.old), _("件")), (_("闲置中已有安排"), count(standing.count.held), _("件")),
    ]  # fmt: skip
    answer: dict[str, Any] = {
        "value": _entitled(need), "unit": _("件") if standing.entitled is not None else "", "day": standing.day, "article": "第十二条第一款",
        "formula": "\n".join(limit.name for limit in standing.limits), "formula_filled": "\n".join(limit.formula for limit in standing.limits),
        "facts": [{"words": words, "value": value, "unit": unit} for words, value, unit in facts],
        "figures": [
            {"words": limit.name, "value": figure["value"], "unit": "", "basis": figure["basis"], "since": figure["valid_from"]}
            for limit in standing.limits for figure in limit.figures
        ],
    }  # fmt: skip
    if tight is None:
        answer["says"] = "；".join(standing.silent) or _("配置标准没有列出这一项目。")
    return answer


def _hints(need: Need, by: Actor) -> list[dict[str, Any]]:
    """What the standard says while a need is being typed."""
    if not need.item or not need.organ_id or not need.quantity:
        return []
    standing = standing_of(need)
    found = excess(need, standing=standing)
    if found is not None:
        limit, over = found
        words = _("超出配置标准 %(over)s 件：%(name)s %(most)s") % {
            "over": count(over),
            "name": limit.name,
            "most": limit.most,
        }
        return [{"words": f"{words}。{limit.formula}", "article": "第十二条第一款", "tone": "red"}]
    said = _("上限 %(most)s 件，在用 %(used)s 件，闲置 %(idle)s 件") % {
        "most": _entitled(need), "used": count(standing.count.used), "idle": count(standing.count.idle),
    }  # fmt: skip
    return [{"words": said, "article": "第十二条第二款", "tone": "blue" if standing.verified else "amber"}]


def _first(records: Sequence[Need], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    made = accept_first(records[0], by=by)
    return ngettext("已预留 %(n)s 件，保留至 %(day)s", "已预留 %(n)s 件，保留至 %(day)s", len(made)) % {
        "n": len(made),
        "day": made[0].until,
    }


@register
class Needs(Resource):
    """The needs of agencies."""

    model = Need
    slug = "allocation/needs"
    place = 12
    article = "第十二条第二款"
    recognised_by = ("item", "class_code", "name", "purpose", "needed_by", "place")
    chapter = "assets"
    icon = "light-bulb"
    words = pgettext_lazy("list", "配置需求")
    purpose = gettext_lazy("需要什么、多少、干什么用；先用存量答复，确实无法调剂的才列入计划")
    columns = ("name", "quantity", "organ", "state", "needed_by", "purpose", "place")
    more_columns = ("number", "item", "class_code", "spec", "replaced", "means", "planned", "received")
    groups = (
        Group(gettext_lazy("需要什么"), ("organ", "number", "item", "class_code", "name", "quantity", "replaced", "spec")),
        Group(gettext_lazy("用途和期限"), ("purpose", "needed_by", "place")),
        Group(gettext_lazy("标准"), ("entitled", "exception", "permitted", "permit")),
        Group(gettext_lazy("落实"), ("covered", "declared", "means", "unit_price", "plan_line", "planned", "received"), when=lambda need: bool(need.pk)),
    )  # fmt: skip
    computed = {
        "entitled": Computed(
            gettext_lazy("配置上限"), _entitled, unit=gettext_lazy("件"), needs=("organ",), why=why_entitled
        ),
        "covered": Computed(gettext_lazy("已从存量落实"), lambda need: count(covered(need)), unit=gettext_lazy("件")),
    }
    readonly = frozenset(
        {"exception", "permitted", "permit", "declared", "means", "unit_price", "plan_line", "planned", "received"}
    )
    filters = ("organ", "item", "state", "needed_by", "means")
    search = ("number", "name", "purpose", "place")
    sorts = ("needed_by",)
    units = {"quantity": gettext_lazy("件"), "replaced": gettext_lazy("件"), "planned": gettext_lazy("件"), "received": gettext_lazy("件"),
             "permitted": gettext_lazy("件"), "unit_price": gettext_lazy("元")}  # fmt: skip
    key_facts = ("quantity", "needed_by", "entitled", "covered")
    state = "state"
    colours = NEED_COLOURS
    flow = NeedFlow
    leads = ("plan_line",)
    related = (Related("allocation/matches", "need"), Related("allocation/answers", "need"))
    hints = _hints
    before_import = numbers_rows(Need)
    headings = {
        "number": ("编号",),
        "item": ("标准项目", "品目"),
        "class_code": ("分类代码", "资产分类", "国标分类代码"),
        "name": ("名称", "品名", "物品名称", "设备名称", "资产名称"),
        "quantity": ("数量", "需求数量", "申请数量", "拟配置数量"),
        "replaced": ("更新数量", "其中：更新", "拟更新数量"),
        "spec": ("规格", "规格型号", "配置要求", "技术要求"),
        "purpose": ("用途说明", "使用用途", "申请理由", "需求说明"),
        "needed_by": ("需用日期", "需求日期", "到位日期", "使用日期", "需用时间", "要求到位时间"),
    }
    acts = {
        "first": Act(
            gettext_lazy("选用排在最前的候选"), ANSWER, _first, many=False, article="第十二条第二款", icon="check", on_page=False,
        )
    }  # fmt: skip


@register
class Matches(Resource):
    """The items chosen for needs."""

    model = Match
    slug = "allocation/matches"
    place = 50
    article = "第十二条第二款"
    chapter = "assets"
    icon = "arrows-right-left"
    words = pgettext_lazy("list", "存量落实")
    purpose = gettext_lazy("为需求选用的存量资产：预留、征求所属单位意见、调剂、交接")
    columns = ("need", "source", "card_name", "quantity", "organ", "owner", "state", "until")
    more_columns = ("done_on",)
    groups = (
        Group(
            gettext_lazy("选用"),
            ("need", "organ", "source", "owner", "card_name", "card", "quantity", "until", "reservation"),
        ),
        Group(gettext_lazy("排序依据"), ("grounds",)),
        Group(
            gettext_lazy("办理"), ("said", "new_card", "done_on"), when=lambda match: bool(match.said or match.done_on)
        ),
    )
    computed = {
        "card_name": Computed(gettext_lazy("资产名称"), lambda match: match.card.name, needs=("card",)),
        "grounds": Computed(gettext_lazy("依次比较"), lambda match: "\n".join(in_order(match.reasons))),
    }
    readonly = frozenset(
        {"need", "organ", "source", "owner", "card", "quantity", "until", "reservation", "said", "new_card", "done_on"}
    )
    filters = ("organ", "owner", "source", "state", "until")
    search = ("card.name", "card.number", "need.name")
    key_facts = ("organ", "owner", "until")
    state = "state"
    colours = MATCH_COLOURS
    flow = MatchFlow
    follows = ("need", "card")
    leads = ("reservation", "new_card")

    importable = False
    addable = False


@register
class Answers(Resource):
    """The records of looks at the stock that did not answer a need."""

    model = Answer
    slug = "allocation/answers"
    place = 51
    article = "第十二条第二款"
    chapter = "assets"
    icon = "document-magnifying-glass"
    words = pgettext_lazy("list", "存量查找记录")
    purpose = gettext_lazy("查过哪些候选、什么时候、为什么不能用；没有这份记录不能购置、建设、租用")
    columns = ("need", "kind", "organ", "looked", "left", "verdict", "day", "reviewer")
    groups = (
        Group(gettext_lazy("查找"), ("need", "organ", "kind", "at", "looked", "accepted", "left")),
        Group(gettext_lazy("不适用"), ("reason",), when=lambda answer: bool(answer.reason)),
        Group(gettext_lazy("复核"), ("verdict", "opinion", "reviewer", "reviewed_on")),
    )
    readonly = frozenset(
        {
            "need",
            "organ",
            "kind",
            "at",
            "looked",
            "accepted",
            "left",
            "reason",
            "verdict",
            "opinion",
            "reviewer",
            "reviewed_on",
        }
    )
    filters = ("organ", "kind", "verdict", "day")
    search = ("need.name", "reason")
    units = {"looked": gettext_lazy("件"), "accepted": gettext_lazy("件"), "left": gettext_lazy("件")}
    key_facts = ("looked", "left", "day")
    state = "verdict"
    colours = {Verdict.OPEN: "amber", Verdict.NOT_NEEDED: "plain", Verdict.AGREED: "green", Verdict.INSISTED: "red"}
    follows = ("need",)
    importable = False
    addable = False


_KINDS = ("allocation.need", "allocation.match", "allocation.answer")
_SEEN = [f"{name}:{verb}" for name in _KINDS for verb in ("view", "export")]
_WRITE = [f"allocation.need:{verb}" for verb in ("add", "change", "import", "remove")]
access.grant((*roles.AGENCY, roles.STAFF), _SEEN, Reach.OWN)
access.grant(roles.READERS, _SEEN, Reach.BELOW)
access.grant((roles.STAFF, roles.ASSET_CLERK), [*_WRITE, SUBMIT], Reach.OWN)
access.grant(roles.STAFF, "organs.organization:view", Reach.OWN)  # who states a need says for which agency
access.grant(roles.ASSET_CLERK, [ANSWER, PLAN, RECEIVE, RELEASE], Reach.OWN)
access.grant(roles.ACCOUNTANT, PLAN, Reach.OWN)
access.grant(roles.ASSET_OFFICER, [REVIEW, DECIDE], Reach.JURISDICTION)
access.grant(roles.SUPPORT_HEAD, PERMIT, Reach.JURISDICTION)
