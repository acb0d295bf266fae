"""From scans to differences: derived anew as often as one likes; what was explained stays explained."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.choices import IDLE_STATES, UseState
from baozhang.ch2_provision.stocktaking.choices import (
    UNSETTLED,
    Condition,
    Handling,
    Kind,
    Outcome,
    Result,
    Settled,
    State,
)
from baozhang.ch2_provision.stocktaking.models import Count, Difference, Line, Scan, rights
from baozhang.ch2_provision.stocktaking.queries import standing
from baozhang.ch2_provision.stocktaking.queries.replay import Replay, replay
from baozhang.ch2_provision.stocktaking.queries.standing import Standing, same
from baozhang.kernel import clock
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Invalid, Refused

from .freezing import ARTICLE

_STATES = {Condition.IDLE: UseState.IDLE, Condition.REPAIR: UseState.REPAIR, Condition.BROKEN: UseState.DISPOSING}
CENT = Decimal("0.01")


def judge(count: Count, *, by: Actor, right: str) -> dict[str, int]:
    """This will bring the differences in line with what was seen: new, as before, and gone; how many of each."""
    wanted = {row.mark: row for row in differences(count)}
    held = {row.mark: row for row in Difference._base_manager.filter(count_id=count.pk)}
    fresh = [row for mark, row in wanted.items() if mark not in held]
    changed, gone = [], []
    for mark, row in held.items():
        if mark in wanted:
            _refresh(row, wanted[mark])
            changed.append(row)
        elif row.state in UNSETTLED and not mark.startswith("debt:"):
            row.state, row.settled_on = Settled.DROPPED, clock.today()
            gone.append(row)
    keep(fresh, by=by, act=rights.FOUND, right=right)
    keep(changed, by=by, right=right)
    keep(gone, by=by, act=rights.SETTLED, note=_("再次盘点已相符"), right=right)
    return {"new": len(fresh), "standing": len(changed), "gone": len(gone)}


def _refresh(row: Difference, seen: Difference) -> None:
    """What was found may have changed; what was said of it stays, unless the thing itself is another one now."""
    before = (row.books, row.seen, row.quantity)
    for name in ("books", "seen", "quantity", "value", "place", "disputed"):
        setattr(row, name, getattr(seen, name))
    row.scan_id = seen.scan_id or row.scan_id
    if row.state == Settled.DROPPED or (
        row.state == Settled.EXPLAINED and before != (row.books, row.seen, row.quantity)
    ):
        row.state, row.settled_on = Settled.OPEN, None


def differences(count: Count) -> list[Difference]:
    """These are the differences between the books and what was seen, not kept."""
    books = replay(count)
    found: list[Difference] = []
    for one in standing.standings(count, books=books):
        found += _of_line(count, one, books)
    return found + [_surplus(count, scan) for scan in standing.unknowns(count)]


def _of_line(count: Count, one: Standing, books: Replay) -> Iterator[Difference]:
    scan, line = one.last, one.line
    if scan is None or one.outcome in (Outcome.GONE, Outcome.MOVED, Outcome.OPEN):
        return
    moment = scan.scanned_at
    then = books.at(line, moment)
    if one.outcome == Outcome.MISSING:
        booked = _booked(then)
        yield _made(
            count, one, Kind.SHORTAGE, _books_words(then), str(Result.MISSING.label), booked, _share(line, booked)
        )
        return
    if one.outcome == Outcome.MISPLACED:
        yield _made(count, one, Kind.PLACE, then["place"] or _("未登记"), scan.place)
    yield from _quantity(count, one, _booked(then) + one.beside)
    names = [then["user"], then["custodian"]]
    moved = books.after(line, moment, ("user", "custodian"))
    if scan.user and not moved and not any(same(scan.user, name) for name in names):
        yield _made(count, one, Kind.USER, "、".join(filter(None, dict.fromkeys(names))) or _("未登记"), scan.user)
    yield from _state(count, one, str(then["use_state"]), bool(books.after(line, moment, ("use_state",))))


def _books_words(then: dict[str, Any]) -> str:
    return "，".join(str(then[name]) for name in ("place", "custodian") if then[name]) or _("未登记地点")


def _booked(then: dict[str, Any]) -> Decimal:
    """How many pieces the books had when they were counted: a batch may have been divided, or joined, since it was frozen."""
    return Decimal(str(then["quantity"]))


def _share(line: Line, pieces: Decimal) -> Decimal:
    """The value of some pieces of a line, by the price of a piece when it was frozen."""
    return (line.value * pieces / line.quantity).quantize(CENT)


def _quantity(count: Count, one: Standing, booked: Decimal) -> Iterator[Difference]:
    scan, line = one.last, one.line
    if scan is None or scan.quantity is None or scan.quantity == booked:
        return
    gap = scan.quantity - booked
    kind = Kind.SHORTAGE if gap < 0 else Kind.SURPLUS
    value = _share(line, abs(gap)) if gap < 0 else None
    words, seen = (f"{format(number.normalize(), 'f')}{line.unit}" for number in (booked, scan.quantity))
    yield _made(count, one, kind, words, seen, abs(gap), value)


def _state(count: Count, one: Standing, use_state: str, moved: bool) -> Iterator[Difference]:
    scan = one.last
    if scan is None or not scan.condition or moved:
        return
    wanted = _STATES.get(Condition(scan.condition), UseState.IN_USE)
    fits = use_state == wanted or (wanted == UseState.IDLE and use_state in IDLE_STATES)
    if wanted == UseState.IN_USE and use_state not in (*IDLE_STATES, UseState.REPAIR, UseState.DISPOSING):
        fits = True  # in use is in use: let, lent or of a lower grade is for the books to say
    if not fits:
        kind = Kind.STATE if wanted in (UseState.IN_USE, UseState.IDLE) else Kind.CONDITION
        yield _made(count, one, kind, str(UseState(use_state).label), str(Condition(scan.condition).label))


def _made(
    count: Count, one: Standing, kind: str, books: str, seen: str, quantity: Decimal = Decimal(1), value: Decimal | None = None
) -> Difference:  # fmt: skip
    line, scan = one.line, one.last
    place = (scan.place or line.place) if scan is not None else line.place
    return Difference(
        organ_id=count.organ_id, count=count, kind=kind, line=line if line.kept else None, card_id=line.card_id, scan_id=scan.pk if scan else None,
        mark=f"{kind}:{line.pk or f'part:{line.card_id}'}",
        number=line.number, name=line.name, place=place, books=books[:200], seen=seen[:200], quantity=quantity, value=value,
        disputed=one.disputed,
    )  # fmt: skip


def _surplus(count: Count, scan: Scan) -> Difference:
    return Difference(
        organ_id=count.organ_id, count=count, kind=Kind.SURPLUS, scan=scan, card_id=scan.card_id,
        mark=f"surplus:{scan.code.strip()[:60] or scan.key}", number="", name=scan.name or scan.code[:120], place=scan.place,
        books=_("账面没有"), seen=(scan.note or str(Condition(scan.condition or Condition.GOOD).label))[:200],
        quantity=scan.quantity or Decimal(1),
    )  # fmt: skip


def explain(rows: list[Difference], values: dict[str, Any], *, by: Actor, day: dt.date, note: str = "") -> int:
    """This will say of differences why they are, who answers for them and what is to be done; only before the report."""
    closed = [row for row in rows if row.count.state != State.JUDGING or row.state not in UNSETTLED]
    if closed:
        raise Refused(
            _("%(row)s 现在不能说明") % {"row": closed[0]}, article=ARTICLE,
            why=_("差异在清点完成以后、报审以前说明，盘点现为“%(state)s”。") % {"state": closed[0].count.get_state_display()},
            instead=_("已报审的，请审定人退回后再改。"),
        )  # fmt: skip
    missing = [name for name in ("cause", "responsible", "handling") if not values.get(name)]
    if missing:
        words = "、".join(str(Difference._meta.get_field(name).verbose_name) for name in missing)  # type: ignore[union-attr]
        raise Invalid(_("还缺少：%(words)s") % {"words": words}, instead=_("每一项差异都要有原因、责任人和处理意见。"))
    due = values.get("due")
    if values["handling"] == Handling.DEBT and due is not None and due <= day:
        raise Invalid(_("续查期限 %(due)s 不晚于今天") % {"due": due}, instead=_("请填写以后的日期。"))
    for row in rows:
        for name in ("cause", "explanation", "responsible", "handling", "value_type", "new_value", "due"):
            if values.get(name) not in (None, ""):
                setattr(row, name, values[name])
        if row.handling != Handling.NEW_CARD:
            row.value_type, row.new_value = "", None
        row.due = row.due if row.handling == Handling.DEBT else None
        row.state = Settled.EXPLAINED
    keep(rows, by=by, act=rights.EXPLAINED, note=note, right=rights.EXPLAIN)
    return len(rows)
