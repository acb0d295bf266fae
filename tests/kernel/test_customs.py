"""A value of an added field is what its kind says, or is told to be none."""

from __future__ import annotations

import pytest

from baozhang.kernel.customs import CustomField, Kind, read


@pytest.mark.parametrize("said", ["NaN", "sNaN", "Infinity", "-inf", "许多"])
def test_what_is_no_number_is_none(said: str) -> None:
    field = CustomField(kind=Kind.NUMBER)
    assert read(field, "1,200.50") == "1200.50"
    with pytest.raises(ValueError, match="不是数值"):
        read(field, said)
