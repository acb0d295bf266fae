"""What the ledger writes of a new record: all that is said, nothing that is not, in canonical JSON."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from tests import factories

from baozhang.ch2_provision.assets.models import Card
from baozhang.kernel import bulk, ledger, plain, seals
from baozhang.kernel.accounts import User
from baozhang.kernel.past import as_of

pytestmark = pytest.mark.django_db


def test_the_text_is_the_canonical_json_of_what_is_said() -> None:
    card = Card(
        organ_id=3, number='A"1\\', name="椅\n子", value=Decimal("12.50"), acquired=dt.date(2024, 5, 6), extra={"b": [1], "a": None},
    )  # fmt: skip
    row = plain.snapper(Card)(card)
    said = {name: value for name, value in plain.plain_values(Card, row).items() if value not in (None, "", {})}
    text = plain.first_text(Card, row)
    assert text == bulk.dump_json(said)
    assert json.loads(text)["value"] == "12.50"
    assert "remarks" not in text and "disposed" not in text


def test_a_masked_value_stays_masked() -> None:
    text = plain.first_text(
        User, plain.snapper(User)(User(username="li", name="李", password="secret", phone="13800000000"))
    )
    assert "secret" not in text and "13800000000" not in text
    assert text.count("sm3:") == 2


def test_what_was_left_out_comes_back_and_is_watched() -> None:
    where = factories.organ("甲局")
    card = factories.save(Card(organ=where, number="1", name="椅子", value=Decimal(5)))
    first = json.loads(ledger.history("assets.card", card.pk)[0].changes)
    assert "remarks" not in first
    then = as_of(Card, card.pk, 1)
    assert then is not None and then.remarks == "" and then.acquired is None and then.extra == {}
    assert seals.verify().sound
    Card._base_manager.filter(pk=card.pk).update(remarks="过后添上")
    assert not seals.verify().sound
