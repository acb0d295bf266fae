"""A masked value enters the ledger as one digest, however the database hands its parts back."""

from baozhang.kernel.documents.register import Document
from baozhang.kernel.plain import plain_value


def test_json_has_one_digest_in_whatever_order_its_parts_stand() -> None:
    one, other = {"甲": 1, "乙": {"b": 2, "a": [1]}}, {"乙": {"a": [1], "b": 2}, "甲": 1}
    assert plain_value(Document, "content", one) == plain_value(Document, "content", other)
    assert plain_value(Document, "content", one).startswith("sm3:")
    assert plain_value(Document, "content", one) != plain_value(Document, "content", {**one, "甲": 2})
