"""Change of value or class: drawn up, approved by the head, and carried out on the day from which it holds (article 13, paragraph 2)."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.assets.actions import changing
from baozhang.ch2_provision.assets.actions.standing import still_there
from baozhang.ch2_provision.assets.choices.cases import ChangeState as S
from baozhang.ch2_provision.assets.models import Change
from baozhang.kernel import access, clock, holds, scope
from baozhang.kernel.access import Actor
from baozhang.kernel.flow import Flow, Step

ARTICLE = "第十三条第二款"
SUBMIT = access.permission("assets.change:submit", gettext_lazy("提出资产变动"))
APPROVE = access.permission("assets.change:approve", gettext_lazy("批准资产变动"))
CARRY_OUT = access.permission("assets.change:carry_out", gettext_lazy("使资产变动生效"))


class ChangeFlow(Flow):
    """资产变动: until its day has come, an approved change waits."""

    model = Change
    words = gettext_lazy("资产变动")
    article = ARTICLE
    initial = (S.DRAFT,)

    submit = Step(
        gettext_lazy("提请批准"), S.DRAFT, S.SUBMITTED, ":submit", kind="primary", icon="paper-airplane", withdrawable=True,
    )  # fmt: skip
    edit = Step(
        gettext_lazy("修改"), S.DRAFT, S.DRAFT, ":submit", todo=False, side=True, icon="pencil", required=("effective", "grounds"),
        fields=("reason", "effective", "value", "life_months", "class_code", "edition", "grounds"),
    )  # fmt: skip
    approve = Step(
        gettext_lazy("批准"), S.SUBMITTED, S.APPROVED, ":approve", four_eyes=("submit",), kind="primary", icon="check",
        returnable=(S.DRAFT,), says=gettext_lazy("生效日期已到的，批准后立即生效；未到的，到日生效。"),
    )  # fmt: skip
    refuse = Step(
        gettext_lazy("不予批准"), S.SUBMITTED, S.REFUSED, ":approve", needs_note=True, todo=False, side=True, kind="danger",
    )  # fmt: skip
    carry_out = Step(gettext_lazy("生效"), S.APPROVED, S.DONE, ":carry_out", todo=False, icon="check-circle")
    cancel = Step(
        gettext_lazy("撤销"), (S.DRAFT, S.APPROVED), S.CANCELLED, ":submit", needs_note=True, todo=False, side=True, kind="danger",
    )  # fmt: skip

    @classmethod
    def moved_back(cls, record: Change, *, was: str, to: str, by: Actor) -> None:
        """Back in the draft nothing is kept from others any longer."""
        if to == S.DRAFT:
            holds.release(record)


@ChangeFlow.submit.guard
@ChangeFlow.approve.guard
@ChangeFlow.carry_out.guard
def _there(case: Change) -> None:
    """Looked at again by everybody who takes it on: a month may have been charged since it was asked for."""
    still_there([case.card], strict=True)
    changing.sound(case)


@ChangeFlow.submit.effect
def _kept(case: Change, *, by: Actor) -> None:
    holds.take(case.card, case=case, words=str(case)[:120], by=by)


@ChangeFlow.approve.effect
def _approved(case: Change, *, day: dt.date) -> None:
    """What holds from today or earlier is carried out at once, as the system's own act upon the head's signature."""
    if case.effective <= day:
        with scope.everything("资产变动") as system:
            ChangeFlow.take("carry_out", case, by=system)


@ChangeFlow.carry_out.guard
def _day_has_come(case: Change, *, day: dt.date) -> None:
    changing.due(case, day)


@ChangeFlow.carry_out.effect
def _done(case: Change, *, by: Actor) -> None:
    changing.carry_out(case, by=by, right=CARRY_OUT)


@ChangeFlow.refuse.effect
@ChangeFlow.cancel.effect
def _let_go(case: Change) -> None:
    holds.release(case)


def carry_out_due() -> int:
    """This will carry out the approved changes whose day has come; what is refused stays and is told on its page."""
    with scope.everything("资产变动") as by:
        rows = list(Change.objects.filter(state=S.APPROVED, effective__lte=clock.today()).order_by("effective", "id"))
        return sum(not isinstance(answer, Exception) for _row, answer in ChangeFlow.take_all("carry_out", rows, by=by))
