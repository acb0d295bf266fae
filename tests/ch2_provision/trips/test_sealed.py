"""A slip of the pen at sealing is put right with its reason; what was sealed stays that vehicle and that holiday."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.test import Client

from baozhang.ch2_provision.trips.flows import SealingFlow
from baozhang.ch2_provision.trips.flows.sealing import enlist
from baozhang.ch2_provision.trips.models import Sealing
from baozhang.kernel import clock, ledger, scope

from .conftest import Garage

EVE, FEAST = dt.date(2026, 4, 30), dt.date(2026, 5, 2)


@pytest.fixture
def sealed(garage: Garage) -> Sealing:
    """Sealed with a digit too many."""
    with scope.everything("test") as by, clock.on(EVE):
        assert enlist(garage.vehicles[:1], EVE, by=by) == 1
        made = Sealing._base_manager.get()
        garage.take("seal", made, "desk", SealingFlow, odometer_sealed=99_999, sealed_by="张三")
    return Sealing._base_manager.get()


def test_a_reading_written_wrong_is_put_right_with_its_reason(garage: Garage, client: Client, sealed: Sealing) -> None:
    client.force_login(garage.users["desk"])
    act = f"/trips/sealings/{sealed.pk}/acts/correct/"
    with clock.on(FEAST):
        assert client.post(act, {"odometer_sealed": 9_999, "version": sealed.version}).status_code >= 400, "no reason"
        assert (
            client.post(act, {"odometer_sealed": 9_999, "note": "多写一位", "version": sealed.version}).status_code
            == 302
        )
        sealed.refresh_from_db()
        assert sealed.odometer_sealed == 9_999
        assert "多写一位" in {entry.note for entry in ledger.history(sealed.label, sealed.pk)}
        garage.take("unseal", sealed, "desk", SealingFlow, note="抢险", odometer_opened=19_999, opened_by="张三")
        sealed.refresh_from_db()
        both = f"/trips/sealings/{sealed.pk}/acts/correct_both/"
        row = {"odometer_sealed": 9_999, "odometer_opened": 9_990, "note": "多写一位", "version": sealed.version}
        assert client.post(both, row).status_code >= 400, "not backwards"
        assert client.post(both, {**row, "odometer_opened": 9_999}).status_code == 302
    sealed.refresh_from_db()
    assert (sealed.odometer_sealed, sealed.odometer_opened, sealed.state) == (9_999, 9_999, "unsealed")


def test_what_is_sealed_stays_that_vehicle_and_that_holiday(garage: Garage, client: Client, sealed: Sealing) -> None:
    client.force_login(garage.users["desk"])
    edit = f"/trips/sealings/{sealed.pk}/edit/"
    row = {
        "vehicle": garage.vehicles[1].pk,
        "holiday": "劳动节",
        "since": EVE,
        "until": EVE,
        "place": "后院",
        "version": sealed.version,
    }
    with clock.on(FEAST):
        assert 'name="until"' not in client.get(edit).content.decode()
        client.post(edit, row)
        api = client.patch(
            f"/api/trips/sealings/{sealed.pk}",
            json.dumps({"until": str(EVE), "version": sealed.version}),
            content_type="application/json",
        )
        assert api.status_code >= 400
    now = Sealing._base_manager.get()
    assert (now.vehicle_id, now.since, now.until) == (sealed.vehicle_id, sealed.since, sealed.until)
