"""Dividing and putting together on the page: the sums are seen first; and what happens to one card at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from baozhang.ch2_provision.assets.actions import splitting
from baozhang.ch2_provision.assets.models import Card, Letting, Repair
from baozhang.ch2_provision.assets.resources.custody import Repairs
from baozhang.kernel import border, clock, holds, scope
from baozhang.kernel.holds import Hold
from baozhang.kernel.refusal import Refused
from tests import factories
from tests.committed import committed
from tests.conftest import TODAY


def clerk_of(organ: Any) -> Any:
    """The clerk, who may change cards."""
    return factories.person("张三", "asset_clerk", organ)


@pytest.mark.django_db
class TestPages:
    """What the clerk sees and does."""

    @pytest.fixture
    def batch(self, client: Client) -> Card:
        """Ten chairs for 100.01 yuan."""
        organ = factories.organ("云间区教育局")
        client.force_login(clerk_of(organ))
        return factories.kept(
            Card, where=organ, number="Y-1", name="会议椅", quantity=Decimal(10), value=Decimal("100.01")
        )

    def test_the_parts_are_seen_then_made(self, client: Client, batch: Card) -> None:
        page = client.get(f"/assets/cards/{batch.pk}/acts/split/", follow=True)
        assert page.redirect_chain and "拆分以前" in page.content.decode()
        page = client.get(f"/assets/cards/{batch.pk}/split/?parts=3,3,4")
        assert [row["cells"] for row in page.context["rows"]] == [["3", "30.00"], ["3", "30.01"], ["4", "40.00"]]
        assert page.context["whole"] == ["10", "100.01"] and Card._base_manager.count() == 1
        wrong = client.get(f"/assets/cards/{batch.pk}/split/?parts=3,3")
        assert "各份数量合计 6" in wrong.content.decode()
        for nothing in ("NaN", "3,sNaN"):
            assert "读不懂" in client.get(f"/assets/cards/{batch.pk}/split/", {"parts": nothing}).content.decode()
        done = {"parts": "3,3,4", "do": "1", "version": batch.version}
        assert "请写明理由" in client.post(f"/assets/cards/{batch.pk}/split/", done).content.decode()
        assert (
            "已被他人修改"
            in client.post(f"/assets/cards/{batch.pk}/split/", done | {"version": 9, "note": "分"}).content.decode()
        )
        client.post(f"/assets/cards/{batch.pk}/split/", done | {"note": "分给三个科室"})
        assert sorted(Card._base_manager.values_list("value", flat=True)) == [
            Decimal("30.00"),
            Decimal("30.01"),
            Decimal("40.00"),
        ]

        ids = "&".join(f"id={pk}" for pk in Card._base_manager.values_list("pk", flat=True))
        page = client.get(f"/assets/cards/merge/?{ids}")
        assert page.context["total"] == ["10", "100.01"]
        versions = {f"version-{card.pk}": card.version for card in Card._base_manager.all()}
        client.post(f"/assets/cards/merge/?{ids}", versions | {"note": "合用"})
        assert Card._base_manager.get().value == Decimal("100.01")

    def test_a_card_that_others_speak_of_keeps_its_story(self, client: Client, batch: Card) -> None:
        other = factories.kept(
            Card, where=batch.organ, number="Y-2", name="会议椅", quantity=Decimal(10), value=Decimal("100.01")
        )
        factories.kept(Repair, where=batch.organ, card=other, state="done", done_on=TODAY, reported_on=TODAY)
        versions = {f"version-{card.pk}": card.version for card in Card._base_manager.all()}
        page = client.get(f"/assets/cards/merge/?id={batch.pk}&id={other.pk}")  # before anybody has agreed to it
        assert "Y-2 已有自己的记录" in page.content.decode() and not page.context["total"]
        page = client.post(f"/assets/cards/merge/?id={batch.pk}&id={other.pk}", versions | {"note": "合用"})
        assert page.status_code == 409 and "维修保养" in page.content.decode() and Card._base_manager.count() == 2

    def test_what_is_promised_or_differs_is_refused(self, client: Client, batch: Card) -> None:
        other = factories.kept(Card, where=batch.organ, name="茶几", value=Decimal(9))
        page = client.get(f"/assets/cards/merge/?id={batch.pk}&id={other.pk}")
        assert "不是同一批次" in page.content.decode() and not page.context["total"]
        with scope.everything("test") as by:
            holds.take(batch, case=factories.kept(Letting, where=batch.organ, card=batch), words="借给居委会", by=by)
        page = client.get(f"/assets/cards/{batch.pk}/split/?parts=3,7")
        assert "借给居委会" in page.content.decode() and not page.context["rows"]

    def test_a_repair_that_is_entered_sends_the_thing_to_be_mended(self, client: Client, batch: Card) -> None:
        given = {"organ": batch.organ_id, "card": batch.pk, "kind": "repair", "reported_on": TODAY, "fault": "腿松动"}
        assert client.post("/assets/repairs/add/", given).status_code == 302
        assert Card._base_manager.get().use_state == "repair"
        assert "已有进行中" in client.post("/assets/repairs/add/", given).content.decode()
        client.post(
            f"/assets/repairs/{Repair._base_manager.get().pk}/acts/finish/",
            {"done_on": TODAY, "cost": "30", "result": "已修"},
        )
        assert Card._base_manager.get().use_state == "in_use"
        assert client.post("/assets/repairs/add/", given | {"done_on": TODAY, "cost": "5"}).status_code == 302
        assert Card._base_manager.get().use_state == "in_use", "what is noted with its end sends nothing away"
        with scope.everything("test") as by:
            border.one(Repairs(), {"organ": batch.organ, "card": batch, "reported_on": TODAY, "fault": "又松了"}, by=by)
        assert Card._base_manager.get().use_state == "repair"


class TestAtOnce:
    """Two things for one card at the same moment, on connections of their own."""

    @pytest.fixture
    def db(self, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
        """A database that commits, so that threads see each other."""
        yield from committed(django_db_blocker)

    @pytest.mark.parametrize("turn", range(4))
    def test_divided_or_promised_and_never_both(self, db: None, turn: int) -> None:
        organ = factories.organ("云间区教育局")
        card = factories.kept(Card, where=organ, quantity=Decimal(10), value=Decimal(1000))
        case = factories.kept(Letting, where=organ, card=card)
        gate, said = threading.Barrier(2), []

        def at_once(act: Callable[[Card, Any], Any]) -> None:
            with clock.on(TODAY), scope.everything("test") as by:
                mine = Card._base_manager.select_related("organ").get(pk=card.pk)
                gate.wait()
                try:
                    act(mine, by)
                    said.append(True)
                except Refused:
                    said.append(False)
                finally:
                    connection.close()

        acts = (
            lambda mine, by: splitting.split(mine, [Decimal(4), Decimal(6)], by=by, note="分"),
            lambda mine, by: holds.take(mine, case=case, words="处置", by=by),
        )
        threads = [threading.Thread(target=at_once, args=(act,)) for act in (acts if turn % 2 else acts[::-1])]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(said) == [False, True], "one of them, and the other is told"
        divided = Card._base_manager.count() == 2
        assert divided != Hold.objects.exists()
        assert sum(Card._base_manager.values_list("value", flat=True)) == 1000
