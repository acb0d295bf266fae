"""The month's charge of every card in one statement: accumulated at its end less accumulated at the end of the month before.

The same figures as `depreciation.depreciation`, in whole cents, so that both databases round half up alike: a fraction a/b
is (2a + b) / 2b in whole numbers. A test holds the two against each other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from baozhang.ch2_provision.assets.choices import GONE_STATES, DepreciationState, Method, ValueType
from baozhang.ch2_provision.assets.models.placing import NO_DEPRECIATION
from baozhang.kernel.bulk import is_postgres

from . import months

HUNDREDTHS = 10_000  # a residual rate has two decimals of a per cent


def _month(column: str) -> str:
    if is_postgres():
        return f"(EXTRACT(YEAR FROM {column})::int * 12 + EXTRACT(MONTH FROM {column})::int)"
    return f"(CAST(SUBSTR({column}, 1, 4) AS INTEGER) * 12 + CAST(SUBSTR({column}, 6, 2) AS INTEGER))"


def _whole(column: str) -> str:
    """A sum in cents, or a rate in hundredths."""
    return f"({column} * 100)::bigint" if is_postgres() else f"CAST(ROUND({column} * 100) AS INTEGER)"


def _least(*values: str) -> str:
    return f"{'LEAST' if is_postgres() else 'MIN'}({', '.join(values)})"


def _most(*values: str) -> str:
    return f"{'GREATEST' if is_postgres() else 'MAX'}({', '.join(values)})"


def _half_up(above: str, below: str) -> str:
    return f"((2 * ({above}) + ({below})) / (2 * ({below})))"


def _once() -> str:
    """What keeps PostgreSQL from writing a column's whole formula wherever its name stands, and computing it as often."""
    return " OFFSET 0" if is_postgres() else ""


def _life(terms: Mapping[str, int]) -> str:
    known = " ".join(f"WHEN '{group}' THEN {length}" for group, length in sorted(terms.items()))
    standard = f"CASE life_group {known} END" if known else "NULL"
    return f"COALESCE(life_months, {standard})"


def _accumulated(month: int, life: str) -> str:
    """What is used up by the end of a month, in cents, of a row with first, opened, gone, base and brought."""
    elapsed = _most(f"{_least(str(month), f'COALESCE(gone - 1, {month})')} - first + 1", "0")
    spread = _most(f"{life} - opened", "1")
    plain = _half_up(f"base * {_least(elapsed, life)}", life)
    before = (
        f"CASE WHEN {elapsed} < opened THEN {_half_up(f'brought * {elapsed}', _most('opened', '1'))} ELSE brought END"
    )
    rest = _half_up(f"{_most('base - brought', '0')} * {_least(f'{elapsed} - opened', spread)}", spread)
    return f"CASE WHEN brought IS NULL THEN {plain} WHEN {elapsed} <= opened THEN {before} ELSE brought + {rest} END"


# What is never depreciated, and what is there at the end of the month.
_WHERE = """
    value_type <> %s AND life_group <> %s AND method NOT IN (%s, %s) AND depreciation_state <> %s
    AND COALESCE(acquired, in_use_from, booked) <= %s
    AND (disposed > %s OR disposed IS NULL AND use_state NOT IN ({gone}))
"""


def charges(
    month: dt.date, organs: Iterable[int], terms: tuple[Mapping[str, int], Mapping[str, int]]
) -> tuple[str, list[Any]]:
    """This is the SELECT of (organ, card, category, charge, accumulated) for a month, with its values.

    `terms` are the standard's least lives at the end of the month before and of this one. Cards without a charge are left
    out. The names of groups in it come from the catalogue, never from people.
    """
    now = months.index(month)
    last = months.after(month) - dt.timedelta(days=1)
    keys = sorted(organs)
    outer = f"""
        SELECT id, organ_id, category, {_accumulated(now, "now_life")} AS upto,
               {_accumulated(now - 1, "COALESCE(then_life, now_life)")} AS before
        FROM ({_facts(terms, len(keys))}) AS card WHERE now_life IS NOT NULL{_once()}
    """
    yuan = "{0}::numeric / 100" if is_postgres() else "{0} / 100.0"
    sql = f"""
        SELECT organ_id, id, category, {yuan.format("(upto - before)")} AS charge, {yuan.format("upto")} AS accumulated
        FROM ({outer}) AS lost WHERE upto <> before
    """
    values = [
        ValueType.NOMINAL,
        NO_DEPRECIATION,
        Method.NONE,
        Method.WORK,
        DepreciationState.OFF,
        last,
        last,
        *GONE_STATES,
        *keys,
    ]
    return sql, [str(one) if isinstance(one, str) else one for one in values]


def _facts(terms: tuple[Mapping[str, int], Mapping[str, int]], organs: int) -> str:
    """What the formulas need of each card: months, life, and sums in cents."""
    then_life, now_life = (_life(one) for one in terms)
    first = _month("COALESCE(acquired, in_use_from, booked)")
    base = _half_up(f"{_whole('value')} * ({HUNDREDTHS} - COALESCE({_whole('residual_rate')}, 0))", str(HUNDREDTHS))
    return f"""
        SELECT id, organ_id, category, {first} AS first, {_month("disposed")} AS gone, {base} AS base,
               CASE WHEN depreciated_on IS NULL THEN NULL ELSE {_whole("depreciated")} END AS brought,
               COALESCE({_most(f"{_month('depreciated_on')} - {first} + 1", "0")}, 0) AS opened,
               {then_life} AS then_life, {now_life} AS now_life
        FROM assets_card WHERE {_WHERE.format(gone=", ".join(["%s"] * len(GONE_STATES)))}
        AND organ_id IN ({", ".join(["%s"] * organs) or "NULL"}){_once()}
    """
