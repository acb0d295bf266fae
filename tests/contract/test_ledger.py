"""What every app keeps stands in the ledger once, whatever classes look at it."""

from __future__ import annotations

from baozhang.kernel import seals
from baozhang.kernel.resource import RESOURCES
from tests import factories
from tests.contract.conftest import World


def test_a_row_of_every_class_leaves_a_sound_ledger(world: World) -> None:
    for resource in RESOURCES.values():
        factories.kept(resource.model, where=world.mine)
    report = seals.verify()
    assert report.sound, report.problems[:5]
