"""What a phone takes along: the counts under way, the rooms and lines that somebody may count, and what was told so far."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from baozhang.ch2_provision.stocktaking.choices import SCANNING, Result
from baozhang.ch2_provision.stocktaking.models import Count, Line, Room, Scan, rights
from baozhang.kernel.access import Actor

LINE = (
    "pk",
    "number",
    "name",
    "model",
    "room_id",
    "place",
    "custodian",
    "user",
    "quantity",
    "unit",
    "use_state",
    "card_id",
)


def counts(who: Actor) -> list[Count]:
    """These are the counts under way in which an actor may count anything."""
    rows = Count.objects.filter(state__in=SCANNING).select_related("organ").order_by("begins", "pk")
    return [one for one in rows if who.can(rights.SCAN, one.organ_id) or who.can(rights.MINE, one.organ_id)]


def lines_for(count: Count, who: Actor) -> QuerySet[Line]:
    """These are the lines that an actor may count: all, or those in rooms given to him and in his own name."""
    rows = Line.objects.filter(count_id=count.pk)
    if who.can(rights.SCAN, count.organ_id):
        return rows
    return rows.filter(Q(room__counter_id=who.user_id) | in_name_of(who))


def in_name_of(who: Actor) -> Q:
    """The condition that a line is kept or used by an actor: by the account on the card, else by the name that it bears."""
    account = Q(card__keeper_id=who.user_id) | Q(card__user_account_id=who.user_id)
    return account | Q(custodian=who.name, card__keeper=None) | Q(user=who.name, card__user_account=None)


def take_along(who: Actor) -> dict[str, Any]:
    """This is all that a phone needs to count without a network."""
    return {
        "me": {"id": who.user_id, "name": who.name, "organ": who.organ_name},
        "counts": [_count(one, who) for one in counts(who)],
    }


def _count(count: Count, who: Actor) -> dict[str, Any]:
    full = who.can(rights.SCAN, count.organ_id)
    lines = list(lines_for(count, who).order_by("number").values_list(*LINE))
    mine = set(Line.objects.filter(in_name_of(who), count_id=count.pk).values_list("pk", flat=True))
    wanted = {row[4] for row in lines}
    rooms = Room._base_manager.filter(count_id=count.pk).order_by("place", "custodian")
    told, last = told_since(count, 0, None if full else [row[0] for row in lines])
    return {
        "id": count.pk, "title": count.title, "organ": str(count.organ), "state": count.state, "full": full, "last": last,
        "rooms": [
            {
                "id": room.pk, "name": str(room), "place": room.place, "custodian": room.custodian,
                "all": full or room.counter_id == who.user_id, "given": room.counter_name,
            }
            for room in rooms if room.pk in wanted
        ],
        "lines": [[*row[:8], float(row[8]), *row[9:], int(row[0] in mine)] for row in lines], "told": told,
    }  # fmt: skip


def told_since(count: Count, since: int, lines: Iterable[int] | None = None) -> tuple[list[list[Any]], int]:
    """These are the scans after a key, oldest first, as a phone reads them, and the last key there is.

    [line, result, place, condition, who, moment, note or name, key, user]; a thing on no card has no line.
    """
    rows = Scan._base_manager.filter(count_id=count.pk, late=False, pk__gt=since)
    if lines is not None:
        rows = rows.filter(line__in=list(lines))
    names = (
        "pk",
        "line_id",
        "result",
        "place",
        "condition",
        "scanner_name",
        "scanned_at",
        "note",
        "name",
        "code",
        "key",
        "user",
    )
    found, last = [], since
    for pk, line, result, place, condition, name, at, note, thing, code, key, user in rows.order_by(
        "scanned_at", "pk"
    ).values_list(*names):
        last = max(last, pk)
        said = (thing or code or _("账外物品")) if result == Result.UNKNOWN else note
        found.append([line, result, place, condition, name, int(at.timestamp() * 1000), said, key, user])
    return found, last
