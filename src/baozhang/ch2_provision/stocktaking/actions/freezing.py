"""Freezing the books: each card in scope becomes a line, the lines fall into rooms, old debts come along."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from baozhang.ch1_general.organs.models import Appointment
from baozhang.ch1_general.organs.queries import on_day
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.queries.custody import elsewhere
from baozhang.ch2_provision.stocktaking.choices import Settled, State
from baozhang.ch2_provision.stocktaking.models import Count, Difference, Line, Room, rights
from baozhang.ch2_provision.stocktaking.queries import books
from baozhang.kernel import bulk, clock
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Invalid, Refused
from baozhang.kernel.turns import in_turn

ARTICLE = "第十三条第二款"
_OF_CARD = ("version", *Line.FROZEN[1:])


def can_freeze(count: Count, day: dt.date) -> None:
    """This will raise Refused where there is nothing to count, or another count has the same cards in hand."""
    if not books.cards_of(count, day).exists():
        raise Refused(
            _("范围内没有在账资产"), why=_("按部门、地点和大类选取后，一张卡片也没有。"), article=ARTICLE,
            instead=_("请退回修改盘点范围。"),
        )  # fmt: skip
    other = books.counted_elsewhere(count, day).select_related("count").order_by("pk").first()
    if other is not None:
        raise Refused(
            _("范围内的资产正在另一次盘点中"), why=_("“%(count)s”还没有办结，含 %(card)s。") % {"count": other.count, "card": other},
            article=ARTICLE, instead=_("请先办结或者撤销那次盘点，或缩小本次范围。"),
        )  # fmt: skip


def freeze(count: Count, *, by: Actor, day: dt.date) -> None:
    """This will freeze the books of the cards in scope, in bulk, and lay out the rooms; the caller holds the transaction."""
    in_turn(
        Card, books.cards_of(count, day).values_list("pk", flat=True)
    )  # none is merged away or taken back meanwhile
    place, keeper = 1 + _OF_CARD.index("place"), 1 + _OF_CARD.index("custodian")
    away = elsewhere.ask(
        count.organ_id, None
    )  # what the warehouse has is looked for there, not in the room that it left
    cards = [
        (*row[:place], away[row[0]].where if row[0] in away else row[place], *row[place + 1 :])
        for row in books.cards_of(count, day).order_by("pk").values_list("pk", *_OF_CARD)
    ]
    rooms = _rooms(count, [_room_key(row[place], row[keeper]) for row in cards], by)
    lines = [(count.pk, rooms[_room_key(row[place], row[keeper])], *row) for row in cards]
    bulk.insert_values(Line, ("count_id", "room_id", "card_id", *Line.FROZEN), lines)
    count.frozen_at, count.frozen_lines = clock.now(), len(lines)
    count.frozen_value = sum((row[1 + _OF_CARD.index("value")] for row in cards), Decimal(0))
    count.frozen_digest = books.digest_of(count)
    count.previous = previous(count)
    keep(count, by=by, act=rights.FROZEN, right=Count.right("freeze"))
    _carry(count, by)


def previous(count: Count) -> Count | None:
    """This is the agency's last closed count; its debts come along."""
    rows = Count._base_manager.filter(organ_id=count.organ_id, state=State.CLOSED).exclude(pk=count.pk)
    return rows.order_by("-closed_on", "-pk").first()


def _room_key(place: str, keeper: str) -> tuple[str, str]:
    """A room; a custodian where no room is known."""
    place = place.strip()
    return (place, "") if place else ("", keeper.strip())


def _rooms(count: Count, keys: list[tuple[str, str]], by: Actor) -> dict[tuple[str, str], int]:
    sizes = Counter(keys)
    rooms = [
        Room(organ_id=count.organ_id, count=count, place=place, custodian=keeper, expected=sizes[place, keeper])
        for place, keeper in sorted(sizes)
    ]
    keep(rooms, by=by, act=rights.TASKED, right=Count.right("freeze"))
    return {(room.place, room.custodian): room.pk for room in rooms}


def _carry(count: Count, by: Actor) -> None:
    """Debts of earlier counts whose things lie in this one's scope, or that have no card, stand in it by name."""
    debts = list(Difference._base_manager.filter(organ_id=count.organ_id, state=Settled.DEBT).order_by("pk"))
    lines = dict(
        Line.objects.filter(count_id=count.pk, card_id__in=[d.card_id for d in debts if d.card_id]).values_list(
            "card_id", "pk"
        )
    )
    carried = [debt for debt in debts if debt.line_id is None or debt.card_id in lines]
    fresh = []
    for debt in carried:
        line = lines.get(debt.card_id) if debt.card_id and debt.line_id else None
        fresh.append(
            Difference(
                organ_id=count.organ_id, count=count, kind=debt.kind, line_id=line, card_id=debt.card_id, origin=debt,
                mark=f"{debt.kind}:{line}" if line else f"debt:{debt.pk}", number=debt.number, name=debt.name, place=debt.place,
                books=debt.books, seen=debt.seen, quantity=debt.quantity, value=debt.value,
                explanation=_("上次挂账：%(words)s") % {"words": debt.explanation},
            )
        )  # fmt: skip
        debt.state = Settled.CARRIED
    keep(fresh, by=by, act=rights.CARRIED, right=Count.right("freeze"))
    keep(carried, by=by, act=rights.CARRIED, right=Count.right("freeze"))


def assign(rooms: list[Room], name: str, *, by: Actor, day: dt.date) -> int:
    """This will give rooms to one of the agency's people, by name or login; an empty name gives them back to the clerk."""
    name = name.strip()
    for organ in {room.organ_id for room in rooms}:
        person = _person(organ, name, day) if name else None
        for room in rooms:
            if room.organ_id == organ:
                room.counter, room.counter_name = person, person.name if person else ""
    return keep(rooms, by=by, act=rights.ASSIGNED, right=rights.ASSIGN).changed


def _person(organ: int, name: str, day: dt.date) -> Any:
    held = Appointment._base_manager.filter(on_day(day), organ_id=organ, user__is_active=True).select_related("user")
    people = {one.user.pk: one.user for one in held.order_by("pk")}
    found = [user for user in people.values() if name in (user.username, user.name)]
    if len(found) != 1:
        names = "、".join(f"{user.name}（{user.username}）" for user in list(people.values())[:12])
        raise Invalid(
            _("本单位没有“%(name)s”") % {"name": name} if not found else _("本单位有几位“%(name)s”") % {"name": name},
            why=_("任务分派给在本单位任职的人员。"), instead=_("可选：%(names)s。") % {"names": names},
        )  # fmt: skip
    return found[0]
