"""The path of a dispatch: planned, begun and ended by the driver with the odometer; and how it is made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.trips.choices import MADE, OWN_FLEET, Means, RequestState
from baozhang.ch2_provision.trips.choices import DispatchState as S
from baozhang.ch2_provision.trips.models import Dispatch, Driver, Request
from baozhang.ch2_provision.trips.models.clocks import shown
from baozhang.ch2_provision.trips.models.dispatch import last_odometer, local
from baozhang.ch2_provision.trips.queries.desk import riders
from baozhang.ch2_provision.vehicles.models import Vehicle
from baozhang.ch2_provision.vehicles.queries.fleet import unfit
from baozhang.kernel import access, bulk, clock, ledger, notices
from baozhang.kernel.access import Actor
from baozhang.kernel.flow import Flow, Own, Step
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Forbidden, Invalid, Refused

from .fitting import fits, must_be_open
from .request import SEND, SYSTEM, RequestFlow

DRIVE = access.permission("trips.dispatch:drive", gettext_lazy("出车、还车登记"))
PLAN = access.permission("trips.dispatch:plan", gettext_lazy("开具派车单"))
JOINED = ledger.act("trips.joined", gettext_lazy("列入派车单"))
BEGUN, ENDED = (
    ledger.act("trips.begun", gettext_lazy("登记出车时间")),
    ledger.act("trips.ended", gettext_lazy("登记还车时间")),
)
CHANGED = ledger.act("trips.changed", gettext_lazy("改派车辆驾驶人"))
CORRECTED = ledger.act("trips.corrected", gettext_lazy("更正里程和费用"))
ARTICLE = "第二十三条第一款"
EARLY = dt.timedelta(hours=2)  # before midnight, for a trip that begins just after it; the house's own habit


def is_ours(dispatch: Dispatch) -> bool:
    """True for a vehicle of ours, whose odometer its driver reads."""
    return dispatch.means in OWN_FLEET


def is_hired(dispatch: Dispatch) -> bool:
    """True for somebody else's vehicle: when it came and went and what it cost is all that is known of it."""
    return not is_ours(dispatch)


class DispatchFlow(Flow):
    """待出车 → 行程中 → 已还车."""

    model = Dispatch
    words = gettext_lazy("派车单")
    article = ARTICLE
    initial = (S.PLANNED, S.RUNNING, S.ENDED)  # a slip that was kept on paper comes in as it went
    own = Own("driver__account", ":plan")  # a driver has his own slips before him, whoever plans has all

    begin = Step(
        gettext_lazy("登记出车"), S.PLANNED, S.RUNNING, ":drive", kind="primary", icon="play", fields=("odometer_out",), when=is_ours,
        says=gettext_lazy("填写出车时的里程表读数。"),
    )  # fmt: skip
    end = Step(
        gettext_lazy("登记还车"), S.RUNNING, S.ENDED, ":drive", kind="primary", icon="stop", fields=("odometer_in", "rest", "tolls", "parking", "fuel"), when=is_ours,
        says=gettext_lazy("填写还车时的里程表读数和途中费用。"),
    )  # fmt: skip
    set_out = Step(
        gettext_lazy("登记上车"), S.PLANNED, S.RUNNING, ":drive", kind="primary", icon="play", fields=("out_at",), when=is_hired,
        says=gettext_lazy("租赁、社会车辆不记里程。不填出车时间的，按现在。"),
    )  # fmt: skip
    finish = Step(
        gettext_lazy("登记用车结束"), S.RUNNING, S.ENDED, ":drive", kind="primary", icon="stop", when=is_hired, fields=("out_at", "in_at", "fare", "tolls", "parking"),
        says=gettext_lazy("填写租车费和租车费以外另付的费用；不填还车时间的，按现在。账单后到的，租车费可以以后更正，账单在“车辆费用”中对应到本单。"),
    )  # fmt: skip
    cancel = Step(
        gettext_lazy("取消派车"), S.PLANNED, S.CANCELLED, ":plan", needs_note=True, side=True, todo=False, kind="danger"
    )

    @classmethod
    def title(cls, record: Any) -> str:
        """When, with which vehicle, where to: what a driver has to know before he opens it."""
        return f"{shown(record.starts)} {record.vehicle or record.hired} {record.route}".strip()


