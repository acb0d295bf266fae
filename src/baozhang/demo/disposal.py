"""The thread of things that go: scrapped with income, transferred, sold, lost, kept by the warehouse, refused as too early."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache, partial
from typing import Any

from baozhang.ch1_general.organs import roles
from baozhang.ch1_general.organs.models import Appointment, Organization
from baozhang.ch2_provision.assets.actions import change_use_state, income
from baozhang.ch2_provision.assets.choices import TITLED, Category, UseState
from baozhang.ch2_provision.assets.models import Card, Income
from baozhang.ch2_provision.disposal import proposing
from baozhang.ch2_provision.disposal.actions import carrying, screening
from baozhang.ch2_provision.disposal.actions.papers import file_paper
from baozhang.ch2_provision.disposal.choices import PaperKind, Screen
from baozhang.ch2_provision.disposal.flows import CaseFlow
from baozhang.ch2_provision.disposal.models import Case, Incoming, Line
from baozhang.ch2_provision.disposal.queries.incomes import incomes_of
from baozhang.ch2_provision.disposal.queries.years import usable_until
from baozhang.kernel import clock
from baozhang.kernel.access import Actor
from baozhang.kernel.documents import typeset
from baozhang.kernel.documents.model import Para, Report
from baozhang.kernel.record import keep

from . import names
from .acting import act, as_user
from .resting import resting

DISTRICT = names.DISTRICTS[0][1]
OFFICE = {
    "screened": "cangku",
    "review": "zichan",
    "pass_on": "juzhang",
    "refuse": "juzhang",
    "audit": "caizheng",
    "consent": "caizheng2",
}
ROLE = {"decide": roles.HEAD, "write_off": roles.ACCOUNTANT, "book_loss": roles.ACCOUNTANT}
AGREED = ("screened", "review", "pass_on", "audit", "consent")
SWAPPED_IN = (("复印机", "A02020100", "M7-2", "5200"), ("碎纸机", "A02021301", "C5", "800"))
RECYCLER = "江海绿源再生资源有限公司"


@cache
def _paper(kind: str) -> bytes:
    """A page that says what it stands for; typeset once for each kind."""
    words = str(PaperKind(kind).label)
    return typeset.pdf(Report(words, [Para(f"演示材料：{words}。")], dt.date(2025, 1, 2)))


def _attach(case: Case, kind: str, by: Actor) -> None:
    file_paper(case, kind, io.BytesIO(_paper(kind)), f"{PaperKind(kind).label}.pdf", by=by)


def _pay(one: Income, day: dt.date, by: Actor) -> None:
    income.pay(one, day=day, receipt=f"FS{day:%Y%m%d}{one.pk:04d}", by=by)


class Tale:
    """One agency's disposals: its people act in their own names on days of their own."""

    def __init__(self, name: str) -> None:
        self.organ: Organization = Organization._base_manager.get(name=f"{DISTRICT}{name}")
        rows = Appointment._base_manager.filter(organ=self.organ).select_related("user").order_by("pk")
        self.people = {row.role: row.user.username for row in rows}

    def act(self, who: str, call: Callable[[Actor], Any]) -> Any:
        """Somebody, by role or login, does something in his own scope."""
        return act(self.people.get(who, who), call)

    def cards(self, count: int, **where: Any) -> list[Card]:
        """Some cards that are free to go, the oldest first."""
        rows = Card._base_manager.filter(resting(), organ=self.organ, disposed=None, **where)
        return list(rows.order_by("acquired", "pk")[:count])

    def spent(self, count: int, day: dt.date, *, young: bool = False) -> list[Card]:
        """Some movable cards in use that have had their years, or have not."""
        rows = [card for card in self.cards(400, use_state=UseState.IN_USE) if card.category not in TITLED]
        until = usable_until(rows, day)
        return [card for card in rows if (until.get(card.pk, day) > day) is young][:count]

    def draft(self, day: dt.date, cards: Sequence[Card], form: str, reason: str, **more: Any) -> Case:
        """The clerk drafts a case and fills in what is asked."""
        with clock.on(day):
            fresh = list(Card._base_manager.filter(pk__in=[card.pk for card in cards]).order_by("pk"))
            (case,) = self.act(roles.ASSET_CLERK, lambda by: proposing.draft(fresh, form=form, reason=reason, by=by))
            if more:
                self.step(day, "edit", case, form=form, reason=reason, **more)
        return self.again(case)

    def again(self, case: Case) -> Case:
        """The case as it is kept."""
        return Case._base_manager.select_related("organ", "receiver").get(pk=case.pk)

    def paper(self, day: dt.date, case: Case, *kinds: str) -> None:
        """Papers are attached."""
        with clock.on(day):
            for kind in kinds:
                self.act(roles.ASSET_CLERK, partial(_attach, case, kind))

    def step(self, day: dt.date, name: str, case: Case, who: str = "", note: str = "", **values: Any) -> Case:
        """A step on a day by whom it belongs to."""
        actor = who or OFFICE.get(name) or ROLE.get(name, roles.ASSET_CLERK)
        with clock.on(day):
            self.act(actor, lambda by: CaseFlow.take(name, self.again(case), by=by, note=note, values=values))
        return self.again(case)

    def decide(self, day: dt.date, case: Case) -> Case:
        """Submitted, and decided upon two days later with its minutes."""
        self.step(day, "submit", case)
        later = day + dt.timedelta(days=2)
        self.paper(later, case, PaperKind.MINUTES)
        return self.step(
            later, "decide", case, decided_on=later, minutes_no=f"办公会纪要〔{later.year}〕{later.month + 3}号"
        )

    def agree(self, day: dt.date, case: Case, steps: Sequence[str] = AGREED) -> Case:
        """The authority and the finance department, a day each."""
        for place, name in enumerate(steps):
            case = self.step(day + dt.timedelta(days=place), name, case, note="同意")
        return case

    def fact(self, day: dt.date, case: Case, act: str, **values: Any) -> None:
        """Something between approval and hand-over is entered."""
        with clock.on(day):
            self.act(roles.ASSET_CLERK, lambda by: carrying.note(self.again(case), act, values, by=by))

    def wipe(self, day: dt.date, case: Case) -> None:
        """Computers are wiped, with proof."""
        if case.computers:
            self.fact(day, case, carrying.WIPED, wiped_on=day, wiped_how="硬盘拆下消磁，信息科两人在场")
            self.paper(day, case, PaperKind.WIPING)

    def hand_over(self, day: dt.date, case: Case, to: str = RECYCLER) -> Case:
        """The things go, and the slip comes back or the receiver signs."""
        clerk = str(as_user(self.people[roles.ASSET_CLERK]).name)
        case = self.step(day, "hand_over", case, receiver_name=to, handed_on=day, handed_by=clerk)
        if case.receiver is None:
            self.paper(day, case, PaperKind.SLIP)
            return self.step(day, "slip", case, received_by="回收员", received_on=day)
        taker = Tale(case.receiver.name.removeprefix(DISTRICT)).people[roles.ASSET_CLERK]
        return self.step(day, "receive", case, taker, received_by=str(as_user(taker).name), received_on=day)

    def bring(self, row: Incoming) -> None:
        """One thing that comes in is entered."""
        self.act(roles.ASSET_CLERK, lambda by: keep(row, by=by))

    def earn(self, day: dt.date, case: Case, amount: int, note: str, *, paid: bool) -> None:
        """The accountant enters the income, and pays it."""
        values = {"income": Decimal(amount), "income_due": day + dt.timedelta(days=15), "income_note": note}
        with clock.on(day):
            self.act(roles.ACCOUNTANT, lambda by: carrying.earn(self.again(case), values, by=by))
            for one in incomes_of(case) if paid else ():
                self.act(roles.ACCOUNTANT, partial(_pay, one, day))


