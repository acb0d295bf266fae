"""A disposal case: one form, one kind of thing, many cards, from the draft to the write-off (article 13, paragraph 4)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.choices import Disposal
from baozhang.ch2_provision.disposal.choices import APPROVED, FORMS, INSIDE, OVER, WANTED, Kind, Lane, PaperKind, State
from baozhang.kernel import access
from baozhang.kernel.access import Actor
from baozhang.kernel.columns import day, decimal, text
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault, Refused

DRAFT = access.permission("disposal.case:draft", _("起草和提交资产处置"))
DECIDE = access.permission("disposal.case:decide", _("作出资产处置的内部决策"))
SCREEN = access.permission("disposal.case:screen", _("对拟处置资产作公物仓筛选"))
REVIEW = access.permission("disposal.case:review", _("审核资产处置、接收备案"))
SIGN = access.permission("disposal.case:sign", _("批准资产处置"))
AUDIT = access.permission("disposal.case:audit", _("财政审核资产处置"))
CONSENT = access.permission("disposal.case:consent", _("财政批准资产处置"))
EXECUTE = access.permission("disposal.case:execute", _("执行资产处置、移交实物"))
RECEIVE = access.permission("disposal.case:receive", _("签收划转来的资产"))
BOOK = access.permission("disposal.case:book", _("处置资产销账办结"))
ATTACH = access.permission("disposal.case:attach", _("上传处置材料"))


class Case(Record):
    """One disposal of one or many cards."""

    organ = models.ForeignKey(
        Organization, models.PROTECT, related_name="disposals", verbose_name=_("处置单位"), db_index=False
    )
    number = models.CharField(_("办件编号"), max_length=50)
    title = models.CharField(_("事项"), max_length=120)
    form = models.CharField(_("处置形式"), max_length=12, choices=FORMS)
    kind = models.CharField(_("资产类别"), max_length=10, choices=Kind.choices, default=Kind.GENERAL)
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.DRAFT)
    reason = models.TextField(_("处置理由"), max_length=2000, blank=True, default="",
                              help_text=_("技术状况、使用年限、为什么不能继续使用或者调剂"))  # fmt: skip
    early_reason = models.TextField(_("未满年限的理由"), max_length=1000, blank=True, default="",
                                    help_text=_("未达到最低使用年限的，写明损毁且不能修复的情况，并附鉴定意见"))  # fmt: skip
    cause = models.TextField(
        _("损失原因"), max_length=1000, blank=True, default="", help_text=_("损失核销必填：时间、地点、经过")
    )
    liable = models.TextField(
        _("责任认定"), max_length=1000, blank=True, default="", help_text=_("损失核销必填：谁负责、如何处理、是否赔偿")
    )
    receiver = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("接收单位"),
                                 editable=False, help_text=_("按接收方名称在单位登记中查得；由该单位在系统中签收"))  # fmt: skip
    receiver_name = text(
        _("接收方名称"), 100, help_text=_("划转填接收单位全称，捐赠填受赠方；报废的回收企业可在移交时填写")
    )

    count = models.PositiveIntegerField(_("卡片数"), default=0)
    value = models.DecimalField(_("原值合计"), max_digits=18, decimal_places=2, default=Decimal(0))
    early = models.PositiveIntegerField(_("未满年限的卡片数"), default=0)
    computers = models.PositiveIntegerField(_("须清除存储介质的卡片数"), default=0)
    flagged = models.PositiveIntegerField(_("可入仓待处理的卡片数"), default=0)
    lane = models.CharField(_("办理方式"), max_length=10, choices=Lane.choices, blank=True, default="")
    lane_says = text(_("办理方式的依据"), 500)

    minutes_no = text(_("会议纪要编号"), 60)
    decided_on = day(_("内部决策日期"))
    submitted_on = day(_("提交日期"))
    approved_on = day(_("批准或者备案日期"))
    document = models.ForeignKey(
        "kernel.Document", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("批复或者备案回执")
    )
    hand_over_by = day(_("移交期限"))
    appraiser = text(_("评估机构"), 80)
    appraised_value = decimal(_("评估值"), 18)
    appraised_on = day(_("评估基准日"))
    notice_place = text(_("公告载体"), 100, help_text=_("公共资源交易平台、产权交易机构或者网站"))
    notice_from = day(_("公告开始日期"))
    notice_until = day(_("公告截止日期"))
    wiped_on = day(_("存储介质清除日期"))
    wiped_how = text(_("清除方式和经办"), 120, help_text=_("消磁、覆写或者物理销毁；由谁清除、谁监督"))
    cancelled_on = day(_("号牌和终端注销日期"))
    cancelled_how = text(_("号牌和终端注销情况"), 120)
    handed_on = day(_("移交日期"))
    handed_by = text(_("移交人"), 60)
    received_by = text(_("接收方签收人"), 60)
    received_on = day(_("签收日期"))
    income = decimal(_("应缴收入"), 18, help_text=_("残值、转让价款、差价或者赔偿；没有收入的填 0 并写明原因"))
    income_note = text(_("收入说明"), 200)
    boot = decimal(_("支付的补价和相关费用"), 18, help_text=_("置换中支付给对方的补价、税费和运杂费"))
    income_due = day(_("收入应缴日期"), help_text=_("缴款书上的期限"))
    closed_on = day(_("办结日期"))

    natural = ("organ_id", "number")
    called = ("number",)
    searched = ("number", "title", "receiver_name")
    stepped = {"state": frozenset({State.DRAFT})}
    happened = frozenset({"decided_on", "appraised_on", "wiped_on", "cancelled_on", "handed_on", "received_on"})

    class Meta:
        app_label = "disposal"
        verbose_name = _("资产处置")
        constraints = [
            models.UniqueConstraint(fields=["organ", "number"], name="disposal_once", violation_error_message=_("本单位已有同样编号的处置办件")),
            models.CheckConstraint(condition=Q(value__gte=0), name="disposal_value", violation_error_message=_("原值合计不能为负数")),
            models.CheckConstraint(condition=Q(income__isnull=True) | Q(income__gte=0), name="disposal_income",
                                   violation_error_message=_("应缴收入不能为负数")),
            models.CheckConstraint(condition=Q(boot__isnull=True) | Q(boot__gte=0), name="disposal_boot",
                                   violation_error_message=_("补价和费用不能为负数")),
            models.CheckConstraint(condition=~Q(state__in=APPROVED) | Q(approved_on__isnull=False) & ~Q(lane="") & Q(decided_on__isnull=False),
                                   name="disposal_approved", violation_error_message=_("批准的处置须有内部决策日期、办理方式和批准日期")),
            models.CheckConstraint(condition=~Q(state=State.CLOSED) | Q(closed_on__isnull=False), name="disposal_closed",
                                   violation_error_message=_("办结的处置须有办结日期")),
            models.CheckConstraint(condition=Q(notice_until__isnull=True) | Q(notice_from__isnull=False, notice_until__gte=F("notice_from")),
                                   name="disposal_notice", violation_error_message=_("公告截止日期早于开始日期")),
            models.CheckConstraint(condition=Q(received_on__isnull=True) | Q(handed_on__isnull=False, received_on__gte=F("handed_on")),
                                   name="disposal_received", violation_error_message=_("签收日期早于移交日期")),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["organ", "state", "-id"], name="disposal_organ"),
            models.Index(fields=["state", "-id"], name="disposal_state"),
            models.Index(fields=["approved_on", "id"], name="disposal_approved_on"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @classmethod
    def visible(cls, actor: Actor, organs: frozenset[int] | None) -> Q | None:
        """Cases of the organs within reach, the inside of an agency for its own people alone, and what comes to a receiver."""
        if organs is None:
            return None
        mine: set[int] = set()
        for right in (DRAFT, DECIDE, EXECUTE, BOOK):
            mine |= actor.where(right) or set()
        seen = Q(organ_id__in=sorted(organs & mine)) | Q(organ_id__in=sorted(organs)) & ~Q(state__in=INSIDE)
        return seen | Q(receiver_id__in=sorted(actor.where(RECEIVE) or ()), state__in=APPROVED)

    def sheds(self, attachment: Any) -> None:
        """What a step rests on stays, as does every paper of a case that is over: the file itself would be gone a day later."""
        place = list(State.values).index(self.state)
        kinds = self.papers.filter(attachment_id=attachment.pk).values_list("kind", flat=True)
        bound = [kind for kind in kinds if place > list(State.values).index(WANTED[PaperKind(kind)])]
        if bound or self.state in OVER:
            words = "、".join(str(PaperKind(kind).label) for kind in bound) or attachment.name
            raise Refused(
                _("“%(paper)s”已经作为办理依据，不能移除") % {"paper": words}, article="第十三条第四款",
                why=_("当前状态为“%(state)s”，前面的环节以这份材料为依据。") % {"state": State(self.state).label},
                instead=_("材料有误的，另行上传正确的，原件保留。"),
            )  # fmt: skip

    def derive(self) -> None:
        """This will look up the organ to which a transfer goes, while the case is a draft; after that it stays."""
        if self.state != State.DRAFT:
            return
        self.receiver = None
        name = self.receiver_name.strip()
        if self.form == Disposal.TRANSFER and name:
            known = Organization._base_manager.filter(Q(name=name) | Q(code=name), state="active")
            self.receiver = known.order_by("pk").first()

    def faults(self) -> Iterable[Any]:
        """A transfer to oneself; days that lie before those on which they rest."""
        if self.receiver_id is not None and self.receiver_id == self.organ_id:
            yield Fault(
                _("接收单位不能是处置单位自己"), "receiver_name", self.receiver_name, column=str(_("接收方名称"))
            )
        if self.notice_until and (self.notice_from is None or self.notice_until < self.notice_from):
            yield Fault(
                _("公告截止日期早于开始日期"), "notice_until", str(self.notice_until), column=str(_("公告截止日期"))
            )
        if self.received_on and (self.handed_on is None or self.received_on < self.handed_on):
            yield Fault(_("签收日期早于移交日期"), "received_on", str(self.received_on), column=str(_("签收日期")))


def words_of(name: str) -> str:
    """What a field of a case is called."""
    field: Any = Case._meta.get_field(name)
    return str(field.verbose_name)
