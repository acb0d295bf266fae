"""The regulation's own text, where it is at hand: it is not shipped, so what needs it is skipped elsewhere.

It is the file that BAOZHANG_LAW_TEXT names, else `shared/regulation/regulation-2022.txt` beside the checkout.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parent.parent
_BESIDE = [up / "shared" / "regulation" / "regulation-2022.txt" for up in list(_ROOT.parents)[:2]]


def _found() -> str:
    named = os.environ.get("BAOZHANG_LAW_TEXT", "")
    return named or next((str(path) for path in _BESIDE if path.is_file()), "")


REAL = _found()
needs_it = pytest.mark.skipif(not REAL, reason="BAOZHANG_LAW_TEXT names no file with the real regulation")