def _asked(case: Case) -> list[Line]:
    """The lines that the warehouse would have."""
    rows = Line._base_manager.filter(case=case, screen__in=(Screen.ASKED, Screen.EXPLAINED), outcome="")
    return list(rows.select_related("card", "case__organ").order_by("pk"))


def _after(day: dt.date, days: int) -> dt.date:
    return day + dt.timedelta(days=days)


def _scrap(name: str, day: dt.date, count: int, amount: int) -> None:
    """A scrapping from the draft to the write-off."""
    tale = Tale(name)
    old = {"category": Category.EQUIPMENT, "acquired__lt": day - dt.timedelta(days=2500)}
    cards = tale.cards(count, use_state=UseState.DISPOSING, **old) or tale.spent(count, day)
    if not cards:
        return
    case = tale.decide(day, tale.draft(day, cards, "scrapping", "超过使用年限，部件老化损坏，维修无价值"))
    case = tale.agree(_after(day, 5), case)
    tale.wipe(_after(day, 12), case)
    case = tale.hand_over(_after(day, 14), case)
    tale.earn(_after(day, 16), case, amount, "" if amount else "回收企业确认无残值", paid=True)
    tale.step(_after(day, 20), "write_off", case)


def first_year(day: dt.date) -> None:
    """A scrapping with income, and one that brought nothing."""
    _scrap("教育局", day, 8, 640)
    _scrap("卫生健康委", _after(day, 4), 5, 0)