def drives(dispatch: Dispatch, who: Actor) -> bool:
    """True for the driver of a slip, whoever stands in for him, and whoever plans in its unit."""
    return who.can(PLAN, dispatch.organ_id) or DispatchFlow.is_of(dispatch, who)


@DispatchFlow.begin.guard
@DispatchFlow.end.guard
@DispatchFlow.set_out.guard
@DispatchFlow.finish.guard
def _is_his(dispatch: Dispatch, *, by: Actor) -> None:
    """A driver takes his own slips; whoever plans may enter them for him."""
    if by.system or drives(dispatch, by):
        return
    raise Forbidden(
        _("这不是您的派车单"),
        why=str(dispatch.driver or ""),
        instead=_("请由派车单上的驾驶人登记，或由调度员代为登记。"),
    )


@DispatchFlow.begin.guard
@DispatchFlow.set_out.guard
def _of_today(dispatch: Dispatch, *, by: Actor) -> None:
    """A driver who opens the slip of another day writes his odometer onto the wrong trip."""
    soon = clock.now() + EARLY
    if by.system or by.can(PLAN, dispatch.organ_id) or dispatch.starts <= soon or local(dispatch.starts) <= local(soon):
        return
    raise Refused(
        _("派车单的出车日期是 %(day)s，现在不能登记出车") % {"day": local(dispatch.starts)}, article=ARTICLE,
        instead=_("请核对是不是这一张派车单；行程提前的，由调度员登记出车。"),
    )  # fmt: skip


@DispatchFlow.begin.guard
def _is_back(dispatch: Dispatch) -> None:
    """What is still out, by what is written down, does not set out again: the odometer of the trip before would be lost."""
    if connection.in_atomic_block:  # of two that set out at once the second sees the first
        for name in ("vehicle", "driver"):
            bulk.take_turns(f"trips {name} {getattr(dispatch, f'{name}_id')}")
    taken = Q(vehicle=dispatch.vehicle_id) | Q(driver=dispatch.driver_id)
    out = Dispatch._base_manager.filter(taken, state=S.RUNNING).exclude(pk=dispatch.pk).order_by("starts").first()
    if out is not None:
        raise Refused(
            _("%(thing)s 上一趟还没有登记还车") % {"thing": dispatch.vehicle if out.vehicle_id == dispatch.vehicle_id else dispatch.driver},
            why=DispatchFlow.title(out), article=ARTICLE, instead=_("请先登记上一趟还车；驾驶人不便的，由调度员代为登记。"),
        )  # fmt: skip


@DispatchFlow.begin.guard
def _not_sealed(dispatch: Dispatch, *, day: dt.date) -> None:
    """On a sealed day only excepted or opened vehicles leave."""
    if dispatch.vehicle is not None:
        must_be_open(dispatch.vehicle, [day])


@DispatchFlow.begin.guard
def _still_licensed(dispatch: Dispatch, *, day: dt.date) -> None:
    """Nobody sets out on a licence that has run out since the slip was written."""
    if dispatch.driver is not None and (lapsed := dispatch.driver.lapsed_by(day)):
        raise Refused(
            lapsed, article=ARTICLE, instead=_("请调度员改派驾驶人；已经换证的，先在驾驶人登记中更新驾驶证有效期。"),
            facts={_("驾驶人"): str(dispatch.driver), _("驾驶证有效期至"): dispatch.driver.licence_until},
        )  # fmt: skip


@DispatchFlow.begin.guard
def _still_fit(dispatch: Dispatch, *, day: dt.date) -> None:
    """Nor in a vehicle that has come to be repaired or disposed of since, or whose inspection or insurance has run out."""
    if dispatch.vehicle is not None and (reason := unfit(dispatch.vehicle, day)):
        raise Refused(reason, article=ARTICLE, instead=_("请调度员改派车辆；已经续办、修好的，先登记。"))


@DispatchFlow.begin.effect
def _begun(dispatch: Dispatch, *, by: Actor) -> None:
    """The moment is the clock's; the requests move along."""
    if dispatch.odometer_out is None:
        raise Invalid(_("请填写出车里程"), article=ARTICLE, instead=_("照里程表读数填写。"))
    _not_backwards(dispatch, by)
    dispatch.out_at = clock.now()
    keep(dispatch, by=by, act=BEGUN, right=DRIVE)
    _move(dispatch, "depart", RequestState.DISPATCHED)


