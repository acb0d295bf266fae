"""A trip request: who, why, where, when, how many (article 23, paragraph 1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.models.own import persons, seen
from baozhang.ch2_provision.trips.choices import Purpose, Rating, RequestState
from baozhang.kernel import scope
from baozhang.kernel.access import Actor, Organs
from baozhang.kernel.fixed import Fixed
from baozhang.kernel.serials import Numbered

from .clocks import clean_time, is_time, moment, shown
from .dispatch import Dispatch

TRIP = (  # what is approved
    "organ", "applicant", "purpose", "reason", "seats", "origin", "destination", "outside", "day", "leave", "back_day", "back",
)  # fmt: skip


class Request(Numbered):
    """One request of somebody of a unit, from the wish to the rating."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="trip_requests", verbose_name=_("用车单位"))
    number = models.CharField(_("申请编号"), max_length=60, blank=True, default="", editable=False)
    applicant = models.CharField(_("用车人"), max_length=40)
    account = models.ForeignKey(
        "kernel.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("承办人"),
        help_text=_("提出申请的人，由其确认结算和评分"),
    )  # fmt: skip
    purpose = models.CharField(_("事由类别"), max_length=14, choices=Purpose.choices)
    reason = models.CharField(_("用车事由"), max_length=200)
    origin = models.CharField(_("出发地点"), max_length=80)
    destination = models.CharField(_("到达地点"), max_length=80)
    day = models.DateField(_("用车日期"))
    leave = models.CharField(_("出发时间"), max_length=12, help_text=_("如 08:30"))
    back_day = models.DateField(_("返回日期"), null=True, blank=True, help_text=_("当天返回的不填"))
    back = models.CharField(_("返回时间"), max_length=12, help_text=_("如 17:00"))
    seats = models.PositiveIntegerField(_("乘车人数"), default=1)
    outside = models.BooleanField(
        _("驶出辖区"),
        default=False,
        help_text=_("行程到达用车辖区以外的须选，经单位批准后方可驶出（条例第二十三条第一款）"),
    )
    share = models.BooleanField(_("同意合乘"), default=True)
    urgent = models.BooleanField(_("先用后补"), default=False, editable=False)
    starts = models.DateTimeField(_("预计出发"), null=True, editable=False)
    ends = models.DateTimeField(_("预计返回"), null=True, editable=False)
    state = models.CharField(_("状态"), max_length=10, choices=RequestState.choices, default=RequestState.DRAFT)
    dispatch = models.ForeignKey(
        Dispatch, models.PROTECT, null=True, blank=True, related_name="requests", verbose_name=_("派车单")
    )
    completed_at = models.DateTimeField(_("补办时间"), null=True, editable=False)
    rating = models.PositiveIntegerField(_("评分"), choices=Rating.choices, null=True, blank=True)
    comment = models.CharField(_("评价"), max_length=200, blank=True, default="")
    remarks = models.CharField(_("备注"), max_length=200, blank=True, default="")

    serial = ("YC", 5)
    natural = ("number",)
    of_living = True
    called = ("number",)
    searched = ("number", "applicant", "reason", "destination")
    stepped: ClassVar[Mapping[str, frozenset[str]]] = {"state": frozenset({RequestState.DRAFT})}

    class Meta:
        app_label = "trips"
        verbose_name = _("用车申请")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="trip_request_once", violation_error_message=_("已有同样编号的申请")),
            models.CheckConstraint(condition=Q(seats__gte=1), name="trip_request_seats", violation_error_message=_("乘车人数应大于零")),
            models.CheckConstraint(condition=Q(starts__isnull=True) | Q(ends__gt=F("starts")), name="trip_request_period",
                                   violation_error_message=_("返回应晚于出发")),
            models.CheckConstraint(condition=Q(rating__isnull=True) | Q(rating__gte=1, rating__lte=5), name="trip_request_rating",
                                   violation_error_message=_("评分为 1 至 5 分")),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["organ", "state", "starts"], name="trip_request_organ"),
            models.Index(fields=["state", "starts"], name="trip_request_state"),
            models.Index(fields=["dispatch"], name="trip_request_dispatch", condition=Q(dispatch__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.applicant} {shown(self.starts)} {self.destination}"

    @classmethod
    def visible(cls, actor: Actor, organs: Organs) -> Q | None:
        """Staff see what they asked for, and what is nobody's yet; whoever approves, sends and watches sees whole units."""
        return seen(actor, organs, cls.right("view"), Q(account_id__in=persons(actor)) | Q(account=None))

    def derive(self) -> None:
        """This will note whose a new request is, and make one moment each of day and time."""
        if not self.pk and self.account_id is None:
            self.account_id = scope.current().user_id
        self.leave, self.back = clean_time(self.leave), clean_time(self.back)
        self.starts, self.ends = moment(self.day, self.leave), moment(self.back_day or self.day, self.back)

    def faults(self) -> Iterable[Any]:
        """What is no time of day, a return before the departure, nobody to ride, a rating beyond five."""
        for name in ("leave", "back"):
            if getattr(self, name) and not is_time(getattr(self, name)):
                yield self.fault_of(
                    name, gettext("不是时间"), getattr(self, name), gettext("按 24 小时制填写，如 08:30")
                )
        if self.starts is not None and self.ends is not None and self.ends <= self.starts:
            yield self.fault_of("back", gettext("返回应晚于出发"), self.back, gettext("跨日返回的，填写返回日期"))
        if self.seats is not None and self.seats < 1:
            yield self.fault_of("seats", gettext("乘车人数应大于零"), self.seats)
        if self.rating is not None and not 1 <= self.rating <= 5:
            yield self.fault_of("rating", gettext("评分为 1 至 5 分"), self.rating)

    def fixed(self) -> Fixed | None:
        """What no longer changes of it: once approved the trip itself, once sent also whether others may ride along."""
        if self.state in (RequestState.DRAFT, RequestState.SUBMITTED):
            return None
        names = TRIP if self.state == RequestState.APPROVED else (*TRIP, "share")
        return Fixed(names, gettext("已批准的申请不能修改"), gettext("行程有变的，请取消后重新申请"))