def a_transfer(day: dt.date) -> None:
    """Things that one agency no longer needs go to another."""
    tale = Tale("教育局")
    cards = tale.cards(3, category=Category.EQUIPMENT, use_state=UseState.IN_USE)
    case = tale.draft(day, cards, "transfer", "机构职责调整，转由科学技术局使用", receiver_name=f"{DISTRICT}科学技术局")
    case = tale.agree(_after(day, 5), tale.decide(day, case))
    tale.wipe(_after(day, 11), case)
    case = tale.hand_over(_after(day, 12), case, to=case.receiver_name)
    tale.step(_after(day, 14), "write_off", case)


def too_early(day: dt.date) -> None:
    """An agency would scrap what has not had its years; the opinion does not convince, and it is refused."""
    tale = Tale("民政局")
    young = tale.spent(2, _after(day, 30), young=True)
    if not young:
        return
    more = "屏幕和主板损坏，维修报价接近重置价格"
    case = tale.draft(day, young, "scrapping", "设备性能不足，拟报废更新", early_reason=more)
    tale.paper(day, case, PaperKind.OPINION)
    case = tale.decide(day, case)
    with clock.on(_after(day, 4)):
        tale.act(
            roles.ASSET_CLERK, lambda by: screening.explain(_asked(case), reason="需要维修，费用接近重置价格", by=by)
        )
        tale.act("cangku", lambda by: screening.accept(_asked(case), by=by, note="仓内无需求，转审核"))
    case = tale.agree(_after(day, 5), case, ("screened", "review"))
    tale.step(
        _after(day, 9),
        "refuse",
        case,
        note="未达到最低使用年限，鉴定意见没有说明不能修复；请修复后继续使用或者提请入仓",
    )


def on_sale(day: dt.date) -> None:
    """An old car, or else an old machine, is appraised and announced."""
    tale = Tale("政府办公室")
    cards = tale.cards(
        1, category=Category.VEHICLE, use_state=UseState.IN_USE, acquired__lt=day - dt.timedelta(days=3400)
    )
    cards = cards or tale.spent(1, day)
    if not cards:
        return
    case = tale.draft(day, cards, "sale", "超过更新年限，车况尚可，拟公开转让", receiver_name="")
    if case.kind == "vehicle":
        tale.paper(day, case, PaperKind.TITLE)
    case = tale.agree(_after(day, 5), tale.decide(day, case))
    when = _after(day, 14)
    tale.fact(
        when,
        case,
        carrying.APPRAISED,
        appraiser="江海诚信资产评估有限公司",
        appraised_value=Decimal("18500"),
        appraised_on=when,
    )
    tale.paper(when, case, PaperKind.APPRAISAL, PaperKind.NOTICE)
    tale.step(when, "publish", case, notice_place="江海市公共资源交易平台", notice_until=_after(day, 40))


