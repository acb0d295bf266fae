"""The month's depreciation: charged once an agency and month, on one voucher by category, reversed only while it is the last."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch1_general.organs.queries import places
from baozhang.ch2_provision.assets.choices import Category
from baozhang.ch2_provision.assets.choices import accounts as book
from baozhang.ch2_provision.assets.choices.books import RunState, VoucherKind
from baozhang.ch2_provision.assets.models import Card, DepreciationRow, DepreciationRun, Voucher
from baozhang.ch2_provision.assets.queries.charging import charges
from baozhang.ch2_provision.assets.queries.holding import held_on, lives, undepreciated
from baozhang.kernel import bulk, clock, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Invalid, Refused

from . import vouchers
from .vouchers import Line

ARTICLE = "第十三条第二款"
CHARGED = ledger.act("depreciation_charged", gettext_lazy("计提折旧"))
REVERSED = ledger.act("depreciation_reversed", gettext_lazy("冲销折旧"))
RUN = "assets.depreciationrun:run"
ROW = ("run_id", "card_id", "category", "charge", "accumulated")
Progress = Callable[[int, int], None]
Sums = dict[int, dict[str, tuple[Decimal, Decimal, int]]]  # run → category → (charge, accumulated, cards)


@dataclass
class Charged:
    """This is what a run over one month did: agencies charged now, those charged before, and the sum."""

    month: dt.date
    organs: int = 0
    before: int = 0
    cards: int = 0
    charge: Decimal = Decimal(0)


def charge(
    month: dt.date, *, organs: Iterable[int] | None = None, by: Actor, progress: Progress | None = None
) -> Charged:
    """This will charge a month for some agencies (all that have cards where none are named); again, it changes nothing.

    Refuses a month that is yet to come, one that comes before a month already charged, and one that leaves a month out.
    """
    month = month.replace(day=1)
    if month > clock.today():
        raise Invalid(
            _("%(month)s 尚未到来，不能计提") % {"month": f"{month:%Y-%m}"},
            article=ARTICLE,
            instead=_("请选择本月或者以前的月份。"),
        )
    with transaction.atomic():
        bulk.take_turns("depreciation")
        wanted = _wanted(organs)
        done = set(
            DepreciationRun._base_manager.filter(month=month, state=RunState.POSTED).values_list("organ_id", flat=True)
        )
        fresh = [organ for organ in wanted if organ.pk not in done]
        _in_order(fresh, month)
        runs = _begin(fresh, month, by)
        for step, (members, terms) in enumerate(_alike(runs, month)):
            _rows(members, month, terms)
            if progress is not None:
                progress(step + 1, len(runs) + 1)
        _post(runs, _sums(runs), by)
    return Charged(
        month,
        len(runs),
        len(wanted) - len(fresh),
        sum(run.cards for run in runs),
        sum((run.charge for run in runs), Decimal(0)),
    )


def _wanted(organs: Iterable[int] | None) -> list[Organization]:
    rows = Organization._base_manager.filter(pk__in=Card._base_manager.order_by().values("organ_id").distinct())
    if organs is not None:
        rows = rows.filter(pk__in=list(organs))
    return list(rows.order_by("pk"))


def _in_order(organs: Sequence[Organization], month: dt.date) -> None:
    """Months follow one another without a gap: the charge of one is the difference to the one before."""
    before = (month - dt.timedelta(days=1)).replace(day=1)
    rows = DepreciationRun._base_manager.filter(state=RunState.POSTED, organ__in=[organ.pk for organ in organs])
    last = dict(rows.order_by().values_list("organ_id").annotate(last=Max("month")))
    for organ in organs:
        if organ.pk in last and last[organ.pk] != before:
            raise Refused(
                _("%(organ)s不能计提 %(month)s 的折旧") % {"organ": organ, "month": f"{month:%Y-%m}"},
                why=_("最近一次计提的是 %(last)s，须逐月依次计提。") % {"last": f"{last[organ.pk]:%Y-%m}"},
                article=ARTICLE, instead=_("请计提下一个月；重提以前月份的，先逐月冲销以后各月。"),
            )  # fmt: skip


def _begin(organs: Sequence[Organization], month: dt.date, by: Actor) -> list[DepreciationRun]:
    rows = DepreciationRun._base_manager.filter(month=month, organ__in=[organ.pk for organ in organs])
    tries = dict(rows.order_by().values_list("organ_id").annotate(most=Max("attempt")))
    runs = [
        DepreciationRun(organ=organ, month=month, day=clock.today(), attempt=tries.get(organ.pk, 0) + 1)
        for organ in organs
    ]
    keep(runs, by=by, act=CHARGED, right=RUN)
    return runs


def _alike(
    runs: Sequence[DepreciationRun], month: dt.date
) -> list[tuple[list[DepreciationRun], tuple[Mapping[str, int], Mapping[str, int]]]]:
    """The runs of agencies with equal lives by the standard, with these at the end of the month before and of this one."""
    where, days = places(), (month - dt.timedelta(days=1), _last(month))
    known: dict[str, tuple[dict[str, int], dict[str, int]]] = {}
    members: dict[Any, list[DepreciationRun]] = defaultdict(list)
    for run in runs:
        place = where[run.organ_id]
        if place not in known:
            known[place] = (lives(days[0], place), lives(days[1], place))
        members[tuple(tuple(sorted(one.items())) for one in known[place])].append(run)
    return [(rows, (dict(key[0]), dict(key[1]))) for key, rows in members.items()]


def _last(month: dt.date) -> dt.date:
    return (month + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)


def _rows(runs: Sequence[DepreciationRun], month: dt.date, terms: tuple[Mapping[str, int], Mapping[str, int]]) -> None:
    """This will put in one row for each card charged, in one statement."""
    if not runs:
        return
    select, values = charges(month, [run.organ_id for run in runs], terms)
    mine = DepreciationRun._meta.db_table
    marks = ", ".join(["%s"] * len(runs))
    joined = (
        f"SELECT run.id, charged.id, charged.category, charged.charge, charged.accumulated FROM ({select}) AS charged "
        f"JOIN {mine} AS run ON run.organ_id = charged.organ_id AND run.id IN ({marks})"
    )
    bulk.insert_select(DepreciationRow, ROW, joined, [*values, *(run.pk for run in runs)])


def _sums(runs: Sequence[DepreciationRun]) -> Sums:
    found: Sums = defaultdict(dict)
    rows = DepreciationRow.objects.filter(run__in=[run.pk for run in runs]).order_by()
    grouped = rows.values_list("run_id", "category").annotate(Sum("charge"), Sum("accumulated"), Count("id"))
    for run, category, amount, upto, count in grouped:
        found[run][category] = (vouchers.cents(amount), vouchers.cents(upto), count)
    return found


def _open_cards(runs: Sequence[DepreciationRun]) -> dict[int, int]:
    """The cards of each agency that have a depreciation which cannot be told."""
    found: dict[int, int] = {}
    for members, (_then, now) in _alike(runs, runs[0].month) if runs else ():
        rows = Card._base_manager.filter(held_on(runs[0].last_day), undepreciated(now))
        rows = rows.filter(organ__in=[run.organ_id for run in members]).order_by()
        found.update(dict(rows.values_list("organ_id").annotate(n=Count("id"))))
    return found


def _post(runs: Sequence[DepreciationRun], sums: Sums, by: Actor) -> None:
    """This will enter the voucher of each agency and what the run came to."""
    unknown = _open_cards(runs)
    for run in runs:
        mine = sums.get(run.pk, {})
        run.cards = sum(count for _charge, _upto, count in mine.values())
        run.charge = sum((amount for amount, _upto, _count in mine.values()), Decimal(0))
        run.accumulated = sum((upto for _charge, upto, _count in mine.values()), Decimal(0))
        run.open_cards = unknown.get(run.organ_id, 0)
        lines = [line for category, (amount, *_rest) in sorted(mine.items()) for line in _sides(category, amount)]
        if lines:
            run.voucher = vouchers.post(
                run.organ, kind=VoucherKind.DEPRECIATION, words=_("计提 %(month)s 折旧") % {"month": f"{run.month:%Y-%m}"},
                source=run, lines=lines, day=min(run.last_day, clock.today()), by=by, right=RUN,
            )  # fmt: skip
    keep(runs, by=by, act=CHARGED, right=RUN)


def _sides(category: str, amount: Decimal) -> list[Line]:
    """Expense against depreciation; the other way round where a longer life gives something back."""
    detail, lost = str(Category(category).label), book.of_loss(category)
    if amount > 0:
        return [Line(book.EXPENSE, debit=amount, detail=detail), Line(lost, credit=amount, detail=detail)]
    return (
        [Line(lost, debit=-amount, detail=detail), Line(book.EXPENSE, credit=-amount, detail=detail)] if amount else []
    )


def undo(run: DepreciationRun, *, by: Actor, note: str) -> DepreciationRun:
    """This will reverse a run and its voucher; only the last month's, so that no later one hangs in the air."""
    if not note.strip():
        raise Invalid(_("请写明理由"), why=_("这项操作的理由要记入账本。"), instead=_("填写理由后再提交。"))
    with transaction.atomic():
        bulk.take_turns("depreciation")  # and only then looked: whoever charges the next month may be before us
        _is_the_last(run)
        run.state = RunState.REVERSED
        if run.voucher is not None:
            run.reversal = vouchers.reverse(run.voucher, day=clock.today(), by=by, note=note, right=RUN)
        keep(run, by=by, act=REVERSED, note=note, right=RUN)
    return run


@vouchers.when_reversed(DepreciationRun)
def undo_by_voucher(voucher: Voucher, *, day: dt.date, by: Actor, note: str, right: str) -> Voucher:
    """This will reverse a month's voucher with its month: the charges of the cards follow it."""
    del day, right  # it is done as the month's own reversal is
    run = undo(
        DepreciationRun._base_manager.select_related("organ", "voucher").get(pk=voucher.source_id or 0),
        by=by,
        note=note,
    )
    assert run.reversal is not None
    return run.reversal


def _is_the_last(run: DepreciationRun) -> None:
    rows = DepreciationRun._base_manager.filter(month__gt=run.month, organ=run.organ, state=RunState.POSTED)
    later = rows.exists()
    if run.state != RunState.POSTED or later:
        raise Refused(
            _("%(run)s 的折旧不能冲销") % {"run": run}, article=ARTICLE,
            why=_("以后月份已经计提。") if later else _("它已经冲销。"), instead=_("请从最近一个月起逐月冲销。"),
        )  # fmt: skip