def _not_backwards(dispatch: Dispatch, by: Actor) -> None:
    """A driver's slip of the finger is stopped while he stands before the odometer; a new odometer is for who plans."""
    last = last_odometer(dispatch.vehicle_id, clock.now(), but=dispatch.pk) if dispatch.vehicle_id else None
    if (
        last is None
        or dispatch.odometer_out is None
        or dispatch.odometer_out >= last
        or by.can(PLAN, dispatch.organ_id)
    ):
        return
    raise Refused(
        _("出车里程 %(out)s 公里小于上次还车的 %(last)s 公里") % {"out": dispatch.odometer_out, "last": last}, article=ARTICLE,
        why=_("里程表不会倒退。"), instead=_("请照里程表读数更正；更换过仪表的，由调度员登记出车并在备注中说明。"),
    )  # fmt: skip


@DispatchFlow.end.effect
def _ended(dispatch: Dispatch, *, by: Actor) -> None:
    """The same at the other end."""
    if dispatch.odometer_in is None:
        raise Invalid(_("请填写还车里程"), article=ARTICLE, instead=_("照里程表读数填写。"))
    dispatch.in_at = clock.now()
    keep(dispatch, by=by, act=ENDED, right=DRIVE)
    _move(dispatch, "come_back", RequestState.RUNNING)


@DispatchFlow.set_out.guard
@DispatchFlow.finish.guard
def _has_been(dispatch: Dispatch, *, values: Mapping[str, Any]) -> None:
    """What is written down of a hired vehicle has happened already."""
    for name in ("out_at", "in_at"):
        at = values.get(name)
        if at is not None and at > clock.now():
            raise Invalid(
                _("%(at)s 还没有到") % {"at": shown(at)}, article=ARTICLE, instead=_("填写实际出车、还车的时间。")
            )


@DispatchFlow.set_out.effect
def _set_out(dispatch: Dispatch, *, by: Actor) -> None:
    """The moment is the one that was written down, else the clock's."""
    dispatch.out_at = dispatch.out_at or clock.now()
    keep(dispatch, by=by, act=BEGUN, right=DRIVE)
    _move(dispatch, "depart", RequestState.DISPATCHED)


@DispatchFlow.finish.effect
def _finished(dispatch: Dispatch, *, by: Actor) -> None:
    """The same at the other end."""
    dispatch.in_at = dispatch.in_at or clock.now()
    keep(dispatch, by=by, act=ENDED, right=DRIVE)
    _move(dispatch, "come_back", RequestState.RUNNING)


@DispatchFlow.cancel.effect
def _cancelled(dispatch: Dispatch, *, by: Actor, note: str) -> None:
    """Its requests wait again, and the driver need not come."""
    _move(dispatch, "recall", RequestState.DISPATCHED)
    _tell(dispatch, dispatch.driver, _("派车已取消：%(slip)s"), by=by, note=note)


def _tell(dispatch: Dispatch, driver: Driver | None, words: str, *, by: Actor, note: str) -> None:
    """A driver learns what became of his slip, wherever he is; who did it himself knows."""
    if driver is not None and driver.account_id is not None and driver.account_id != by.user_id:
        title = words % {"slip": DispatchFlow.title(dispatch)}
        notices.notify(
            [driver.account_id], title=title, body=note, organ_id=dispatch.organ_id, about=(dispatch.label, dispatch.pk)
        )


def _move(dispatch: Dispatch, step: str, state: str) -> None:
    for request in riders(dispatch).filter(state=state).order_by("pk"):
        RequestFlow.take(step, request, by=SYSTEM)


@RequestFlow.cancel.effect
def _request_cancelled(request: Request) -> None:
    """The vehicle is let go where nobody else rides along."""
    held = request.dispatch
    if held is None or held.state != S.PLANNED:
        return
    if not riders(held).filter(state=RequestState.DISPATCHED).exclude(pk=request.pk).exists():
        DispatchFlow.take("cancel", held, by=SYSTEM, note=_("用车申请已取消"))


