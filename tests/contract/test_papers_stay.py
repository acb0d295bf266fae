"""What a decision rests on stays: of every class of record of the chain it is said from when on its files no longer come off."""

from __future__ import annotations

import io
from typing import Any

import pytest

from baozhang.kernel import attachments, scope
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Refused
from baozhang.kernel.resource import RESOURCES
from tests import factories
from tests.contract.conftest import World
from tests.contract.test_roles import ROOMS
from tests.kernel.files_of_all_sorts import pdf

# Nothing is decided on these: pictures of things, and what describes a place, a class or a price.
FREE = {
    "assets.card", "assets.assetclass", "assets.classpair", "assets.ledgertotal", "funding.site", "funding.sitemember", "funding.ceiling",
    "stocktaking.room", "warehouse.item", "warehouse.offer", "warehouse.store", "warehouse.place", "warehouse.sharedclass",
    "standards.referenceprice", "standards.component", "procurement.deliveredcard",
}  # fmt: skip
CHAIN = {one.label: one.model for slug, one in RESOURCES.items() if slug.partition("/")[0] in ROOMS}
OWN = {label for label, model in CHAIN.items() if model.sheds is not Record.sheds}
TOLD = sorted(label for label, model in CHAIN.items() if model.loose is not None)


def test_every_class_of_the_chain_says_when_its_papers_stay() -> None:
    assert set(CHAIN) - FREE - OWN - set(TOLD) == set()
    assert FREE.isdisjoint(TOLD)
    for label in TOLD:
        path, states = CHAIN[label].loose or ("", frozenset())
        column: Any = CHAIN[label]
        for step in filter(None, path.split(".")):
            column = getattr(column, "related_model", None) or column
            column = column._meta.get_field(step)
        assert not path or states <= {value for value, _words in column.flatchoices}, label


def test_a_paper_comes_off_before_and_stays_after(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """In memory the record stands in each state in turn: one in which a file may come off, and the first in which not."""
    monkeypatch.setattr(attachments, "_held", lambda row: row)
    with scope.everything("test") as by:
        for label in TOLD:
            path, states = CHAIN[label].loose or ("", frozenset())
            holder, _dot, name = path.rpartition(".")
            row = factories.kept(CHAIN[label], where=world.mine)
            owner: Any = getattr(row, holder) if holder else row
            for state in sorted(states)[:1]:
                setattr(owner, name, state)
                attachments.detach(attachments.attach(row, io.BytesIO(pdf()), "依据.pdf", by=by), row, by=by)
            file = attachments.attach(row, io.BytesIO(pdf()), "依据.pdf", by=by)
            if name:
                setattr(
                    owner, name, next(v for v, _words in owner._meta.get_field(name).flatchoices if v not in states)
                )
            with pytest.raises(Refused, match="不能移除") as refused:
                attachments.detach(file, row, by=by)
            assert "条" in str(refused.value.article) and refused.value.instead, label
