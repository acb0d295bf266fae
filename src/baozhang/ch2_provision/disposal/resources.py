"""What each field of a disposal is for, what may be done with its cards, and who may do what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from baozhang.ch1_general.organs import roles
from baozhang.ch2_provision.assets.choices import Disposal
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.resources import Cards
from baozhang.kernel import access, acts, clock
from baozhang.kernel.access import Actor, Reach
from baozhang.kernel.acts import Act
from baozhang.kernel.flow.limits import deadline
from baozhang.kernel.refusal import Refused
from baozhang.kernel.resource import Computed, Group, Page, Related, Resource, register
from baozhang.law.figures import spec

from . import proposing, views
from .actions import carrying, drafting, screening
from .choices import AT_WORK, BRINGING, COLOURS, FREE, PRICED, SCREEN_COLOURS, Kind, Lane, Screen, State
from .flows import CaseFlow
from .models import Case, Incoming, Line, Paper
from .models.case import ATTACH, AUDIT, BOOK, CONSENT, DECIDE, DRAFT, EXECUTE, RECEIVE, REVIEW, SCREEN, SIGN
from .models.line import ACCEPT, EXPLAIN, STORE
from .queries.incomes import incomes_of
from .queries.limits import way_of
from .queries.swapping import cost_of, incoming_of
from .rules import HAND_OVER_DAYS

ARTICLE, INCOME, WAREHOUSE = "第十三条第四款", "第十三条第五款", "第十五条第一款第三项"


# -- acts on cards


def _propose(cards: Sequence[Card], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    cases = proposing.draft(cards, form=values.get("disposal") or "", reason=note, by=by)
    names = "、".join(case.number for case in cases)
    said = _("已起草处置办件 %(names)s，列入 %(n)d 张卡片；请在待办中补齐材料后提交内部决策")
    return acts.Done(said % {"names": names, "n": len(cards)}, cases[0])


def _join(cards: Sequence[Card], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    case = Case.objects.filter(organ_id=cards[0].organ_id, state=State.DRAFT).order_by("-pk").first()
    if case is None:
        raise Refused(_("本单位没有处置草稿"), article=ARTICLE, instead=_("请办理“拟处置”，另行起草。"))
    count = drafting.add(case, cards, by=by)
    return acts.Done(_("已列入处置草稿 %(case)s：新增 %(n)d 张卡片") % {"case": case, "n": count}, case)


def _correct(cards: Sequence[Card], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    count = proposing.correct(cards, form=values.get("disposal") or "", day=values.get("disposed"), by=by, note=note)
    return _("已更正 %(n)d 张卡片的处置登记") % {"n": count}


def _forms(_cards: Iterable[Card], choices: Iterable[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """The forms that the article names; what old ledgers leave open is none that anybody begins or corrects to."""
    return [(value, words) for value, words in choices if not value or value in drafting.WORDS]


acts.also(Cards, "propose", Act(
    gettext_lazy("拟处置"), DRAFT, _propose, ("disposal",), required=("disposal",), says=gettext_lazy("起草处置办件并列入这些卡片；补齐材料后提交本单位内部决策，批准之前卡片照常在账。"),
    needs_note=True, note_words=gettext_lazy("处置理由"), article=ARTICLE, icon="trash",
    shown=lambda card: card.disposed is None, offers={"disposal": _forms},
))  # fmt: skip
acts.also(Cards, "join_disposal", Act(
    gettext_lazy("列入处置草稿"), DRAFT, _join, article=ARTICLE, icon="plus", on_page=False,
))  # fmt: skip
acts.also(Cards, "correct_disposal", Act(
    gettext_lazy("更正处置登记"), "assets.card:change", _correct, ("disposal", "disposed"), many=False, needs_note=True, article=ARTICLE,
    icon="pencil-square", shown=lambda card: card.disposed is not None and proposing.ended_by([card]) is None, offers={"disposal": _forms},
))  # fmt: skip


# -- acts on a case


def _fact(act: str, said: Any) -> Callable[..., str]:
    def run(cases: Sequence[Case], *, by: Actor, note: str, values: dict[str, Any]) -> str:
        for case in cases:
            carrying.note(case, act, values, by=by)
        return str(said)

    return run


def _earn(cases: Sequence[Case], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    for case in cases:
        carrying.earn(case, values, by=by)
    return _("已登记应缴收入；缴库后在“资产收入”中登记缴款书号")


def _boot(cases: Sequence[Case], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    for case in cases:
        carrying.pay_boot(case, values, by=by)
    return _("已登记补价和费用，计入换入资产的成本")


def _to_hand_over(case: Any) -> str:
    """The day, or that nobody has verified how many days there are; empty before approval and after hand-over."""
    if case.state not in AT_WORK or case.form == Disposal.LOSS:  # what is lost is handed over to nobody
        return ""
    due = case.hand_over_by
    if due is None and case.approved_on is not None:  # the figure may have been issued since, for that day
        due = deadline(HAND_OVER_DAYS, case, case.approved_on).due
    return str(due) if due is not None else _("期限待核实")


def _why_way(case: Any) -> dict[str, Any]:
    """Which limits were read for the way that the case goes."""
    day = case.approved_on or clock.today()
    way = way_of(case, day)
    facts = [
        (_("处置形式"), case.get_form_display(), ""),
        (_("资产类别"), case.get_kind_display(), ""),
        (_("原值合计"), f"{case.value:,.2f}", _("元")),
    ]
    return {
        "value": Lane(case.lane or way.lane).label, "unit": "", "day": day, "says": case.lane_says or way.says, "article": ARTICLE,
        "facts": [{"words": words, "value": value, "unit": unit} for words, value, unit in facts],
        "figures": [{"words": spec(one.key).name, "value": one.value, "unit": _("元"), "basis": one.basis, "since": one.valid_from}
                    for one in (way.approval, way.finance)],
    }  # fmt: skip


def _owes_nothing_yet(case: Any) -> bool:
    """Nothing was entered, or what was entered is no longer due: then it is entered anew."""
    return case.income is None or bool(case.income) and not incomes_of(case)


def _at_work(case: Any) -> bool:
    return case.state in AT_WORK


CASE_ACTS = {
    "appraise": Act(
        gettext_lazy("登记评估"), EXECUTE, _fact(carrying.APPRAISED, gettext_lazy("已登记评估结果")), carrying.FIELDS[carrying.APPRAISED], required=carrying.FIELDS[carrying.APPRAISED],
        many=False, article=ARTICLE, icon="scale", shown=lambda case: _at_work(case) and case.form in PRICED,
    ),
    "wipe": Act(
        gettext_lazy("登记介质清除"), EXECUTE, _fact(carrying.WIPED, gettext_lazy("已登记存储介质清除")), carrying.FIELDS[carrying.WIPED], required=carrying.FIELDS[carrying.WIPED],
        many=False, article=ARTICLE, icon="shield-check",
        shown=lambda case: _at_work(case) and case.computers > 0 and case.form != Disposal.LOSS,
    ),
    "cancel_plates": Act(
        gettext_lazy("登记号牌终端注销"), EXECUTE, _fact(carrying.CANCELLED, gettext_lazy("已登记号牌和终端注销")),
        carrying.FIELDS[carrying.CANCELLED], required=carrying.FIELDS[carrying.CANCELLED], many=False, article="第二十三条第一款", icon="truck",
        shown=lambda case: _at_work(case) and case.kind == Kind.VEHICLE,
    ),
    "boot": Act(
        gettext_lazy("登记补价和费用"), BOOK, _boot, ("boot",), required=("boot",), many=False, article=ARTICLE, icon="banknotes",
        shown=lambda case: case.form == Disposal.SWAP and case.state in BRINGING,
    ),
    "earn": Act(
        gettext_lazy("登记应缴收入"), BOOK, _earn, ("income", "income_due", "income_note"), says=gettext_lazy("没有收入的填 0，写明原因，例如回收企业确认无残值。"),
        required=("income",), many=False, article=INCOME, icon="banknotes",
        shown=lambda case: case.state in BRINGING and case.form not in FREE and _owes_nothing_yet(case),
    ),
}  # fmt: skip


@register
class Cases(Resource):
    """The disposal cases."""

    model = Case
    slug = "disposal/cases"
    place = 18
    article = ARTICLE
    chapter = "assets"
    icon = "trash"
    words = pgettext_lazy("list", "资产处置")
    purpose = gettext_lazy(
        "划转、捐赠、转让、置换、报废和损失核销：内部决策、公物仓优先、审批或备案、移交、收入上缴、销账"
    )
    columns = ("number", "title", "form", "count", "value", "state", "lane", "organ", "submitted_on", "approved_on")
    more_columns = (
        "kind",
        "early",
        "flagged",
        "hand_over_by",
        "receiver",
        "receiver_name",
        "income",
        "handed_on",
        "closed_on",
    )
    groups = (
        Group(gettext_lazy("事项"), ("organ", "number", "title", "state", "form", "kind", "count", "value", "reason", "receiver", "receiver_name")),
        Group(gettext_lazy("特别说明"), ("early", "early_reason", "cause", "liable"),
              when=lambda case: bool(case.early or case.cause or case.liable)),
        Group(gettext_lazy("决策和批准"), ("submitted_on", "decided_on", "minutes_no", "lane", "lane_says", "approved_on", "document", "hand_over_by")),
        Group(gettext_lazy("评估和公告"), ("appraiser", "appraised_value", "appraised_on", "notice_place", "notice_from", "notice_until"),
              when=lambda case: case.form in PRICED),
        Group(gettext_lazy("移交"), ("computers", "wiped_on", "wiped_how", "cancelled_on", "cancelled_how", "handed_on", "handed_by", "received_by", "received_on"),
              when=lambda case: case.form != Disposal.LOSS and bool(case.computers or case.handed_on or case.cancelled_on)),
        Group(gettext_lazy("收入和销账"), ("income", "income_due", "income_note", "boot", "closed_on")),
    )  # fmt: skip
    readonly = frozenset(
        {"document", "receiver"}
    )  # nobody holds the right to fill in the rest; scenarios tell it as facts
    filters = ("organ", "state", "form", "kind", "lane", "submitted_on", "approved_on", "value")
    search = ("number", "title", "receiver_name")
    sorts = ("approved_on",)
    units = {
        "value": gettext_lazy("元"), "income": gettext_lazy("元"), "appraised_value": gettext_lazy("元"), "boot": gettext_lazy("元"), "count": gettext_lazy("张"),
        "early": gettext_lazy("张"), "computers": gettext_lazy("张"), "flagged": gettext_lazy("张"),
    }  # fmt: skip
    computed = {
        "way": Computed(gettext_lazy("办理方式"), lambda case: case.get_lane_display(), why=_why_way),
        "to_hand_over": Computed(gettext_lazy("移交期限"), _to_hand_over),
    }
    key_facts = ("form", "count", "value", "way", "to_hand_over")
    state = "state"
    colours = COLOURS
    flow = CaseFlow
    acts = CASE_ACTS
    pages = {
        "papers": Page(gettext_lazy("材料"), views.papers_page),
        "reply": Page(gettext_lazy("查看批复"), views.reply_page, shown=lambda case: case.document_id is not None),
    }
    related = (
        Related("disposal/lines", "case", gettext_lazy("处置明细"),
                columns=("card", "value", "usable_until", "screen", "screen_says", "keep_out", "outcome")),
        Related("disposal/incoming", "case", gettext_lazy("换入资产"),
                adds=lambda case: case.form == Disposal.SWAP and case.state in BRINGING),
    )  # fmt: skip
    importable = False
    addable = False


# -- acts on the cards of a case


def _explain(lines: Sequence[Line], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    return _("已说明 %(n)d 项不入仓的理由，由筛选人员审核") % {"n": screening.explain(lines, reason=note, by=by)}


def _accept(lines: Sequence[Line], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    return _("已同意 %(n)d 项不入仓") % {"n": screening.accept(lines, by=by, note=note)}


def _store(lines: Sequence[Line], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    count = screening.store(lines, by=by, note=note)
    return _("已把 %(n)d 项转入公物仓：解除本办件的占用，并生成入仓建议，由处置单位办理入仓申请") % {"n": count}


def _take_out(lines: Sequence[Line], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    return _("已移出 %(n)d 张卡片") % {"n": drafting.take_out(lines, by=by)}


def _asked(line: Any) -> bool:
    early = line.case.state in (State.DRAFT, State.DECIDING, State.SCREENING)
    return early and line.screen in (Screen.ASKED, Screen.EXPLAINED) and not line.outcome


def _screened(*screens: str) -> Any:
    """The condition that a card is looked at by the warehouse's screener now, and stands there with him."""
    return lambda line: line.case.state == State.SCREENING and line.screen in screens and not line.outcome


