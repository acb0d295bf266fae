"""Whom a round is for, what a plan is filled with, how it is amended, and how a need finds its way into it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.funding.choices import PLAN_AT_WORK, LineKind, PlanState, RoundState, Source
from baozhang.ch2_provision.funding.flows import PlanFlow
from baozhang.ch2_provision.funding.flows.plan import DRAFT
from baozhang.ch2_provision.funding.flows.round import OPEN
from baozhang.ch2_provision.funding.models import BudgetLine, Ceiling, Plan, PlanLine, PlanRound
from baozhang.ch2_provision.funding.queries.plans import (
    carried,
    draft_plan,
    last_years,
    participants,
    standing_plan,
    terms,
)
from baozhang.ch2_provision.funding.queries.suggesting import Suggestion, suggested
from baozhang.kernel import access, bulk, clock, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Invalid, Refused
from baozhang.law.items import items

ENLISTED = ledger.act("funding.enlisted", gettext_lazy("列入编报轮次"))
TAKEN_IN = ledger.act("funding.taken_in", gettext_lazy("选入计划"))
AMENDED = ledger.act("funding.amended", gettext_lazy("起草调整版本"))
FROM_NEED = ledger.act("funding.from_need", gettext_lazy("配置需求转入计划"))
NEED = access.permission("funding.planline:need", gettext_lazy("将配置需求转入年度计划"))
ARTICLE = "第九条"
LAID_OUT = (RoundState.OPEN, RoundState.CLOSED)


def enlist(round_: PlanRound, *, by: Actor) -> int:
    """This will put all agencies of an authority into its round; those that are there already stay as they are."""
    have = set(Ceiling._base_manager.filter(round=round_).values_list("organ_id", flat=True))
    fresh = [Ceiling(round=round_, organ=organ) for organ in participants(round_.organ) if organ.pk not in have]
    keep(fresh, by=by, act=ENLISTED, right=OPEN, where=round_.organ_id)
    return len(fresh)


def offers(plan: Plan) -> tuple[list[PlanLine], list[Suggestion]]:
    """What a plan may be filled with: last year's lines, and what upper rooms suggest; without what is in it already."""
    taken = set(PlanLine._base_manager.filter(plan=plan).values_list("title", flat=True))
    day = plan.round.opens
    return last_years(plan), [one for one in suggested(plan.organ_id, day) if one.title not in taken]


def take_in(plan: Plan, *, by: Actor, lines: Iterable[int] | None = None, keys: Iterable[str] | None = None) -> int:
    """This will copy chosen lines of last year (by key) and chosen suggestions into a draft; None takes all."""
    _editable(plan)
    before, told = offers(plan)
    wanted = None if lines is None else set(lines)
    chosen = None if keys is None else set(keys)
    with transaction.atomic():
        number = _last_number(plan)
        rows = [_from_last_year(plan, line) for line in before if wanted is None or line.pk in wanted]
        rows += [_from_suggestion(plan, one) for one in told if chosen is None or one.key in chosen]
        for place, row in enumerate(rows, start=number + 1):
            row.number = place
        keep(rows, by=by, act=TAKEN_IN)
    return len(rows)


def _editable(plan: Plan) -> None:
    if not plan.editable:
        raise Refused(
            _("“%(state)s”的计划不能增加事项") % {"state": plan.get_state_display()},
            article=ARTICLE, instead=_("请撤回或由审核人驳回后修改；已同意的，办理年度调整。"),
        )  # fmt: skip


def number_lines(rows: list[Any], by: Actor, counts: dict[Any, Any]) -> None:
    """This will number rows of a sheet that name a plan or budget and no line number, before they are looked up."""
    del by
    for row in rows:
        owner = row.values.get("plan") or row.values.get("budget")
        if owner is None or row.values.get("number") not in (None, ""):
            continue
        key = (owner.label, owner.pk)
        if key not in counts:
            kept: Any = (
                PlanLine._base_manager.filter(plan=owner)
                if isinstance(owner, Plan)
                else BudgetLine._base_manager.filter(budget=owner)
            )
            counts[key] = kept.aggregate(n=Max("number"))["n"] or 0
        counts[key] += 1
        row.values["number"] = counts[key]


