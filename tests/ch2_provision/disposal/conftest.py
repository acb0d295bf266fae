"""An agency with its people, its authority and finance department, cards, and the whole way of a disposal in few words."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest

from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.disposal import proposing
from baozhang.ch2_provision.disposal.actions.papers import file_paper
from baozhang.ch2_provision.disposal.flows import CaseFlow
from baozhang.ch2_provision.disposal.models import Case, Line
from baozhang.kernel import clock, scope
from baozhang.kernel.access import Actor, actor_of
from baozhang.kernel.accounts import User
from baozhang.law.issued import IssuedValue
from tests import factories
from tests.conftest import TODAY

D = dt.date
OLD = D(2015, 5, 10)
STEPS = {
    "submit": "张管", "decide": "王局", "screened": "仓管", "register": "赵科", "review": "赵科", "approve": "孙局", "pass_on": "孙局",
    "audit": "钱财", "consent": "李财", "publish": "张管", "hand_over": "张管", "slip": "张管", "receive": "外管", "write_off": "会计",
    "book_loss": "会计", "refuse": "孙局",
}  # fmt: skip
VALUES: dict[str, dict[str, Any]] = {
    "decide": {"decided_on": TODAY, "minutes_no": "局办纪〔2026〕3号"},
    "hand_over": {"receiver_name": "江海再生资源有限公司", "handed_by": "张管"}, "slip": {"received_by": "刘师傅"}, "receive": {"received_by": "外管"},
    "publish": {"notice_place": "江海市公共资源交易平台", "notice_until": D(2026, 3, 18)},
}  # fmt: skip
DATED = {
    "hand_over": "handed_on",
    "slip": "received_on",
    "receive": "received_on",
}  # done on the day on which it is said


def limits(approval: int = 50_000, finance: int = 500_000) -> list[IssuedValue]:
    """The limits of a city, for every form and kind."""
    return [
        IssuedValue(key, "990000", value, D(2022, 11, 1), document="江财资〔2022〕8号")
        for key, value in (("assets.disposal", approval), ("disposal.finance", finance))
    ]


def pdf(name: str) -> io.BytesIO:
    """A small PDF that is told from others."""
    return io.BytesIO(b"%PDF-1.4\n% " + name.encode() + b"\n%%EOF\n")


class Office:
    """Organs by short names, people by the names they bear, and what they do."""

    def __init__(self) -> None:
        place = factories.district("云间区")
        self.authority = factories.organ("云间区机关事务管理局", place, competence="authority", document_word="云机管")
        self.finance = factories.organ("云间区财政局", place, competence="finance", document_word="云财")
        self.agency = factories.organ("云间区教育局", place)
        self.other = factories.organ("云间区卫健委", place)
        factories.people((
            ("张管", "asset_clerk", self.agency), ("王局", "head", self.agency), ("会计", "accountant", self.agency),
            ("外管", "asset_clerk", self.other), ("外长", "head", self.other), ("仓管", "keeper", self.authority),
            ("赵科", "asset_officer", self.authority), ("周科", "asset_officer", self.authority), ("孙局", "support_head", self.authority),
            ("钱财", "finance_officer", self.finance), ("李财", "finance_head", self.finance), ("审计", "auditor", self.authority),
        ))  # fmt: skip

    def __call__(self, name: str) -> Actor:
        """Somebody as an actor."""
        return actor_of(User._base_manager.get(username=name), TODAY)

    def user(self, name: str) -> User:
        """The account of somebody."""
        return User._base_manager.get(username=name)

    def card(self, organ: Any = None, **values: Any) -> Card:
        """A copier ten years old, unless said otherwise."""
        given = {
            "name": "复印机",
            "class_code": "A02020100",
            "edition": "2022",
            "value": Decimal(8000),
            "acquired": OLD,
            "custodian": "甲",
        }
        return factories.kept(Card, where=organ or self.agency, **{**given, **values})

    def computer(self, **values: Any) -> Card:
        """A desktop computer."""
        return self.card(**{"name": "台式计算机", "class_code": "A02010105", **values})

    def draft(self, *cards: Card, form: str = "scrapping", who: str = "张管", reason: str = "已损坏") -> Case:
        """A draft on some cards."""
        by = self(who)
        with scope.within(by):
            (case,) = proposing.draft([Card.objects.get(pk=card.pk) for card in cards], form=form, reason=reason, by=by)
        return self.again(case)

    def again(self, case: Case) -> Case:
        """The case as it is kept."""
        return Case._base_manager.get(pk=case.pk)

    def lines(self, case: Case) -> list[Line]:
        """The lines of a case."""
        return list(Line._base_manager.filter(case=case).select_related("card", "case__organ").order_by("pk"))

    def take(self, step: str, case: Case, who: str = "", note: str = "", **values: Any) -> Case:
        """Somebody takes a step in his own scope."""
        by = self(who or STEPS[step])
        today = {DATED[step]: clock.today()} if step in DATED else {}
        given = {**VALUES.get(step, {}), **today, **values}
        with scope.within(by):
            CaseFlow.take(step, self.again(case), by=by, note=note, values=given)
        return self.again(case)

    def paper(self, case: Case, kind: str, who: str = "张管") -> None:
        """A paper is attached."""
        by = self(who)
        with scope.within(by):
            file_paper(self.again(case), kind, pdf(kind), f"{kind}.pdf", by=by)

    def decided(self, *cards: Card, form: str = "scrapping", **edited: Any) -> Case:
        """A case that its agency has decided upon."""
        case = self.draft(*cards, form=form)
        if edited:
            case = self.take("edit", case, "张管", form=form, reason="已损坏", **edited)
        case = self.take("submit", case)
        self.paper(case, "minutes")
        return self.take("decide", case)

    def approved(self, *cards: Card, form: str = "scrapping", **edited: Any) -> Case:
        """A case that has gone the strict way to its approval."""
        case = self.decided(*cards, form=form, **edited)
        for step in ("screened", "review", "pass_on", "audit", "consent"):
            case = self.take(step, case)
        return case

    def act(self, who: str, call: Any, *args: Any, **kwargs: Any) -> Any:
        """Somebody does something in his own scope."""
        by = self(who)
        with scope.within(by):
            return call(*args, by=by, **kwargs)


@pytest.fixture
def office(db: None) -> Office:
    """The organs and people."""
    return Office()