def _may_be_stored(line: Any) -> bool:
    """What is screened may go to the warehouse, asked for or not."""
    return line.case.state == State.SCREENING and not line.outcome


@register
class Lines(Resource):
    """The cards of the cases."""

    model = Line
    slug = "disposal/lines"
    article = ARTICLE
    chapter = "assets"
    icon = "list-bullet"
    words = pgettext_lazy("list", "处置明细")
    purpose = gettext_lazy("每个处置办件所列的卡片：是否满年限、公物仓筛选结果、最后怎样")
    columns = ("card", "value", "usable_until", "screen", "screen_says", "keep_out", "outcome", "case", "organ")
    more_columns = ("early", "computer", "was", "ended_on")
    groups = (
        Group(gettext_lazy("卡片"), ("organ", "case", "card", "value", "usable_until", "early", "computer", "was")),
        Group(gettext_lazy("公物仓筛选"), ("screen", "screen_says", "keep_out")),
        Group(gettext_lazy("结果"), ("outcome", "ended_on", "proposal")),
    )
    readonly = frozenset({"proposal"})
    filters = ("case", "screen", "outcome", "early", "organ")
    units = {"value": gettext_lazy("元")}
    state = "screen"
    colours = SCREEN_COLOURS
    key_facts = ("card", "value", "screen", "outcome")
    follows = ("card",)
    leads = ("case", "proposal")
    acts = {
        "take_out": Act(gettext_lazy("移出办件"), DRAFT, _take_out, article=ARTICLE, icon="minus",
                        shown=lambda line: line.case.state == State.DRAFT),
        "explain": Act(gettext_lazy("说明不入仓理由"), EXPLAIN, _explain, needs_note=True, article=WAREHOUSE, icon="pencil", shown=_asked),
        "store": Act(gettext_lazy("转入公物仓"), STORE, _store, article=WAREHOUSE, icon="inbox-stack", shown=_may_be_stored),
        "accept": Act(gettext_lazy("同意不入仓"), ACCEPT, _accept, article=WAREHOUSE, icon="check", shown=_screened(Screen.EXPLAINED)),
    }  # fmt: skip
    importable = False
    addable = False
    menu = False


