"""The ledger cannot be changed unseen: the database refuses, and verification finds what went past it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction
from tests import factories

from baozhang.ch1_general.organs.models import Headcount
from baozhang.kernel import clock, ledger, seals
from baozhang.kernel.ledger import Entry, Seal
from baozhang.kernel.refusal import Refused

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 4)


@pytest.fixture
def row() -> Headcount:
    made = Headcount(organ=factories.organ("甲局"), band="division", quota=10, actual=9, since=DAY)
    factories.save(made)
    made.quota = 12
    factories.save(made)
    return made


def past_the_guards(sql: str, *params: object) -> None:
    """What somebody with the database in his hands could do: take the triggers off, then write."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE kernel_entry DISABLE TRIGGER USER")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'kernel_entry'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute(sql, list(params))


@pytest.mark.parametrize(
    "sql", ["UPDATE kernel_entry SET note = 'x'", "DELETE FROM kernel_entry", "DELETE FROM kernel_seal"]
)
def test_the_database_refuses_to_change_it(row: Headcount, sql: str) -> None:
    with clock.on(DAY + dt.timedelta(days=1)):
        seals.seal()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_it_is_sound_when_nobody_touched_it(row: Headcount) -> None:
    report = seals.verify()
    assert report.problems == []
    assert report.entries == Entry.objects.count() > 0


TAMPERINGS: dict[str, Callable[[int], tuple[str, list[object]]]] = {
    "被改动过": lambda pk: (
        "UPDATE kernel_entry SET note = 'x' WHERE record_id = %s AND seq = 1 AND kind = 'organs.headcount'",
        [pk],
    ),
    "缺第": lambda pk: (
        "DELETE FROM kernel_entry WHERE record_id = %s AND seq = 1 AND kind = 'organs.headcount'",
        [pk],
    ),
    "版本与账本不一致": lambda pk: (
        "DELETE FROM kernel_entry WHERE record_id = %s AND seq = 2 AND kind = 'organs.headcount'",
        [pk],
    ),
    "绕过账本": lambda pk: ("UPDATE organs_headcount SET quota = 99 WHERE id = %s", [pk]),
    "更新时间": lambda pk: ("UPDATE organs_headcount SET kept_at = '2020-01-01 00:00:00+00:00' WHERE id = %s", [pk]),
    "不见了": lambda pk: ("DELETE FROM organs_headcount WHERE id = %s", [pk]),
}


@pytest.mark.parametrize("sign", sorted(TAMPERINGS))
def test_verification_finds(row: Headcount, sign: str) -> None:
    sql, params = TAMPERINGS[sign](row.pk)
    past_the_guards(sql, *params)
    report = seals.verify()
    assert [problem for problem in report.problems if sign in problem], report.problems


def test_a_row_put_in_past_the_ledger_is_found(row: Headcount) -> None:
    names = "organ_id, band, quota, actual, since, document, version, head, search, extra"
    past_the_guards(
        f"INSERT INTO organs_headcount ({names}) SELECT organ_id, 'bureau', quota, actual, since, document, version, head, search, extra FROM organs_headcount"
    )
    assert any("没有登记" in problem for problem in seals.verify().problems)


def test_a_sealed_day_takes_no_more_entries(row: Headcount) -> None:
    with clock.on(DAY + dt.timedelta(days=1)):
        seals.seal()
    row.quota = 13
    with pytest.raises(Refused, match="封账"):
        factories.save(row)


def test_a_whole_chain_made_anew_still_breaks_the_seal(row: Headcount) -> None:
    with clock.on(DAY + dt.timedelta(days=1)):
        assert len(seals.seal()) == 1
        assert seals.seal() == [], "sealing again does nothing"
    entry = Entry.objects.get(kind="organs.headcount", record_id=row.pk, seq=2)
    entry.note = "偷改"
    forged = entry.digest()
    past_the_guards("UPDATE kernel_entry SET note = %s, hash = %s WHERE id = %s", "偷改", forged, entry.pk)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE organs_headcount SET head = %s WHERE id = %s", [forged, row.pk])
    assert [problem for problem in seals.verify().problems if "封账不一致" in problem]


def test_a_record_is_proved_up_to_the_seal(row: Headcount) -> None:
    with clock.on(DAY + dt.timedelta(days=1)):
        seals.seal()
    proof = seals.prove("organs.headcount", row.pk)
    assert [line["sealed"] for line in proof["entries"]] == [True, True]
    line = proof["entries"][0]
    assert ledger.sm3(bytes.fromhex(line["prev"]) + line["body"].encode()).hex() == line["hash"]
    assert (
        ledger.climb(bytes.fromhex(line["hash"]), line["path"]).hex()
        == line["root"]
        == bytes(Seal.objects.get().root).hex()
    )


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 13])
def test_every_leaf_climbs_to_the_root(count: int) -> None:
    leaves = [ledger.sm3(bytes([i])) for i in range(count)]
    root = ledger.merkle_root(leaves)
    assert {ledger.climb(leaf, ledger.merkle_path(leaves, i)) for i, leaf in enumerate(leaves)} == {root}
    assert ledger.climb(ledger.sm3(b"other"), ledger.merkle_path(leaves, 0)) != root


def test_sm3_is_the_standards() -> None:
    assert ledger.sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


@pytest.mark.real_clock
def test_a_record_bears_the_moment_of_its_entry_while_time_goes_on(row: Headcount) -> None:
    row.actual = 7
    factories.save(row)
    entry = ledger.history("organs.headcount", row.pk).last()
    assert entry is not None and Headcount._base_manager.get(pk=row.pk).kept_at == entry.at
    assert seals.verify().sound
