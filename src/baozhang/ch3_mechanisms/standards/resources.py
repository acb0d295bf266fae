"""What each field of standards, lines, trials and re-examinations is for, and who may do what with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from baozhang.ch1_general.organs import roles
from baozhang.kernel import access, shell
from baozhang.kernel.access import Actor, Reach
from baozhang.kernel.acts import Act, Done
from baozhang.kernel.refusal import Invalid
from baozhang.kernel.resource import Computed, Group, Page, Related, Resource, register
from baozhang.law.catalogue import catalogue

from .actions import ISSUE, new_version, try_out
from .choices import COLOURS
from .models import Reexamination, Standard, StandardLine, Trial, called, settled_row
from .queries import next_review
from .trying import TRY
from .views import extras, lines, notice, trial

access.permission("standards.standard:submit", gettext_lazy("提交配置标准"))
access.permission(ISSUE, gettext_lazy("批准发布配置标准"))
access.permission(TRY, gettext_lazy("试算配置标准"))
ARTICLE = "第十二条第一款"


def _begin(records: Sequence[Standard], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    if len(records) != 1:
        raise Invalid(_("一次只能起草一个新版本"))
    draft = new_version(records[0], by=by)
    return Done(_("已起草《%(title)s》，请修改条目和施行日期") % {"title": draft.title}, draft)


def _try(records: Sequence[Standard], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    return "；".join(extras.headline(try_out(standard, by=by)) for standard in records)


@register
class Standards(Resource):
    """Standards with their versions."""

    model = Standard
    slug = "standards/standards"
    article = ARTICLE
    chapter = "mechanisms"
    icon = "scale"
    purpose = gettext_lazy("起草、试算、发布配置标准；发布后自施行日期起判断，此前的事实仍按原标准")
    columns = ("title", "organ", "jurisdiction", "document", "valid_from", "valid_to", "state")
    more_columns = ("issued_on", "review_due", "source")
    groups = (
        Group(gettext_lazy("标准"), ("title", "organ", "valid_from", "valid_to", "source", "note")),
        Group(gettext_lazy("复审"), ("review_due", "next_review")),
        Group(gettext_lazy("发布"), ("jurisdiction", "document", "issued_on", "state")),
    )
    readonly = frozenset({"jurisdiction", "document", "issued_on", "state"})
    computed = {"next_review": Computed(gettext_lazy("下次复审"), next_review, kind="date")}
    filters = ("organ", "jurisdiction", "state", "valid_from")
    search = ("title", "document", "source")
    sorts = ("valid_from",)
    order = "-valid_from"
    state = "state"
    colours = COLOURS
    key_facts = ("organ", "document", "valid_from", "valid_to")
    importable = False
    related = (
        Related("standards/lines", "standard", gettext_lazy("条目")),
        Related("standards/trials", "standard", gettext_lazy("试算")),
        Related("standards/reviews", "standard", gettext_lazy("复审")),
    )
    acts = {
        "version": Act(
            gettext_lazy("起草新版本"), "standards.standard:add", _begin, many=False, article=ARTICLE, icon="document-duplicate",
            shown=lambda standard: standard.issued,
        ),
        # People have a page for it; this is the same for programs.
        "try": Act(gettext_lazy("试算"), TRY, _try, many=False, article=ARTICLE, icon="beaker", on_page=False),
    }  # fmt: skip
    pages = {
        "lines": Page(gettext_lazy("条目与对照"), lines.page),
        "try": Page(gettext_lazy("试算"), trial.page, TRY, shown=lambda standard: not standard.issued),
        "notice": Page(gettext_lazy("公文"), notice.pdf),
    }


def _unit(line: StandardLine) -> str:
    figure = catalogue().get(line.key)
    return figure.unit_name if figure else ""


def _settle(rows: list[Any], by: Actor, counts: dict[Any, Any]) -> None:
    """Titles become keys and rows get their one form before the lines that are there already are looked up."""
    del by, counts
    for row in rows:
        key = called(str(row.values.get("key") or ""))
        row.values["key"], row.values["row"] = key, settled_row(key, str(row.values.get("row") or ""))


@register
class Lines(Resource):
    """The figures of standards, one a row."""

    model = StandardLine
    slug = "standards/lines"
    article = ARTICLE
    chapter = "mechanisms"
    words = pgettext_lazy("list", "标准条目")
    icon = "list-bullet"
    menu = False
    purpose = gettext_lazy("标准中的每一个数值：项目、档次、数值、价格依据")
    columns = ("name", "row_shown", "value", "unit", "valid_from", "valid_to")
    more_columns = ("standard", "key", "row", "ends", "price_source", "price_day", "note")
    groups = (
        Group(gettext_lazy("条目"), ("standard", "key", "row", "value", "ends")),
        Group(gettext_lazy("价格依据"), ("price_source", "price_day", "note")),
        Group(gettext_lazy("期间"), ("valid_from", "valid_to")),
    )
    readonly = frozenset({"valid_from", "valid_to"})
    computed = {
        "name": Computed(gettext_lazy("项目"), lambda line: line.name),
        "row_shown": Computed(gettext_lazy("档次"), lambda line: line.row_shown),
        "unit": Computed(gettext_lazy("单位"), _unit),
    }
    before_import = _settle
    headings = {"key": ("标准项目", "参数", "资产名称"), "row": ("职级", "分档"), "value": ("上限", "标准值", "限额")}
    filters = ("standard", "ends", "valid_from")
    search = ("key", "note")
    sorts = ("valid_from",)
    order = "id"


@register
class Trials(Resource):
    """What drafts would have changed."""

    model = Trial
    slug = "standards/trials"
    article = ARTICLE
    chapter = "mechanisms"
    words = pgettext_lazy("list", "试算")
    icon = "beaker"
    menu = False
    purpose = gettext_lazy("草案在真实数据上的试算：只记计数和金额，不产生风险线索")
    columns = ("made_at", "maker", "day", "organs_now", "organs_draft", "amount_now", "amount_draft")
    more_columns = ("standard", "assumed_from")
    groups = (
        Group(gettext_lazy("试算"), ("standard", "made_at", "maker", "day", "assumed_from")),
        Group(gettext_lazy("结果"), ("organs_now", "organs_draft", "amount_now", "amount_draft")),
    )
    readonly = frozenset(
        {
            "standard",
            "made_at",
            "maker",
            "day",
            "assumed_from",
            "organs_now",
            "organs_draft",
            "amount_now",
            "amount_draft",
        }
    )
    filters = ("standard",)
    units = {"organs_now": gettext_lazy("家"), "organs_draft": gettext_lazy("家")}
    importable = False
    addable = False


@register
class Reexaminations(Resource):
    """Re-examinations of standards in force."""

    model = Reexamination
    slug = "standards/reviews"
    article = "第三十七条"
    chapter = "mechanisms"
    icon = "arrow-path"
    purpose = gettext_lazy("对施行中的标准开展复审，登记结论和下次复审日期")
    columns = ("standard", "day", "conclusion", "next_due", "note")
    groups = (Group(gettext_lazy("复审"), ("standard", "day", "conclusion", "note", "next_due")),)
    filters = ("standard", "conclusion", "day")
    sorts = ("day",)
    order = "-day"
    importable = False


EVERYBODY = (*roles.AGENCY, *roles.READERS)
access.grant(
    EVERYBODY,
    [
        "standards.standard:view",
        "standards.standard:export",
        "standards.standardline:view",
        "standards.standardline:export",
    ],
    Reach.OWN,
)
access.grant(
    roles.STANDARDS_OFFICER,
    ["standards.standard:add", "standards.standard:change", "standards.standard:submit", "standards.standardline:add",
     "standards.standardline:change", "standards.standardline:import", "standards.trial:view", "standards.trial:export",
     "standards.reexamination:view", "standards.reexamination:add", "standards.reexamination:change", "standards.reexamination:export"],
    Reach.OWN,
)  # fmt: skip
# Expenditure quotas are set by the finance department of each level (article 7, paragraph 2).
access.grant(
    roles.FINANCE_OFFICER,
    ["standards.standard:add", "standards.standard:change", "standards.standard:submit", "standards.standardline:add",
     "standards.standardline:change", "standards.standardline:import"],
    Reach.OWN,
)  # fmt: skip
access.grant(roles.FINANCE_HEAD, ISSUE, Reach.OWN)
access.grant(roles.FINANCE, ["standards.trial:view", "standards.trial:export"], Reach.OWN)
access.grant(roles.SUPPORT_HEAD, [ISSUE, "standards.trial:view", "standards.reexamination:view"], Reach.OWN)
access.grant((roles.STANDARDS_OFFICER, roles.SUPPORT_HEAD, *roles.FINANCE), TRY, Reach.BELOW)
shell.entry("mechanisms", gettext_lazy("现行标准"), "standards-figures", "standards.standard:view", order=30)
extras.join()
