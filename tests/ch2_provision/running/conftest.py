"""The agency of the trips' tests, with bills in one line."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from baozhang.ch2_provision.running.models import Cost
from baozhang.ch2_provision.running.resources.costs import Costs
from baozhang.kernel import border, scope
from tests.ch2_provision.trips.conftest import Garage, build


@pytest.fixture
def garage(db: None) -> Garage:
    """The place of a test that is undone afterwards."""
    return build()


def bring(garage: Garage, *rows: dict[str, Any], who: str = "clerk") -> list[Cost]:
    """Somebody brings bills as rows of a file; the bills as they are kept, in their order."""
    actor = garage(who)
    with scope.within(actor):
        border.commit(Costs(), [border.Row(dict(row)) for row in rows], by=actor, defaults={"organ": garage.mine})
    return [Cost._base_manager.get(bill=row["bill"]) for row in rows if "bill" in row]


def bill(garage: Garage, number: str, at: str, **values: Any) -> dict[str, Any]:
    """A fuelling of the first vehicle."""
    return {
        "plate": garage.vehicles[0].plate,
        "at": at,
        "kind": "fuel",
        "quantity": Decimal(30),
        "amount": Decimal(240),
        "bill": number,
        **values,
    }
