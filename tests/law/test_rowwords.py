"""What the rows of tables of figures are called."""

from __future__ import annotations

from baozhang.law.figures import catalogue, spec
from baozhang.law.rowwords import CHOICES


def test_every_choice_of_a_row_has_words() -> None:
    bare = [
        (key, name, choice)
        for key in catalogue()
        for name, choices in spec(key).keys
        for choice in choices or ()
        if name in CHOICES and choice not in CHOICES[name]
    ]
    assert bare == []
