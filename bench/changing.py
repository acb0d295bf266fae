"""Changes of many cards at once, and patrols of all rules over all cards."""

from __future__ import annotations

import time
from typing import Any

from django.db import connection, transaction

from baozhang.ch2_provision.assets.actions import change_use_state
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch4_supervision.warnings.models import Finding
from baozhang.ch4_supervision.warnings.patrol import Report, patrol
from baozhang.kernel import bulk, scope

from .meter import Measure, own_peak, used
from .room import Room

MANY = 10_000
UPDATE = "one UPDATE and one INSERT of log rows"
SCAN = "one scan of all cards with a sum for each rule, and COPY of as many rows as there are findings"


def change(room: Room) -> list[Measure]:
    """A bulk act on many cards through the screens' own door, with a ledger entry each."""
    many = min(MANY, room.part)
    with scope.everything("bench") as by:
        keys = list(
            Card._base_manager.filter(use_state="in_use").order_by("-value", "-id").values_list("pk", flat=True)[:many]
        )
        limit = _update(keys)
        with used() as ours:
            cards: list[Any] = []
            for part in bulk.chunks(keys):
                cards += Card.objects.filter(pk__in=part)
            changed = change_use_state(cards, state="idle", by=by, note="盘点")
    if changed != many:
        raise SystemExit(f"{changed} of {many} cards changed")
    return [
        Measure(
            "change", f"bulk change of {many:,} cards with ledger", "< 3 s", met=ours.wall < 3, median=ours.wall,
            rate=many / ours.wall, unit="cards/s", limit=limit, limit_words=UPDATE, ratio=ours.wall / limit, app_cpu=ours.app,
            server_cpu=ours.server, peak=own_peak(),
        )
    ]  # fmt: skip


def _update(keys: list[int]) -> float:
    """The same change by hand, set-based, undone again."""
    listed = ", ".join(map(str, keys))
    begun = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE assets_card SET use_state = 'idle', idle_since = '2026-01-01', version = version + 1 WHERE id IN ({listed})"
        )
        cursor.execute(
            "INSERT INTO kernel_entry (kind, record_id, seq, organ_id, day, at, by_name, by_organ, act, note, changes, batch, prev, hash)"
            " SELECT 'assets.card', id, version + 1000, organ_id, acquired, kept_at, '', '', 'change', '', '{}', '', head, head"
            f" FROM assets_card WHERE id IN ({listed})"
        )
        transaction.set_rollback(True)
    return time.perf_counter() - begun


def patrols(room: Room) -> list[Measure]:
    """The first patrol, which finds everything, and the second, which finds nothing new."""
    made = []
    for name, words, target in (
        ("patrol", "patrol of all rules", 30.0),
        ("patrol-again", "the same again, nothing changed", 15.0),
    ):
        with used() as ours:
            report = patrol()
        found = report.total("found")
        _must_be_sound(report, again=name != "patrol")
        limit = _scan(found if name == "patrol" else 0)
        made.append(
            Measure(
                name, f"{words} over {room.cards:,} cards, {found:,} findings", f"< {target:.0f} s", met=ours.wall < target,
                median=ours.wall, rate=room.cards / ours.wall, unit="cards/s", limit=limit, limit_words=SCAN,
                ratio=ours.wall / limit, app_cpu=ours.app, server_cpu=ours.server, peak=own_peak(),
                notes=[f"{one}: {count.looked:,} looked at, {count.found:,} found" for one, count in report.counts.items()],
            )
        )  # fmt: skip
    return made


def _must_be_sound(report: Report, *, again: bool) -> None:
    if report.total("error_count"):
        raise SystemExit(f"rules failed: {[count.errors for count in report.counts.values() if count.errors]}")
    if again and report.total("new") + report.total("changed") + report.total("resolved"):
        raise SystemExit("the second patrol changed something")
    if report.total("open") != Finding._base_manager.filter(state__in=("open", "handled")).count():
        raise SystemExit("the patrol's count of findings is not the table's")


def _scan(findings: int) -> float:
    """One reading of the whole table, a sum for each of the rules, and as many rows written as there were findings."""
    rules = (
        "custodian = '' AND \"user\" = ''", "use_state IN ('idle', 'surplus') AND idle_since < '2026-01-01'",
        "disposed >= '2022-11-01' AND disposal <> ''", "acquired >= '2022-11-01' AND value > 5000 * quantity",
        "category IN ('land', 'house', 'vehicle') AND holder <> ''", "item <> '' AND disposed IS NULL",
    )  # fmt: skip
    sums = ", ".join(f"sum(CASE WHEN {rule} THEN value ELSE 0 END)" for rule in rules)
    begun = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT organ_id, category, count(*), {sums} FROM assets_card GROUP BY organ_id, category")
        cursor.fetchall()
        cursor.execute("SELECT serial FROM assets_card WHERE serial <> '' GROUP BY serial HAVING count(*) > 1")
        cursor.fetchall()
        cursor.execute(
            "INSERT INTO kernel_entry (kind, record_id, seq, organ_id, day, at, by_name, by_organ, act, note, changes, batch, prev, hash)"
            " SELECT 'bench', id, 1, organ_id, '2026-01-01', kept_at, '', '', 'add', '', search, '', head, head FROM assets_card"
            f" ORDER BY id LIMIT {2 * findings}"
        )
        transaction.set_rollback(True)
    return time.perf_counter() - begun
