"""A published month that is no longer so: listed by itself, put right by who publishes, both figures kept for everybody."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from baozhang.ch2_provision.running import jobs
from baozhang.ch2_provision.running.flows import CorrectionFlow, ReviewFlow
from baozhang.ch2_provision.running.models import Account, Correction, CorrectionLine, Cost, Review
from baozhang.ch2_provision.trips.flows.dispatch import correct
from baozhang.ch2_provision.trips.models import Dispatch
from baozhang.kernel import clock, scope
from baozhang.kernel.documents.register import Document, DocumentState
from baozhang.kernel.record import remove
from baozhang.kernel.refusal import Refused
from tests import factories
from tests.ch2_provision.running.conftest import bill, bring
from tests.ch2_provision.running.test_accounts import APRIL, _opened, _publish, year
from tests.ch2_provision.trips.conftest import Garage

__all__ = ["year"]
LATER = APRIL + dt.timedelta(days=3)


def _late(garage: Garage, number: str = "W2", amount: int = 30) -> None:
    bring(garage, bill(garage, number, "2026-03-21", kind="wash", quantity=None, amount=Decimal(amount)))


def _slip(garage: Garage, odometer: int) -> None:
    slip = Dispatch._base_manager.get(vehicle=garage.vehicles[0])
    with scope.within(garage("desk")) as by:
        correct(slip, {"odometer_in": odometer}, by=by, note="抄错")


def _lines(made: Correction) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
    return {
        (one.vehicle.plate, one.figure): (one.was, one.now)
        for one in CorrectionLine._base_manager.filter(correction=made).select_related("vehicle")
    }


def _page(garage: Garage, client: Client) -> str:
    cache.clear()
    return client.get(f"/public/vehicles/{garage.mine.code}/").content.decode()


@pytest.fixture
def published(year: Garage) -> Garage:
    """March is published."""
    with clock.on(APRIL):
        _opened(year)
        _publish(year)
    return year


def test_what_comes_late_is_listed_and_published_beside_what_was_said_before(published: Garage, client: Client) -> None:
    plate = published.vehicles[0].plate
    with clock.on(LATER):
        assert jobs.put_right() == {"open": 0}
        _late(published)
        _slip(published, 1_050)
        assert jobs.put_right() == jobs.put_right() == {"open": 1}
        made = Correction._base_manager.get()
        assert (made.km_was, made.km, made.total_was, made.total) == (80, 90, Decimal(300), Decimal(330))
        assert _lines(made) == {
            (plate, "km"): (Decimal(40), Decimal(50)), (plate, "other"): (Decimal(40), Decimal(70)), (plate, "total"): (Decimal(280), Decimal(310)),
        }  # fmt: skip
        assert [one.permission for one in CorrectionFlow.tasks(made)] == ["running.review:publish"]
        before, first = _page(published, client), Document._base_manager.get()
        assert "280.00" in before and "310.00" not in before, "nothing changes before it is published"
        published.take("publish", made, "boss", CorrectionFlow, reason="补记洗车单据，更正还车里程")
        review, made = Review._base_manager.get(), Correction._base_manager.get()
        assert (review.state, review.km, review.total) == ("published", 90, Decimal(330))
        assert made.corrected == first and made.document == review.document != first
        first.refresh_from_db()
        assert (first.state, first.replaced_by) == (DocumentState.REPLACED, made.document)
        after = _page(published, client)
        assert "公示以后的更正" in after and "补记洗车单据" in after and "310.00" in after and "280.00" in after
        assert made.document is not None and {"280.00元", "310.00元"} <= set(
            str(made.document.content).replace('"', "'").split("'")
        )
        assert jobs.put_right() == {"open": 0} and Correction._base_manager.count() == 1


def test_what_is_changed_back_wants_no_correction(published: Garage) -> None:
    with clock.on(LATER):
        _slip(published, 1_050)
        jobs.put_right()
        _slip(published, 1_040)
        assert jobs.put_right() == {"open": 0}
        made = Correction._base_manager.get()
        assert made.state == "lapsed" and CorrectionFlow.tasks(made) == []
        _slip(published, 1_060)
        assert jobs.put_right() == {"open": 1}
        assert [one.serial for one in Correction._base_manager.order_by("pk")] == [1, 2]


def test_a_bill_that_is_taken_out_is_seen_too(published: Garage) -> None:
    with clock.on(LATER), scope.everything("test") as by:
        remove([Cost._base_manager.get(bill="W1")], by=by, note="重复")
        jobs.put_right()
        assert _lines(Correction._base_manager.get())[published.vehicles[0].plate, "other"] == (Decimal(40), Decimal(0))


def test_the_head_publishes_what_he_has_before_him(published: Garage) -> None:
    with clock.on(LATER):
        _late(published)
        jobs.put_right()
        made = Correction._base_manager.get()
        _late(published, "W3", 5)
        with pytest.raises(Refused, match="又有变动"):
            published.take("publish", made, "boss", CorrectionFlow, reason="补记")
        bring(published, bill(published, "L1", "2026-03-20 09:00", amount=Decimal("99.00")))
        with pytest.raises(Refused, match="没有对应"):
            published.take("publish", made, "boss", CorrectionFlow, reason="补记")
        with scope.everything("test") as by:
            remove([Cost._base_manager.get(bill="L1")], by=by, note="重复")
        jobs.put_right()
        made = Correction._base_manager.get()
        assert made.total == Decimal(335)
        assert published.take("publish", made, "boss", CorrectionFlow, reason="补记").state == "published"


def test_a_month_that_is_taken_back_needs_no_correction_any_more(published: Garage) -> None:
    with clock.on(LATER):
        _late(published)
        jobs.put_right()
        published.take("reopen", Review._base_manager.get(), "boss", ReviewFlow, note="整月有误")
        assert Correction._base_manager.get().state == "lapsed" and jobs.put_right() == {"open": 0}
        assert _publish(published).total == Decimal(330) and jobs.put_right() == {"open": 0}


@pytest.mark.parametrize(("values", "tells"), [({"confidential": True}, False), ({"use": "enforcement"}, True)])
def test_what_is_withheld_is_withheld_of_a_correction_too(
    published: Garage, client: Client, values: dict[str, Any], tells: bool
) -> None:
    car = published.vehicles[0]
    for name, value in values.items():
        setattr(car, name, value)
    if "use" in values:
        card = car.card
        card.vehicle_use = values["use"]
        factories.save(card)
    factories.save(car)
    with clock.on(LATER):
        _late(published)
        jobs.put_right()
        published.take("publish", Correction._base_manager.get(), "boss", CorrectionFlow, reason="补记")
        made, page = Correction._base_manager.get(), _page(published, client)
        assert (made.document is not None) == tells == ("公示以后的更正" in page)
        assert car.plate not in page and (not tells or car.plate not in str(made.document.content))  # type: ignore[union-attr]
        assert Account._base_manager.get(vehicle=car).other == Decimal(70), (
            "the unit's own account is right all the same"
        )


def test_the_month_says_what_waits_and_many_months_are_asked_as_one(published: Garage, client: Client) -> None:
    client.force_login(published.users["boss"])
    page = f"/running/reviews/{Review._base_manager.get().pk}/"
    with clock.on(LATER):
        _slip(published, 1_050)
        assert "今晚自动列出更正" in client.get(page).content.decode()
        assert client.post(f"{page}acts/list/", {}).status_code == 302
        said = client.get(page)
        made = Correction._base_manager.get()
        assert f"/running/corrections/{made.pk}/" in said.content.decode() and "待更正公示" in said.content.decode()
        jobs.put_right()
        with CaptureQueriesContext(connection) as one:
            jobs.put_right()
        for n in range(3):
            factories.save(
                Review(
                    organ=factories.organ(f"云间区第{n}局"),
                    year=2026,
                    month=3,
                    state="published",
                    km=0,
                    total=Decimal(0),
                )
            )
        with CaptureQueriesContext(connection) as more:
            jobs.put_right()
        assert len(one) == len(more)
