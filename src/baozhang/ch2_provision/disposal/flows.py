"""The path of a disposal: the agency decides, the warehouse looks, the authority and finance agree, the things go, the books follow."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs.queries import authority_for, finance_for
from baozhang.ch2_provision.assets.choices import Disposal
from baozhang.kernel.access import Actor
from baozhang.kernel.flow import ByOrgan, Flow, Step

from .choices import AT_WORK, Lane, State
from .models import Case
from .models.case import AUDIT, BOOK, CONSENT, DECIDE, DRAFT, EXECUTE, RECEIVE, REVIEW, SCREEN, SIGN
from .queries.needs import announced

ASKED = (State.DECIDING, State.SCREENING, State.REVIEWING, State.SIGNING, State.FINANCE, State.CONSENT)
DECISION, INCOME, WAREHOUSE = "第十三条第四款", "第十三条第五款", "第十五条第一款第三项"


authority = ByOrgan(authority_for)
finance = ByOrgan(finance_for)


def receiving(case: Case) -> int | None:
    """The organ to which a transfer goes."""
    return case.receiver_id


def in_lane(*lanes: str) -> Any:
    """The condition that a case goes one of these ways; before it is known, all are drawn as the strict one."""
    return lambda case: (case.lane or Lane.JOINT) in lanes


class CaseFlow(Flow):
    """起草—内部决策—公物仓筛选—审核—批准或备案—执行—移交—签收—销账."""

    model = Case
    words = gettext_lazy("资产处置")
    article = DECISION
    initial = (State.DRAFT,)

    submit = Step(
        gettext_lazy("提交内部决策"), State.DRAFT, State.DECIDING, DRAFT, withdrawable=True, kind="primary", icon="paper-airplane",
        says=gettext_lazy("提交后所列卡片为本办件占用，其他办件不能再用；退回、撤销或者不予批准时自动解除。"),
    )  # fmt: skip
    edit = Step(
        gettext_lazy("修改办件"), State.DRAFT, State.DRAFT, DRAFT, todo=False, side=True, icon="pencil",
        fields=("form", "reason", "receiver_name", "cause", "liable", "early_reason"), required=("form", "reason"),
    )  # fmt: skip
    decide = Step(
        gettext_lazy("内部决策通过"), State.DECIDING, State.SCREENING, DECIDE, four_eyes=("submit",), returnable=(State.DRAFT,), withdrawable=True,
        kind="primary", fields=("decided_on", "minutes_no"), required=("decided_on", "minutes_no"),
        says=gettext_lazy("集体研究决定后办理，会议纪要须作为材料上传。"),
    )  # fmt: skip
    screened = Step(
        gettext_lazy("筛选完毕，送审核"), State.SCREENING, State.REVIEWING, SCREEN, WAREHOUSE, where=authority, returnable=(State.DRAFT,),
        kind="primary", says=gettext_lazy("仍有使用价值的已转入公物仓，或者同意了不入仓的说明。"),
    )  # fmt: skip
    stored = Step(
        gettext_lazy("全部入仓，终结办件"), State.SCREENING, State.WAREHOUSED, SCREEN, WAREHOUSE, where=authority, todo=False, side=True,
        when=lambda case: case.count == 0,
    )  # fmt: skip
    register = Step(
        gettext_lazy("接收备案"), State.REVIEWING, State.EXECUTING, REVIEW, where=authority, returnable=(State.DRAFT,), within="disposal.days.hand_over",
        kind="primary", when=in_lane(Lane.FILING), says=gettext_lazy("接收后编号、生成备案回执。"),
    )  # fmt: skip
    review = Step(
        gettext_lazy("审核通过"), State.REVIEWING, State.SIGNING, REVIEW, where=authority, returnable=(State.DRAFT, State.SCREENING), withdrawable=True,
        kind="primary", when=in_lane(Lane.AUTHORITY, Lane.JOINT),
    )  # fmt: skip
    approve = Step(
        gettext_lazy("批准"), State.SIGNING, State.EXECUTING, SIGN, where=authority, four_eyes=("review", "decide"), returnable=(State.REVIEWING, State.DRAFT),
        within="disposal.days.hand_over", kind="primary", when=in_lane(Lane.AUTHORITY), says=gettext_lazy("批准后编号、生成批复。"),
    )  # fmt: skip
    pass_on = Step(
        gettext_lazy("同意，送财政部门"), State.SIGNING, State.FINANCE, SIGN, where=authority, four_eyes=("review", "decide"),
        returnable=(State.REVIEWING, State.DRAFT), withdrawable=True, kind="primary", when=in_lane(Lane.JOINT),
    )  # fmt: skip
    refuse = Step(
        gettext_lazy("不予批准"), State.SIGNING, State.REFUSED, SIGN, where=authority, needs_note=True, todo=False, side=True, kind="danger",
    )  # fmt: skip
    audit = Step(
        gettext_lazy("财政审核通过"), State.FINANCE, State.CONSENT, AUDIT, where=finance, returnable=(State.SIGNING, State.DRAFT), withdrawable=True,
        kind="primary", when=in_lane(Lane.JOINT),
    )  # fmt: skip
    consent = Step(
        gettext_lazy("财政批准"), State.CONSENT, State.EXECUTING, CONSENT, where=finance, four_eyes=("audit",), returnable=(State.FINANCE, State.DRAFT),
        within="disposal.days.hand_over", kind="primary", when=in_lane(Lane.JOINT), says=gettext_lazy("批准后编号、生成批复。"),
    )  # fmt: skip
    decline = Step(
        gettext_lazy("财政不予批准"), State.CONSENT, State.REFUSED, CONSENT, where=finance, needs_note=True, todo=False, side=True, kind="danger",
    )  # fmt: skip
    publish = Step(
        gettext_lazy("发布公告"), State.EXECUTING, State.NOTICE, EXECUTE, kind="primary", when=announced, icon="megaphone",
        fields=("notice_place", "notice_until"), required=("notice_place", "notice_until"),
        says=gettext_lazy("公告期限有标准的按标准，尚未核实的按交易机构的要求填写截止日期。"),
    )  # fmt: skip
    hand_over = Step(
        gettext_lazy("移交实物"), AT_WORK, State.HANDED, EXECUTE, kind="primary", when=lambda case: case.form != Disposal.LOSS,
        fields=("receiver_name", "handed_on", "handed_by"), required=("receiver_name", "handed_on", "handed_by"), withdrawable=True,
        within="disposal.days.write_off", says=gettext_lazy("向接收方或者回收企业移交，双方签字。"),
    )  # fmt: skip
    receive = Step(
        gettext_lazy("接收单位签收"), State.HANDED, State.RECEIVED, RECEIVE, where=receiving, kind="primary", when=lambda case: case.receiver_id is not None,
        fields=("received_by", "received_on"), required=("received_by", "received_on"), within="disposal.days.write_off",
    )  # fmt: skip
    slip = Step(
        gettext_lazy("登记签收"), State.HANDED, State.RECEIVED, EXECUTE, kind="primary", when=lambda case: case.receiver_id is None,
        fields=("received_by", "received_on"), required=("received_by", "received_on"), within="disposal.days.write_off",
        says=gettext_lazy("双方签字的移交单须作为材料上传。"),
    )  # fmt: skip
    write_off = Step(
        gettext_lazy("销账办结"), State.RECEIVED, State.CLOSED, BOOK, INCOME, four_eyes=("hand_over",), kind="primary",
        when=lambda case: case.form != Disposal.LOSS, says=gettext_lazy("卡片以本处置形式结束，生成凭证；收入匹配后才能办结。"),
    )  # fmt: skip
    book_loss = Step(
        gettext_lazy("损失销账办结"), State.EXECUTING, State.CLOSED, BOOK, INCOME, kind="primary", when=lambda case: case.form == Disposal.LOSS,
        says=gettext_lazy("有赔偿的，赔偿款按非税收入上缴并匹配后才能办结。"),
    )  # fmt: skip
    discard = Step(
        gettext_lazy("作废草稿"),
        State.DRAFT,
        State.WITHDRAWN,
        DRAFT,
        needs_note=True,
        todo=False,
        side=True,
        kind="danger",
    )
    cancel = Step(
        gettext_lazy("撤销申请"), ASKED, State.WITHDRAWN, DECIDE, needs_note=True, todo=False, side=True, kind="danger"
    )
    revoke = Step(
        gettext_lazy("撤销批复"), AT_WORK, State.REVOKED, SIGN, where=authority, needs_note=True, todo=False, side=True, kind="danger",
        when=in_lane(Lane.FILING, Lane.AUTHORITY),
    )  # fmt: skip
    recall = Step(
        gettext_lazy("财政撤销批复"), AT_WORK, State.REVOKED, CONSENT, where=finance, needs_note=True, todo=False, side=True, kind="danger",
        when=in_lane(Lane.JOINT),
    )  # fmt: skip

    @classmethod
    def title(cls, record: Case) -> str:
        """What a task about it is called."""
        return _("资产处置：%(title)s（%(organ)s）") % {"title": record.title, "organ": record.organ}

    @classmethod
    def moved_back(cls, record: Case, *, was: str, to: str, by: Actor) -> None:
        """A case that is a draft again lets go of its cards."""
        if to == State.DRAFT:
            from .actions.ending import let_go

            let_go(record, by=by)
