"""Numbers of documents: gapless in a series, never the same twice, taken in the transaction that issues."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import transaction

from .register import NumberSeries

# Without 0 O 1 I, which are read for one another; 32 characters, so each letter of a code is worth five bits.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 20
GROUP = 4


def words(word: str, year: int, serial: int) -> str:
    """This is a number as it is written: 沪云机管〔2026〕12号."""
    return f"{word}〔{year}〕{serial}号"


def blank(word: str, year: int) -> str:
    """This is the number of a draft: its word and year, and a gap; 沪云机管〔2026〕号."""
    return f"{word.strip() or '（代字）'}〔{year}〕号"


def take(organ: int, word: str, year: int) -> int:
    """This will take the next number of a series and hold the series until the transaction ends.

    Whoever comes second waits; a transaction that is undone gives its number back, so that there is no gap. On the
    embedded database the one write lock does the same. RuntimeError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a number is taken in the transaction that issues the document")
    NumberSeries.objects.bulk_create([NumberSeries(organ_id=organ, word=word, year=year)], ignore_conflicts=True)
    series = NumberSeries.objects.select_for_update(no_key=True).get(organ_id=organ, word=word, year=year)
    series.last += 1
    series.save(update_fields=["last"])
    return series.last


def fresh_code() -> str:
    """This is a new verify code, a hundred random bits: not to be guessed, and saying nothing."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def shown(code: str) -> str:
    """This is a code in groups of four, as people read it out."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def read(text: str) -> str:
    """This is a typed code without blanks and dashes; empty where it cannot be one."""
    code = "".join(char for char in text.upper() if not char.isspace() and char not in "-—－_")[: CODE_LENGTH + 1]
    return code if len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) else ""


def address(code: str) -> str:
    """This is the public address that verifies a code."""
    return f"{settings.PUBLIC_ADDRESS}/public/verify/{code}/"