def _last_number(plan: Plan) -> int:
    found = PlanLine._base_manager.filter(plan=plan).order_by("-number").values_list("number", flat=True).first()
    return found or 0


def _from_last_year(plan: Plan, line: PlanLine) -> PlanLine:
    sum_agreed = carried(line)
    evidence = f"上年计划 {line.plan.code} 第 {line.number} 项：申报 {line.amount:,.2f} 元，核定 {sum_agreed:,.2f} 元。"
    return PlanLine(
        plan=plan, kind=line.kind, grade=line.grade, means=line.means, title=line.title, item=line.item, unit=line.unit, quantity=line.quantity,
        unit_price=line.unit_price, purpose=line.purpose, evidence=evidence, source=Source.LAST_YEAR, last_amount=sum_agreed,
    )  # fmt: skip


def _from_suggestion(plan: Plan, one: Suggestion) -> PlanLine:
    return PlanLine(
        plan=plan, kind=one.kind, grade=one.grade, title=one.title[:120], item=one.item, unit=one.unit, quantity=one.quantity,
        unit_price=one.unit_price, purpose=one.purpose[:500], evidence=one.evidence, stock=one.stock, allowed=one.allowed,
        source=Source.SUGGESTED,
    )  # fmt: skip


def amend(plan: Plan, *, cause: str, by: Actor, right: str = DRAFT) -> Plan:
    """This will begin a new version of an agreed plan, with what was agreed; unchanged lines keep their answer."""
    if plan.state != PlanState.AGREED:
        raise Refused(
            _("只有已同意的计划才能调整"), why=_("当前状态为“%(state)s”。") % {"state": plan.get_state_display()},
            article=ARTICLE, instead=_("正在办理的，可以撤回或驳回后修改。"),
        )  # fmt: skip
    if not cause.strip():
        raise Invalid(_("请写明调整理由"), article=ARTICLE, instead=_("填写理由后再提交。"))
    with transaction.atomic():
        bulk.take_turns(f"plan {plan.organ_id} {plan.year}")
        at_work = Plan._base_manager.filter(organ_id=plan.organ_id, year=plan.year, state__in=PLAN_AT_WORK).first()
        if at_work is not None:
            raise Refused(
                _("%(plan)s正在办理") % {"plan": at_work},
                article=ARTICLE,
                instead=_("请在该版本中修改，或办结后再调整。"),
            )
        fresh = Plan(
            round=plan.round, organ=plan.organ, edition=plan.edition + 1, amends=plan, cause=cause.strip()[:500]
        )
        keep(fresh, by=by, act=AMENDED, note=cause, right=right)
        lines = PlanLine._base_manager.filter(plan=plan, agreed_amount__gt=0).order_by("number")
        keep([_carry(fresh, line) for line in lines], by=by, act=AMENDED, right=right)
        PlanFlow.start(fresh, by=by)
    return fresh


def _carry(plan: Plan, line: PlanLine) -> PlanLine:
    """A line of an agreed version in the next one: reduced lines with what was left of them."""
    quantity, price = terms(line)
    return PlanLine(
        plan=plan, number=line.number, kind=line.kind, grade=line.grade, means=line.means, title=line.title, item=line.item, unit=line.unit,
        quantity=quantity, unit_price=price, purpose=line.purpose, evidence=line.evidence, stock=line.stock, allowed=line.allowed,
        last_amount=line.last_amount, source=Source.AMENDED, former=line, root_id=line.root_key,
    )  # fmt: skip


