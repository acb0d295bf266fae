"""The accounts of the government accounting system on which cards are booked (政府会计制度, 财务会计科目).

`data/accounts.csv` says of each whether its number was read in a published table of the system (`checked`); the others
are known, not read, and are shown as 待核实 wherever they stand.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from . import Category

TABLE = Path(__file__).with_name("data") / "accounts.csv"

BANK, OTHER_RECEIVABLE, TO_TREASURY = "1002", "1218", "2103"
STORES, FIXED, FIXED_LOST, INTANGIBLE, INTANGIBLE_LOST = "1302", "1601", "1602", "1701", "1702"
UNDER_WAY, PENDING, MOVED, FORMER_YEARS = "1613", "1902", "3401", "3501"
OTHER_INCOME, EXPENSE, DISPOSAL_EXPENSE = "4609", "5001", "5301"


@dataclass(frozen=True, slots=True)
class Account:
    """This is one account: its number, its name, and whether its number was read in a published table."""

    code: str
    name: str
    checked: bool


@lru_cache(maxsize=1)
def accounts() -> dict[str, Account]:
    """These are the accounts by number."""
    with TABLE.open(encoding="utf-8") as file:
        return {row["code"]: Account(row["code"], row["name"], row["checked"] == "yes") for row in csv.DictReader(file)}


def of_value(category: str) -> str:
    """This is the account that carries the value of a category."""
    if category == Category.INTANGIBLE:
        return INTANGIBLE
    return STORES if category == Category.MATERIAL else FIXED


def of_loss(category: str) -> str:
    """This is the account that carries the depreciation of a category."""
    return INTANGIBLE_LOST if category == Category.INTANGIBLE else FIXED_LOST
