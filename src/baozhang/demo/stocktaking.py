"""The thread of counting: last year's full count, closed with its report; this year's, half done, with what it has found."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.stocktaking.actions import freezing, judging, syncing
from baozhang.ch2_provision.stocktaking.actions.syncing import Sighting
from baozhang.ch2_provision.stocktaking.flows import CountFlow
from baozhang.ch2_provision.stocktaking.models import Count, Difference, Line, Room
from baozhang.kernel import clock
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep

from .acting import act, as_user
from .resting import resting

SPACE = uuid.UUID("6f1f9a52-0c1e-4b8b-9d3f-2f2b6f2f0b11")  # keys of the demonstration's scans, the same each time
LAST, THIS = "云间区卫生健康委", "云间区教育局"
EACH = 14  # things in an office


def _take(username: str, step: str, count: Count, note: str = "") -> None:
    act(username, lambda who: CountFlow.take(step, Count._base_manager.get(pk=count.pk), by=who, note=note))


def _move_in(organ: Organization, clerk: str, people: tuple[str, ...] = ()) -> None:
    """The clerk registers anew what stands in which office, so that rooms can be counted one by one."""

    def register(who: Actor) -> None:
        cards = list(
            Card._base_manager.filter(resting(), organ=organ, disposed=None)
            .exclude(place="")
            .order_by("custodian", "pk")
        )
        for place, card in enumerate(cards):
            office = place // EACH
            card.place = f"1号楼{3 + office // 8}{office % 8 + 1:02d}室"
            if people and place < 3 * len(people):
                card.custodian = card.user = people[place // 3]
        keep(cards, by=who, note="调整办公室后重新登记存放地点")

    act(clerk, register)


def _plan(organ: Organization, clerk: str, head: str, title: str, day: dt.date, days: int) -> Count:
    count = Count(organ=organ, title=title, begins=day, ends=day + dt.timedelta(days=days), led_by="办公室主任")
    with clock.on(day - dt.timedelta(days=3)):
        act(clerk, lambda who: CountFlow.start(count, by=who))
        _take(clerk, "submit", count)
    with clock.on(day):
        _take(head, "freeze", count, note="同意，按期完成")
    return count


def _sighting(count: Count, line: Line | None, mark: str, at: dt.datetime, **values: Any) -> Sighting:
    given = {"line": line.pk, "code": line.number, "place": line.place, "room": line.room_id} if line else {}
    key = str(uuid.uuid5(SPACE, f"{count.number} {mark}"))
    return Sighting(**{"key": key, "count": count.pk, "result": "found", "at": at, "condition": "", **given, **values})


def _scan(username: str, rows: list[Sighting], day: dt.date, device: str) -> None:
    with clock.on(dt.datetime.combine(day, dt.time(17, 30), clock.ZONE)):
        act(username, lambda who: syncing.receive(rows, by=who, device=device))


def _explain(clerk: str, count: Count, kind: str, **values: Any) -> None:
    def say(who: Actor) -> None:
        rows = Difference.objects.filter(count=count, kind=kind, state="open").select_related("count")
        judging.explain(list(rows), values, by=who, day=clock.today())

    act(clerk, say)


def last_year(day: dt.date) -> None:
    """A full count of one agency, from the plan to the report; a printer is gone, a scanner was on no card."""
    organ = Organization._base_manager.get(name=LAST)
    with clock.on(day - dt.timedelta(days=20)):
        _move_in(organ, "weijian")
    count = _plan(organ, "weijian", "weijian2", f"{day.year}年度资产全面盘点", day, 30)
    lines = list(Line.objects.filter(count=count).order_by("pk"))
    at = dt.datetime.combine(day + dt.timedelta(days=5), dt.time(10), clock.ZONE)
    special = {
        0: {"result": "missing", "place": ""},
        3: {"place": "1号楼地下库房"},
        5: {"result": "missing", "place": ""},
    }
    rows = [
        _sighting(count, line, str(n), at + dt.timedelta(seconds=20 * n), way="camera", **special.get(n, {}))
        for n, line in enumerate(lines)
    ]
    rows.append(
        _sighting(
            count, None, "found", at, result="unknown", name="扫描仪", place=lines[1].place, note="无标签，功能正常"
        )
    )
    _scan("weijian", rows, day + dt.timedelta(days=6), "pda-01")
    with clock.on(day + dt.timedelta(days=12)):
        _take("weijian", "finish", count)
        _settle_last(count, lines, day)
    _sign_last(count, day)


def _settle_last(count: Count, lines: list[Line], day: dt.date) -> None:
    def debt(who: Actor) -> None:
        rows = Difference.objects.filter(count=count, kind="shortage", line=lines[5]).select_related("count")
        values = {"cause": "away", "handling": "debt", "responsible": lines[5].custodian or "办公室", "due": day + dt.timedelta(days=700),
                  "explanation": "保管人称已送修，维修单位尚未找到接收记录"}  # fmt: skip
        judging.explain(list(rows), values, by=who, day=clock.today())

    act("weijian", debt)
    _explain(
        "weijian",
        count,
        "shortage",
        cause="lost",
        handling="lost",
        responsible=lines[0].custodian or "办公室",
        explanation="搬迁时遗失，已书面说明",
    )
    _explain(
        "weijian",
        count,
        "place",
        cause="moved",
        handling="correct",
        responsible="办公室",
        explanation="闲置后移入库房，未更新卡片",
    )
    _explain("weijian", count, "surplus", cause="unbooked", handling="new_card", responsible="办公室", explanation="项目组购入后未入账",
             value_type="replacement", new_value=Decimal(2400))  # fmt: skip


def _sign_last(count: Count, day: dt.date) -> None:
    for username, step, after, note in (
        ("weijian", "report", 14, ""), ("weijian2", "agree", 16, "同意，按审批意见处理"), ("zichan", "approve", 22, "同意"),
        ("weijian", "adjust", 24, ""), ("weijian2", "close", 26, ""),
    ):  # fmt: skip
        with clock.on(day + dt.timedelta(days=after)):
            _take(username, step, count, note=note)


def this_year(day: dt.date) -> None:
    """Half counted: one thing stands elsewhere, one is not to be seen, one is on no card; two people disagree; one was handed on."""
    organ = Organization._base_manager.get(name=THIS)
    begun = day - dt.timedelta(days=6)
    staff = as_user("keyuan")
    with clock.on(begun - dt.timedelta(days=12)):
        _move_in(organ, "jiaoyu", (staff.name,))
    count = _plan(organ, "jiaoyu", "jiaoyu2", f"{day.year}年度资产全面盘点", begun, 20)
    rooms = list(Room._base_manager.filter(count=count).exclude(place="").order_by("place"))
    with clock.on(begun):
        act("jiaoyu", lambda who: freezing.assign(rooms[-1:], staff.name, by=who, day=begun))
    lines = list(Line.objects.filter(count=count, room__in=rooms[: max(1, len(rooms) // 2)]).order_by("room_id", "pk"))
    at = dt.datetime.combine(begun + dt.timedelta(days=2), dt.time(14), clock.ZONE)
    other = rooms[1].place if len(rooms) > 1 else "地下库房"
    special = {1: {"place": other}, 2: {"result": "missing", "place": ""}, 4: {"condition": "repair"}}
    rows = [
        _sighting(count, line, str(n), at + dt.timedelta(seconds=25 * n), **special.get(n, {}))
        for n, line in enumerate(lines)
    ]
    rows.append(
        _sighting(
            count,
            None,
            "found",
            at,
            result="unknown",
            name="移动空调",
            place=lines[0].place,
            room=lines[0].room_id,
            note="无资产标签",
        )
    )
    _scan("jiaoyu", rows, begun + dt.timedelta(days=2), "phone-01")
    again = [_sighting(count, lines[6 % len(lines)], "again", at + dt.timedelta(hours=20), place=other, room=None)]
    _scan("keyuan", _own(count, staff, at), begun + dt.timedelta(days=3), "phone-02")
    _scan("jiaoyu", again, begun + dt.timedelta(days=4), "phone-01")
    _hand_over(organ, count, begun + dt.timedelta(days=4))


def _own(count: Count, staff: Actor, at: dt.datetime) -> list[Sighting]:
    """A member of staff confirms two of the things in his own name, one of them as broken."""
    mine = list(Line.objects.filter(count=count, custodian=staff.name).order_by("pk")[:2])
    later = at + dt.timedelta(hours=19)
    return [
        _sighting(count, line, f"own {n}", later, way="self", condition="broken" if n else "", room=None)
        for n, line in enumerate(mine)
    ]


def _hand_over(organ: Organization, count: Count, day: dt.date) -> None:
    """Life goes on: something not counted yet goes to another office, with its paper."""
    with clock.on(day):

        def move(who: Actor) -> None:
            told = count.scans.values("line")
            free = Card._base_manager.filter(resting(), organ=organ)
            line = Line.objects.filter(count=count, card__in=free).exclude(pk__in=told).order_by("-pk").first()
            if line is not None:
                card = Card._base_manager.get(pk=line.card_id)
                card.place, card.department = "1号楼301室", "办公室"
                keep(card, by=who, note="人员变动交接")

        act("jiaoyu", move)


def events(today: dt.date) -> list[tuple[dt.date, Callable[[dt.date], None]]]:
    """What happens when: each event is told on the first day that it touches."""
    ready = dt.timedelta(days=20)
    last = today - dt.timedelta(days=380)
    return [(last - ready, lambda _day: last_year(last)), (today - ready, lambda _day: this_year(today))]