def line_from_need(
    *, organ: Organization, kind: str = LineKind.ASSETS, item: str, words: str, quantity: Decimal | int, unit_price: Decimal | int,
    purpose: str, evidence: str, needed_by: dt.date, by: Actor, means: str = "", unit: str = "",
) -> PlanLine:  # fmt: skip
    """This will put what is left of a need into the agency's plan of the year in which it is needed, or of the year before.

    A draft is filled, an agreed plan is amended. What is needed by a day of next spring may be bought this year or then;
    a plan of a later year would bring it too late, and one of an earlier year spend money before anybody needs the thing.
    """
    year = max(needed_by.year, clock.today().year)  # what is late already comes as soon as it can
    years = [one for one in (year, year - 1) if one >= clock.today().year]
    with transaction.atomic():
        plan = _plan_for(organ, years, words, needed_by, by)
        line = PlanLine(
            plan=plan, number=_last_number(plan) + 1, kind=kind, means=means, title=words[:120], item=item if item in items() else "",
            quantity=Decimal(quantity), unit=unit, unit_price=Decimal(unit_price), purpose=purpose[:500], evidence=evidence, source=Source.NEED,
            change_note=purpose[:300] if plan.amends_id else "",
        )  # fmt: skip
        keep(line, by=by, act=FROM_NEED, right=NEED)
    return line


def _plan_for(organ: Organization, years: list[int], words: str, needed_by: dt.date, by: Actor) -> Plan:
    """The plan that takes a need in: of the first of its years that has one which can; Refused where none can."""
    for year in years:
        draft = draft_plan(organ, year=year)
        if draft is not None:
            return draft
        at_work = Plan._base_manager.filter(
            organ=organ, year=year, state__in=PLAN_AT_WORK, round__state__in=LAID_OUT
        ).first()
        if at_work is not None:
            raise Refused(
                _("%(plan)s正在审核，不能增加事项") % {"plan": at_work},
                why=_("当前状态为“%(state)s”。") % {"state": at_work.get_state_display()},
                article=ARTICLE, instead=_("请撤回或请审核人驳回后再转入；或待审核同意后办理年度调整。"),
            )  # fmt: skip
        standing = standing_plan(organ, year)
        if standing is not None:
            return amend(
                standing, cause=_("配置需求经存量核对不能调剂：%(words)s") % {"words": words}, by=by, right=NEED
            )
    raise _no_plan(organ, years, needed_by)


def _no_plan(organ: Organization, years: list[int], needed_by: dt.date) -> Refused:
    other = Plan._base_manager.filter(organ=organ, round__state__in=LAID_OUT).exclude(year__in=years)
    later = other.filter(year__gt=clock.today().year).order_by("year").first()
    if later is None:
        return Refused(
            _("%(organ)s没有可以列入的年度计划") % {"organ": organ}, why=_("本级还没有布置 %(year)s 年度计划编报。") % {"year": years[0]},
            article=ARTICLE, instead=_("请同级机关事务管理部门布置编报后再转入。"),
        )  # fmt: skip
    facts = {_("最迟到位日期"): needed_by, _("计划年度"): later.year}
    words = {"day": needed_by, "year": later.year, "wanted": years[0]}
    if later.year > years[0]:
        why = _("需求最迟 %(day)s 到位，%(year)s 年度的经费到那一年才能使用。") % words
        instead = (
            _(
                "请同级机关事务管理部门布置 %(wanted)s 年度计划编报或办理该年度调整；可以等到 %(year)s 年的，撤销这项需求，按新的到位日期重新提出。"
            )
            % words
        )
    else:
        why = _("需求最迟 %(day)s 到位，列入 %(year)s 年度计划就是提前占用经费。") % words
        instead = (
            _("请待 %(wanted)s 年度计划编报布置后再转入；确需提前的，撤销这项需求，按新的到位日期重新提出。") % words
        )
    return Refused(
        _("这项需求不能列入 %(year)s 年度计划") % words, why=why, article=ARTICLE, instead=instead, facts=facts
    )


def late(round_: PlanRound) -> Sequence[Plan]:
    """The plans of a round that nobody has handed in."""
    rows = Plan._base_manager.filter(round=round_, state__in=(PlanState.DRAFT, PlanState.DECIDING), edition=1)
    return list(rows.select_related("organ").order_by("organ__code")) if round_.state != RoundState.DRAFT else []


__all__ = ["amend", "enlist", "late", "line_from_need", "number_lines", "offers", "take_in"]