def _cost_told(row: Incoming, by: Actor) -> list[dict[str, Any]]:
    """What all that comes in has to cost, and how much of it is still to be shared out, while a row is typed."""
    if not row.case_id or row.case.form != Disposal.SWAP:
        return []
    others = sum((one.value for one in incoming_of(row.case) if one.pk != row.pk), Decimal(0))
    cost = cost_of(row.case)
    words = _("换入资产入账成本合计应为 %(cost)s 元，其他各项已登记 %(others)s 元，这一项应为 %(rest)s 元") % {
        "cost": f"{cost:,.2f}", "others": f"{others:,.2f}", "rest": f"{cost - others:,.2f}",
    }  # fmt: skip
    return [
        {"words": words, "tone": "blue" if row.value in (None, cost - others) else "amber", "article": "第十三条第二款"}
    ]


@register
class Incomings(Resource):
    """What swaps bring in."""

    model = Incoming
    slug = "disposal/incoming"
    article = ARTICLE
    chapter = "assets"
    icon = "arrow-path"
    words = pgettext_lazy("list", "换入资产")
    purpose = gettext_lazy("置换换入的每一项：入账成本从评估值、补价和差价算得；销账时建卡、入账")
    columns = ("name", "value", "quantity", "model", "card", "case", "organ")
    more_columns = ("class_code", "brand", "serial", "unit", "place", "custodian")
    groups = (
        Group(
            gettext_lazy("换入什么"),
            ("case", "row", "name", "class_code", "brand", "model", "serial", "quantity", "unit"),
        ),
        Group(gettext_lazy("入账"), ("value", "place", "custodian", "card")),
    )
    readonly = frozenset({"card"})
    filters = ("case", "organ")
    search = ("name", "model", "serial")
    units = {"value": gettext_lazy("元")}
    key_facts = ("value", "card")
    follows = ("case",)
    leads = ("card",)
    joint = True
    importable = False
    menu = False
    begun_from = ("case", "form=swap")
    hints = _cost_told


