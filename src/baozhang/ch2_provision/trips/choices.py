"""How a request, a dispatch, a driver and a sealing stand: value and words in one line."""

from __future__ import annotations

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from baozhang.ch2_provision.vehicles.choices import VehicleState


class Purpose(TextChoices):
    """What a vehicle is asked for."""

    MEETING = "meeting", _("会议活动")
    SURVEY = "survey", _("调研检查")
    DUTY = "duty", _("执法执勤")
    CONFIDENTIAL = "confidential", _("机要通信")
    EMERGENCY = "emergency", _("应急处置")
    GUESTS = "guests", _("公务接待")
    OTHER = "other", pgettext_lazy("purpose", "其他公务")


class RequestState(TextChoices):
    """Where a trip request stands."""

    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", pgettext_lazy("trip", "待审批")
    APPROVED = "approved", _("待派车")
    DISPATCHED = "dispatched", _("已派车")
    RUNNING = "running", _("行程中")
    RETURNED = "returned", _("待确认结算")
    SETTLED = "settled", _("已结算")
    REJECTED = "rejected", pgettext_lazy("trip", "不予批准")
    CANCELLED = "cancelled", pgettext_lazy("trip", "已取消")


class Rating(IntegerChoices):
    """How somebody rates a trip."""

    BEST = 5, _("5 分 很满意")
    GOOD = 4, _("4 分 满意")
    FAIR = 3, _("3 分 一般")
    POOR = 2, _("2 分 不满意")
    WORST = 1, _("1 分 很不满意")


class Means(TextChoices):
    """With what a trip is made."""

    OWN = "own", _("本单位车辆")
    POOLED = "pooled", _("平台车辆")
    RENTED = "rented", _("租赁车辆")
    SOCIAL = "social", _("社会车辆")


class DispatchState(TextChoices):
    """Where a dispatch stands."""

    PLANNED = "planned", _("待出车")
    RUNNING = "running", _("行程中")
    ENDED = "ended", _("已还车")
    CANCELLED = "cancelled", pgettext_lazy("trip", "已取消")


class DriverState(TextChoices):
    """Whether a driver may be sent."""

    ON = "on", _("在岗")
    AWAY = "away", _("休假")
    LEFT = "left", _("离岗")


class SealState(TextChoices):
    """Where the sealing of a vehicle stands."""

    PLANNED = "planned", _("待封存")
    SEALED = "sealed", _("已封存")
    UNSEALED = "unsealed", _("已启封")
    EXCEPTED = "excepted", _("不封存")


OWN_FLEET = (Means.OWN, Means.POOLED)  # vehicles and drivers of ours: promised once
HIRED = (Means.RENTED, Means.SOCIAL)  # somebody else's: no odometer, but a fare and its bill
PROMISED = (DispatchState.PLANNED, DispatchState.RUNNING)  # a vehicle and a driver are held by these
SENDABLE = (VehicleState.IN_USE, VehicleState.IDLE)
MADE = (DispatchState.RUNNING, DispatchState.ENDED)
OPEN_REQUEST = (RequestState.DRAFT, RequestState.SUBMITTED, RequestState.APPROVED, RequestState.DISPATCHED)
ALLOWED = (
    RequestState.APPROVED,
    RequestState.DISPATCHED,
    RequestState.RUNNING,
    RequestState.RETURNED,
    RequestState.SETTLED,
)
REST_ENOUGH = 20  # minutes of rest that end a stretch of driving (国务院令第405号第六十二条)
SEAL_AHEAD = 3  # days before a holiday on which the list of vehicles to seal is made; the house's own habit
REQUEST_COLOURS = {
    RequestState.DRAFT: "plain", RequestState.SUBMITTED: "amber", RequestState.APPROVED: "amber", RequestState.DISPATCHED: "blue",
    RequestState.RUNNING: "blue", RequestState.RETURNED: "amber", RequestState.SETTLED: "green", RequestState.REJECTED: "red",
    RequestState.CANCELLED: "plain",
}  # fmt: skip
DISPATCH_COLOURS = {
    DispatchState.PLANNED: "amber", DispatchState.RUNNING: "blue", DispatchState.ENDED: "green", DispatchState.CANCELLED: "plain",
}  # fmt: skip
DRIVER_COLOURS = {DriverState.ON: "green", DriverState.AWAY: "amber", DriverState.LEFT: "plain"}
SEAL_COLOURS = {
    SealState.PLANNED: "amber",
    SealState.SEALED: "green",
    SealState.UNSEALED: "plain",
    SealState.EXCEPTED: "blue",
}