def attach(request: Request, dispatch: Dispatch, *, by: Actor) -> None:
    """This will let an approved request stand behind a vehicle that went already: a slip on paper, a trip asked for late."""
    went = dispatch.state in MADE and request.starts is not None and request.ends is not None
    since, until = dispatch.out_at or dispatch.starts, dispatch.in_at or dispatch.ends
    if request.state != RequestState.APPROVED or not went or request.starts >= until or request.ends <= since:  # type: ignore[operator]
        raise Refused(
            _("%(request)s 不能对应 %(dispatch)s") % {"request": request, "dispatch": dispatch},
            why=_("申请应已批准，派车单应已出车，两者时间应有重合（%(span)s）。") % {"span": dispatch.span},
            article=ARTICLE, instead=_("请核对用车日期和时间；时间有出入的，重新申请。"),
        )  # fmt: skip
    request.dispatch = dispatch
    keep(request, by=by, act=JOINED, right=SEND, note=str(dispatch))
    for step in ("send", "depart", "come_back")[: 3 if dispatch.state == S.ENDED else 2]:
        RequestFlow.take(step, request, by=SYSTEM)


def send(
    requests: Sequence[Request], *, organ: Organization, means: str, vehicle: Vehicle | None, driver: Driver | None, by: Actor, hired: str = "",
    rest: int = 0, note: str = "",
) -> Dispatch:  # fmt: skip
    """This will make one dispatch for requests that ride together; Refused with the reason where it may not be.

    The vehicle and the driver are promised with it: who comes second is refused, by the database itself.
    """
    if not requests:
        raise Invalid(_("没有选择用车申请"), instead=_("请至少选择一项待派车的申请。"))
    with transaction.atomic():
        fresh = list(
            Request._base_manager.select_for_update(of=("self",), no_key=True)
            .filter(pk__in=[one.pk for one in requests])
            .order_by("starts", "pk")
        )
        for request in fresh:
            by.must(SEND, request.organ_id)
            if request.state != RequestState.APPROVED:
                raise Refused(
                    _("%(request)s 现在不能派车") % {"request": request}, why=_("当前状态为“%(state)s”。") % {"state": request.get_state_display()},
                    article=ARTICLE, instead=_("请刷新调度台。"),
                )  # fmt: skip
        starts, ends = [one.starts for one in fresh if one.starts], [one.ends for one in fresh if one.ends]
        made = Dispatch(
            organ=organ, means=means, vehicle=vehicle, driver=driver, hired=hired, starts=min(starts), ends=max(ends), rest=rest,
            route="；".join(dict.fromkeys(f"{one.origin}—{one.destination}" for one in fresh))[:200],
        )  # fmt: skip
        fits(made, fresh)
        DispatchFlow.start(made, by=by, right=PLAN, note=note)
        for request in fresh:
            request.dispatch = made
        keep(fresh, by=by, act=JOINED, right=SEND, note=str(made))
        for request in fresh:
            RequestFlow.take("send", request, by=SYSTEM)
    return made


def correct(dispatch: Dispatch, values: Mapping[str, Any], *, by: Actor, note: str) -> None:
    """This will write again what a slip of the finger wrote at departure or return."""
    if dispatch.state != S.ENDED:
        raise Refused(
            _("%(dispatch)s 尚未还车") % {"dispatch": dispatch},
            article=ARTICLE,
            instead=_("请在登记出车、还车时填写。"),
        )
    for name, value in values.items():
        setattr(dispatch, name, value)
    keep(dispatch, by=by, act=CORRECTED, right=PLAN, note=note)


def change(dispatch: Dispatch, *, vehicle: Vehicle | None, driver: Driver | None, by: Actor, note: str) -> None:
    """This will send another vehicle or driver before departure."""
    with transaction.atomic():
        fresh = (
            Dispatch._base_manager.select_for_update(of=("self",), no_key=True)
            .select_related("organ")
            .get(pk=dispatch.pk)
        )
        if fresh.state != S.PLANNED:
            raise Refused(
                _("%(dispatch)s 已经出车，不能改派") % {"dispatch": fresh},
                article=ARTICLE,
                instead=_("请先登记还车；余下的行程由用车人另提申请，来不及审批的可以紧急先用车。"),
            )
        before = fresh.driver
        fresh.vehicle, fresh.driver = vehicle or fresh.vehicle, driver or fresh.driver
        fits(fresh, list(riders(fresh).filter(state=RequestState.DISPATCHED)))
        keep(fresh, by=by, act=CHANGED, right=PLAN, note=note)
        _tell(fresh, fresh.driver, _("派车已改派：%(slip)s"), by=by, note=note)
        if before is not None and before != fresh.driver:
            _tell(fresh, before, _("派车已改由他人驾驶：%(slip)s"), by=by, note=note)


MEANS_OF_ORGAN = {True: Means.OWN, False: Means.POOLED}  # is it the requesting unit's own vehicle