_SEEN = [
    Case.right("view"),
    Case.right("export"),
    Line.right("view"),
    Line.right("export"),
    Paper.right("view"),
    Incoming.right("view"),
    Incoming.right("export"),
]
access.grant((*roles.AGENCY, roles.ASSET_CLERK), _SEEN, Reach.OWN)
access.grant(roles.READERS, _SEEN, Reach.BELOW)
access.grant(roles.ASSET_CLERK, [DRAFT, EXECUTE, RECEIVE, ATTACH, EXPLAIN, STORE], Reach.OWN)
access.grant((roles.ASSET_CLERK, roles.ACCOUNTANT), [Incoming.right("add"), Incoming.right("change")], Reach.OWN)
access.grant(roles.HEAD, [DECIDE, ATTACH], Reach.OWN)
access.grant(roles.ACCOUNTANT, [BOOK, ATTACH], Reach.OWN)
access.grant((roles.KEEPER, roles.ASSET_OFFICER), SCREEN, Reach.OWN)
access.grant((roles.KEEPER, roles.ASSET_OFFICER), [STORE, ACCEPT], Reach.BELOW)
access.grant(roles.ASSET_OFFICER, REVIEW, Reach.OWN)
access.grant(roles.SUPPORT_HEAD, SIGN, Reach.OWN)
access.grant(roles.FINANCE_OFFICER, AUDIT, Reach.OWN)
access.grant(roles.FINANCE_HEAD, CONSENT, Reach.OWN)
