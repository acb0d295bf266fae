"""Measures the answer to a need, and a round, on a million cards and fifty thousand things in the warehouse, on PostgreSQL.

python -m bench.answers                  fills a throw-away database (10,000 cards through the product, then copied in SQL), measures
python -m bench.answers --cards 200000 --stored 10000
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SEED = 10_000
STEPS = (
    "desktop",
    "laptop",
    "printer",
    "printer_a4_mono",
    "copier",
    "scanner",
    "desk",
    "chair",
    "file_cabinet",
    "bookcase",
)


def main() -> int:
    """The bench from the command line."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--cards", type=int, default=1_000_000)
    words.add_argument("--stored", type=int, default=50_000)
    asked = words.parse_args()
    if os.environ.get("BENCH_ANSWERS"):
        measure(asked.cards, asked.stored)
        return 0
    sys.path.insert(0, str(ROOT / "scripts"))
    import postgres

    with postgres.cluster(durable=False) as made, tempfile.TemporaryDirectory() as place:
        environment = {**os.environ, "BAOZHANG_DATABASE_URL": made.url, "BAOZHANG_HOME": place, "BAOZHANG_LOG": "ERROR"}
        code = "from baozhang.site.command import main; main()"
        subprocess.run([sys.executable, "-c", code, "migrate", "--verbosity", "0"], env=environment, check=True)
        subprocess.run(
            [sys.executable, "-m", "bench.inside", "fill", place, str(SEED)], cwd=ROOT, env=environment, check=True
        )
        command = [sys.executable, "-m", "bench.answers", "--cards", str(asked.cards), "--stored", str(asked.stored)]
        return subprocess.run(command, cwd=ROOT, env={**environment, "BENCH_ANSWERS": "1"}, check=False).returncode


def copied(cards: int) -> None:
    """The cards again and again under new numbers, one in thirty of them idle."""
    from django.db import connection

    from baozhang.ch2_provision.assets.models import Card

    columns = [
        f.column
        for f in Card._meta.concrete_fields
        if f.column not in ("id", "number", "use_state", "idle_since", "source_key")
    ]
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO assets_card ({names}, number, use_state, idle_since, source_key) SELECT {names}, number || '-' || n,"
            " CASE WHEN (id + n) %% 30 = 0 THEN 'idle' ELSE use_state END, CASE WHEN (id + n) %% 30 = 0 THEN DATE '2025-01-01' ELSE idle_since END, ''"
            " FROM assets_card, generate_series(1, %s) AS n WHERE disposed IS NULL",
            [max(cards // SEED - 1, 1)],
        )
        cursor.execute("ANALYZE assets_card")


def stored(count: int) -> None:
    """Things in the warehouse of each card's own level, half of them idle cards, half only lent from there."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO warehouse_item (version, head, search, extra, organ_id, authority_id, card_id, reason, state, number, name, category, kind,"
            " model, quantity, unit, value, grade, keeping, custodian, listing, wiped, outcome, words, last_cost, repairs, entered_on)"
            " SELECT 1, '', '', '{}', c.organ_id, a.id, c.id, 'idle', 'stock', c.number, c.name, c.category, c.item, c.model, c.quantity, c.unit, c.value,"
            " (ARRAY['new','good','fair'])[1 + c.id %% 3], 'virtual', '', 'level', false, '', '', 0, 0, DATE '2026-01-05'"
            " FROM assets_card c JOIN organs_organization o ON o.id = c.organ_id"
            " JOIN organs_organization a ON a.jurisdiction_id = o.jurisdiction_id AND a.competence = 'authority'"
            " WHERE c.use_state = 'idle' AND c.disposed IS NULL AND c.item <> '' ORDER BY c.id %% 7, c.id LIMIT %s",
            [count],
        )
        cursor.execute("ANALYZE warehouse_item")


def measure(cards: int, things: int) -> None:
    """Fills, asks, prints."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "baozhang.site.settings")
    import django

    django.setup()
    from baozhang.ch1_general.organs.models import Organization
    from baozhang.ch2_provision.allocation.models import Need
    from baozhang.ch2_provision.assets.models import Card
    from baozhang.ch2_provision.warehouse.models import Item

    copied(cards)
    stored(things)
    idle = Card._base_manager.filter(use_state="idle", disposed=None).count()
    print(f"{Card._base_manager.count():,} cards, {idle:,} idle, {Item._base_manager.count():,} in the warehouse")
    organs = list(Organization._base_manager.filter(competence="").select_related("jurisdiction").order_by("pk")[:12])
    took: list[float] = []
    for turn, organ in enumerate(organs):
        for item in STEPS[turn % 3 :: 2]:
            need = Need(organ=organ, item=item, quantity=2, purpose="bench", name=item)
            took.append(answered(need))
    took.sort()
    print(
        f"answer to a need: median {statistics.median(took) * 1000:.0f} ms, 95 % {took[int(len(took) * 0.95)] * 1000:.0f} ms, {len(took)} asked"
    )


def answered(need: Any) -> float:
    """The seconds that standing and candidates of a need take."""
    from baozhang.ch2_provision.allocation.queries.candidates import candidates_of
    from baozhang.ch2_provision.allocation.queries.standing import standing_of

    begun = time.perf_counter()
    standing_of(need)
    candidates_of(need)
    return time.perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main())
