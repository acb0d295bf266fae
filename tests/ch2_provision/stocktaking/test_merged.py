"""Cards of one batch that a count has in its snapshot may be put together once that count is closed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from baozhang.ch2_provision.assets.actions import merge, split
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.queries.reconciling import three_ways
from baozhang.ch2_provision.stocktaking.models import Count, Difference, Line, Scan
from baozhang.ch2_provision.stocktaking.queries import books
from baozhang.kernel import clock, scope
from baozhang.kernel.accounts import User
from baozhang.kernel.record import remove
from baozhang.kernel.refusal import Invalid, Refused
from tests.conftest import TODAY

from .conftest import Office

LATER = dt.datetime.combine(TODAY, dt.time(18), clock.ZONE)
CHAIRS = {"name": "会议椅", "unit": "把"}


def two(office: Office) -> list[Card]:
    """Two cards of one batch."""
    return [
        office.card(number, quantity=Decimal(n), value=Decimal(100 * n), **CHAIRS)
        for number, n in (("C1", 4), ("C2", 6))
    ]


def together(office: Office, *numbers: str) -> Card:
    """The clerk puts them together."""
    by = office("clerk")
    with scope.within(by):
        return merge(list(Card.objects.filter(number__in=numbers)), by=by, note="合用")


def closed(office: Office, count: Count) -> Count:
    """The count goes its way to the end."""
    count = office.take("clerk", "finish", count)
    if Difference._base_manager.filter(count=count).exists():
        office.explain(count, handling="keep")
    for who, step in (
        ("clerk", "report"),
        ("head", "agree"),
        ("officer", "approve"),
        ("clerk", "adjust"),
        ("head", "close"),
    ):
        count = office.take(who, step, count)
    return count


def test_while_it_is_counted_a_card_stays_and_the_count_is_named(office: Office) -> None:
    two(office)
    office.begun(title="年中盘点")
    with pytest.raises(Refused) as refused:
        together(office, "C1", "C2")
    assert "C2 已有自己的记录" in refused.value.what and "“年中盘点”还没有了结" in refused.value.why


def test_after_the_count_it_goes_and_what_was_told_then_still_stands(office: Office, client: Client) -> None:
    first, second = two(office)
    count = office.begun()
    office.scan(count, "C1", quantity=Decimal(4))
    office.scan(count, "C2", quantity=Decimal(5))
    count = closed(office, count)
    whole = together(office, "C1", "C2")
    assert (whole.pk, whole.quantity, whole.value) == (first.pk, 10, 1000)
    assert not Card._base_manager.filter(pk=second.pk).exists()
    assert Line.objects.get(count=count, number="C2").card_id == second.pk and books.is_sound(
        Count._base_manager.get(pk=count.pk)
    )
    scan = Scan._base_manager.get(card_id=second.pk)
    gap = Difference._base_manager.get(card_id=second.pk)
    client.force_login(User._base_manager.get(username="clerk"))
    for url in (
        "/stocktaking/scans/", f"/stocktaking/scans/{scan.pk}/", "/stocktaking/differences/", f"/stocktaking/differences/{gap.pk}/",
        f"/stocktaking/counts/{count.pk}/", f"/stocktaking/counts/{count.pk}/progress/", f"/stocktaking/counts/{count.pk}/sheet/",
        "/api/stocktaking/scans/", f"/api/stocktaking/scans/{scan.pk}", f"/api/stocktaking/differences/{gap.pk}",
        f"/assets/cards/{first.pk}/",
    ):  # fmt: skip
        assert client.get(url).status_code == 200, url


def test_a_debt_keeps_its_card(office: Office) -> None:
    two(office)
    count = office.begun()
    office.scan(count, "C1", quantity=Decimal(4))
    office.scan(count, "C2", result="missing", place="")
    count = office.take("clerk", "finish", count)
    office.explain(count, handling="debt", due=TODAY.replace(year=TODAY.year + 1))
    for who, step in (
        ("clerk", "report"),
        ("head", "agree"),
        ("officer", "approve"),
        ("clerk", "adjust"),
        ("head", "close"),
    ):
        count = office.take(who, step, count)
    with pytest.raises(Refused) as refused:
        together(office, "C1", "C2")
    assert "“盘亏 C2”还没有了结" in refused.value.why


def test_nothing_else_takes_a_counted_card_away(office: Office) -> None:
    _first, second = two(office)
    count = office.begun()
    for number in ("C1", "C2"):
        office.scan(count, number)
    closed(office, count)
    with scope.everything("test") as by, pytest.raises(Invalid):
        remove(Card._base_manager.get(pk=second.pk), by=by, note="导入撤销")


def test_what_was_counted_before_cards_were_put_together_still_agrees_with_them(office: Office) -> None:
    two(office)
    count = office.begun()
    office.scan(count, "C1", quantity=Decimal(4))
    office.scan(count, "C2", quantity=Decimal(6))
    closed(office, count)
    with clock.on(LATER):
        together(office, "C1", "C2")
    (line,) = three_ways(TODAY, [office.agency.pk], things=True)
    assert line.gaps["found"] == 0


def test_what_was_counted_before_a_card_was_divided_still_agrees_with_it(office: Office) -> None:
    office.card("C1", quantity=Decimal(10), value=Decimal(1000), **CHAIRS)
    count = office.begun()
    office.scan(count, "C1", quantity=Decimal(9))
    closed(office, count)
    by = office("clerk")
    with scope.within(by), clock.on(LATER):
        split(Card.objects.get(number="C1"), [Decimal(6), Decimal(4)], by=by, note="分给两个科室")
    (line,) = three_ways(TODAY, [office.agency.pk], things=True)
    assert line.gaps["found"] == -1
