"""The texts that cells of an .xlsx share: a small file may repeat one long text in a million cells.

The native reader gives every cell a copy of its own, so what counts is the length of a text times its uses.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable

from django.utils.translation import gettext as _

from .limits import Limits
from .refusals import SheetError, damaged

_TEXT = re.compile(rb"<(?:[\w.-]+:)?si(?=[\s/>])")
_USE = re.compile(rb"""\bt\s*=\s*["']s["'][^>]*>\s*<(?:[\w.-]+:)?v[^>]*>\s*([0-9]{1,9})""")


class SharedTexts:
    """This is the running measure of the shared texts and of how often cells could use them."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._sizes = array("Q")
        self._uses = 0
        self._inside = False

    def begin(self) -> None:
        """This will be told that a new part begins; parts are known by what they hold, for names can lie."""
        self._inside = False

    def add(self, piece: bytes) -> None:
        """This will take a piece of a part, which must end before a tag begins."""
        if b"<si" in piece or b":si" in piece:
            self._add_texts(piece)
        elif self._inside:
            self._sizes[-1] += len(piece)
        else:
            # Each cell that uses a text has two closing tags.
            self._uses += piece.count(b"</") // 2 + 1

    def _add_texts(self, piece: bytes) -> None:
        starts = [found.start() for found in _TEXT.finditer(piece)]
        if not starts:
            return
        if self._sizes and not self._inside:
            raise damaged()  # a second list of texts
        if self._inside:
            self._sizes[-1] += starts[0]
        # The distance between two texts bounds the length of the first.
        self._sizes.extend(after - before for before, after in zip(starts, [*starts[1:], len(piece)], strict=True))
        self._inside = True
        if len(self._sizes) > self._limits.cells:
            raise _too_much(self._limits)

    @property
    def is_suspicious(self) -> bool:
        """This is whether the longest text in every cell would be too much, so that uses must be counted exactly."""
        return max(self._sizes, default=0) * self._uses > self._limits.cell_text

    def check(self, pieces: Iterable[bytes]) -> None:
        """This will go through the sheets once more and raise `SheetError` where texts times uses are too much."""
        left, known, sizes = self._limits.cell_text, len(self._sizes), self._sizes
        for piece in pieces:
            left -= sum(sizes[index] for index in map(int, _USE.findall(piece)) if index < known)
            if left < 0:
                raise _too_much(self._limits)


def _too_much(limits: Limits) -> SheetError:
    return SheetError(
        _("工作簿的文字重复过多，展开后超过 %(most)d MB，已拒绝打开。") % {"most": limits.cell_text >> 20},
        "bomb",
        _("请拆分为几个文件上传。"),
    )
