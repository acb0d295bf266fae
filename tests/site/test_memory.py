"""What a process that answers weighs after a morning of browsing; heavy libraries come with whoever first needs them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.scratch import scratch

MOST = 150  # MB resident
PREPARE = """
import os, sys
import django
django.setup()
sys.path.insert(0, os.environ["TESTS"])
from tests import factories
from baozhang.ch2_provision.assets.models import Card
where = factories.organ("教育局", code="JYJ")
factories.person("zhao", "asset_clerk", where)
for _ in range(60):
    factories.kept(Card, where=where)
"""
BROWSE = """
import json, re, sys
import psutil
from baozhang.site.wsgi import application
from django.contrib.auth import get_user_model
from django.test import Client
client = Client(SERVER_NAME="localhost")
client.force_login(get_user_model()._base_manager.get(username="zhao"), backend="baozhang.kernel.accounts.Backend")
page = client.get("/assets/cards/").content.decode()
card = re.search(r"/assets/cards/(\\d+)/", page).group(0)
seen = {}
for address in ("/", "/assets/cards/", "/assets/cards/?q=计算机&sort=-value", card, f"{card}edit/", f"{card}history/", f"{card}why/net/",
                "/assets/cards/export.csv", "/assets/cards/export.xlsx", "/assets/cards/import/", "/search/?q=tsj", "/warnings/findings/",
                "/law/", "/notices/"):
    answer = client.get(address)
    b"".join(answer)
    seen[address] = answer.status_code
weight = psutil.Process().memory_info().rss / 1e6
heavy = [name for name in ("typst", "xlsxwriter", "ninja", "pydantic", "pypinyin", "numpy", "scipy", "segno") if name in sys.modules]
api = client.get("/api/assets/cards/").status_code
print("WEIGHT", json.dumps([weight, heavy, api, seen]))
"""


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.real_clock
@pytest.mark.django_db
def test_a_process_stays_small(tmp_path: Path) -> None:
    with scratch(tmp_path) as place:
        place.environment.update(TESTS=str(Path(__file__).resolve().parents[2]), BAOZHANG_HOSTS="localhost")
        prepared = place.run(sys.executable, "-c", PREPARE)
        assert prepared.returncode == 0, prepared.stderr[-2000:]
        done = place.run(sys.executable, "-c", BROWSE)
        assert done.returncode == 0, done.stderr[-2000:]
    said = next(line for line in done.stdout.splitlines() if line.startswith("WEIGHT "))
    weight, heavy, api, seen = json.loads(said[7:])
    assert set(seen.values()) == {200}, seen
    assert heavy == []
    assert api == 200
    assert weight < MOST, f"{weight:.0f} MB after browsing"