def a_swap(day: dt.date) -> None:
    """Old machines go to a school that can use them for teaching; a copier and a shredder come in, with a sum paid on top."""
    tale, other = Tale("教育局"), "江海职业技术学院"
    cards = tale.spent(3, day)
    if not cards:
        return
    case = tale.draft(day, cards, "swap", "已满使用年限，对方需要作教学实训，换入复印、碎纸设备")
    case = tale.agree(_after(day, 5), tale.decide(day, case))
    when = _after(day, 14)
    worth = {"appraised_value": Decimal("4600"), "appraised_on": when}
    tale.fact(when, case, carrying.APPRAISED, appraiser="江海诚信资产评估有限公司", **worth)
    tale.paper(when, case, PaperKind.APPRAISAL, PaperKind.NOTICE)
    tale.step(when, "publish", case, notice_place="江海市公共资源交易平台", notice_until=_after(day, 40))
    tale.wipe(_after(day, 40), case)
    case = tale.hand_over(_after(day, 41), case, to=other)
    tale.earn(_after(day, 42), case, 0, "差价由本单位支付", paid=False)
    with clock.on(_after(day, 42)):
        tale.act(roles.ACCOUNTANT, lambda by: carrying.pay_boot(tale.again(case), {"boot": Decimal("1400")}, by=by))
        for name, code, model, value in SWAPPED_IN:
            row = Incoming(
                case=tale.again(case),
                name=name,
                class_code=code,
                model=model,
                value=Decimal(value),
                unit="台",
                place="文印室",
            )
            tale.bring(row)
    tale.step(_after(day, 45), "write_off", case)


def income_open(day: dt.date) -> None:
    """Handed over to the recycler; the income has not reached the treasury."""
    tale = Tale("水务局")
    cards = tale.spent(6, day)
    if cards:
        case = tale.agree(
            _after(day, 5), tale.decide(day, tale.draft(day, cards, "scrapping", "超过使用年限，已不能使用"))
        )
        tale.wipe(_after(day, 11), case)
        case = tale.hand_over(_after(day, 13), case)
        tale.earn(_after(day, 14), case, 380, "", paid=False)


def a_loss(day: dt.date) -> None:
    """A laptop was stolen; who is responsible is said, and finance looks at it."""
    tale = Tale("司法局")
    cards = tale.cards(1, category=Category.EQUIPMENT, use_state=UseState.IN_USE, name__contains="便携式")
    cards = cards or tale.spent(1, day)
    if not cards:
        return
    cause = "外出调解途中车窗被砸，设备被盗，已报案，有受案回执"
    case = tale.draft(day, cards, "loss", "被盗灭失", cause=cause, liable="经办人未按规定随身保管，按净值赔偿")
    tale.paper(day, case, PaperKind.CAUSE)
    tale.agree(_after(day, 4), tale.decide(day, case), ("screened", "review", "pass_on"))


def stopped_by_the_warehouse(day: dt.date) -> None:
    """Idle things among the broken ones: the warehouse would have them; the agency has explained one."""
    tale = Tale("卫生健康委")
    idle = tale.cards(3, use_state=UseState.IN_USE, category=Category.FURNITURE)
    with clock.on(day):
        tale.act(
            roles.ASSET_CLERK, lambda by: change_use_state(idle, state=UseState.IDLE, by=by, note="办公用房调整后腾出")
        )
    broken = tale.spent(2, day)
    case = tale.draft(
        day, [*idle, *broken], "scrapping", "库房清理，拟一并报废", early_reason="部分设备进水损坏，不能修复"
    )
    tale.paper(day, case, PaperKind.OPINION)
    tale.decide(day, case)
    asked = _asked(case)[:1]
    with clock.on(_after(day, 3)):
        if asked:
            tale.act(
                roles.ASSET_CLERK, lambda by: screening.explain(asked, reason="主板损坏，维修报价高于重置价格", by=by)
            )


def waits_for_decision(day: dt.date) -> None:
    """A case on the desk of the agency's head; its minutes are still missing."""
    tale = Tale("教育局")
    cards = tale.spent(12, day)
    if cards:
        tale.step(day, "submit", tale.draft(day, cards, "scrapping", "超过使用年限，多次维修仍不能正常使用"))


def events(today: dt.date) -> list[tuple[dt.date, Callable[[dt.date], None]]]:
    """What happens when."""
    ago = {
        400: first_year, 200: a_transfer, 160: a_swap, 110: too_early, 70: income_open, 30: on_sale, 20: a_loss,
        8: stopped_by_the_warehouse, 2: waits_for_decision,
    }  # fmt: skip
    return [(today - dt.timedelta(days=days), event) for days, event in ago.items()]
