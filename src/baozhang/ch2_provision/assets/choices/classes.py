"""The small table of classes that ships with the product, both editions; the full standard is loaded as records."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from . import Edition

TABLE = Path(__file__).with_name("data") / "classes.csv"
_BLANK = re.compile(r"[\s\u200b\ufeff.\-]+")
_BARE_2010 = re.compile(r"[1-6]\d{6}")


@dataclass(frozen=True, slots=True)
class KnownClass:
    """This is a class of the shipped table; `verified` is false where its meaning is own knowledge only."""

    edition: str
    code: str
    name: str
    category: str
    verified: bool


def is_bare(code: str) -> bool:
    """This is true for the seven bare digits in which GB/T 14885-2010 itself writes a code (2010104)."""
    return _BARE_2010.fullmatch(_BLANK.sub("", str(code))) is not None


@lru_cache(maxsize=20_000)
def tidy(code: str) -> str:
    """This is a class code in one spelling: full-width letters, blanks and bare 2010 digits (2010104 is A02010104)."""
    text = _BLANK.sub("", unicodedata.normalize("NFKC", str(code))).upper()
    return f"A0{text}" if _BARE_2010.fullmatch(text) else text


@lru_cache(maxsize=20_000)
def stem(code: str) -> str:
    """This is a code without the pairs of zeros at its end: the beginning of all codes below it."""
    while len(code) > 3 and code.endswith("00"):
        code = code[:-2]
    return code


@lru_cache(maxsize=1)
def table() -> dict[tuple[str, str], KnownClass]:
    """This is the shipped table: (edition, stem) → class."""
    with TABLE.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    known = (KnownClass(r["edition"], r["code"], r["name"], r["category"], r["source"] == "seen") for r in rows)
    return {(one.edition, stem(one.code)): one for one in known}


@lru_cache(maxsize=20_000)
def exact(edition: str, code: str) -> KnownClass | None:
    """This is the shipped class with exactly that code; None where the table has none."""
    return table().get((edition, stem(tidy(code))))


@lru_cache(maxsize=20_000)
def category_of(edition: str, code: str) -> str:
    """This is the main category of a code, without an edition only where both agree; empty where it cannot be told."""
    found = {
        known.category if (known := nearest(one, code)) else "" for one in ([edition] if edition else Edition.values)
    }
    return found.pop() if len(found) == 1 else ""


@lru_cache(maxsize=20_000)
def nearest(edition: str, code: str) -> KnownClass | None:
    """This is the shipped class with that code or the nearest one above it; None outside the table."""
    begin = stem(tidy(code))
    while len(begin) >= 3:
        if found := table().get((edition, begin)):
            return found
        begin = begin[:-2] if len(begin) % 2 else begin[:-1]
    return None


@lru_cache(maxsize=20_000)
def edition_of(code: str, words: str) -> str:
    """This is the edition under which a code means what the words of its row say; empty where that decides nothing."""
    if is_bare(code):
        return str(Edition.OLD)
    fits = [edition for edition in (Edition.NEW, Edition.OLD) if _fits(exact(edition, code), words)]
    return str(fits[0]) if len(fits) == 1 else ""


def _fits(known: KnownClass | None, words: str) -> bool:
    return known is not None and bool(words) and (known.name in words or words in known.name)
