"""What the rows of tables of figures are called."""

from __future__ import annotations

from baozhang.law.figures import catalogue, spec
from baozhang.law.rowwords import CHOICES, _among, chosen


def test_every_choice_of_a_row_has_words() -> None:
    bare = [
        (key, name, choice)
        for key in catalogue()
        for name, choices in spec(key).keys
        for choice in choices or ()
        if name in CHOICES and choice not in CHOICES[name]
    ]
    assert bare == []


def row_keys_of(key: str) -> list[str]:
    """What 中型客车 is in a table; its other keys are of no matter here."""
    return _among(key, "body", chosen("body", "中型客车"))


def test_a_middle_sized_bus_is_a_bus_where_the_table_knows_no_other() -> None:
    known = {key: dict(spec(key).keys).get("body") or () for key in catalogue()}
    (fine, *_others) = [key for key, bodies in known.items() if "middle_bus" in bodies]
    (coarse, *_others) = [key for key, bodies in known.items() if "bus" in bodies and "middle_bus" not in bodies]
    assert row_keys_of(fine) == ["middle_bus"] and row_keys_of(coarse) == ["bus"]
