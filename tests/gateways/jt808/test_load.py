"""The load that measures the gateway says plainly what cannot be done here, and leaves nothing running behind it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from bench import position_load
from django.conf import settings
from django.db import connection

from baozhang.ch2_provision.vehicles.models import RecentPosition
from tests.gateways.jt808.test_fleet import url_of

ROOT = Path(__file__).resolve().parents[3]
# What `bench.positions load` does once the tables are there: a second whose positions are counted, then one that does not end.
LOAD = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "baozhang.site.settings"
import django
django.setup()
from bench import position_load as load
load.enter(20)
with load.gateway_running() as (gateway, ports):
    load.drive(ports, 20, 5, [(100, 1.0)], 2, gateway.pid)
    load.drive(ports, 20, 5, [(100, 300.0)], 1, gateway.pid)
"""


def test_too_many_lines_are_refused_with_what_to_do() -> None:
    why = position_load.too_many(20_000, 0, 20_000)
    assert "--udp 80" in why and "--terminals 19920" in why and "ulimit -Hn 20080" in why
    assert position_load.too_many(20_000, 80, 20_000) == ""
    assert position_load.too_many(19_920, 0, 20_000) == ""


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.real_clock
@pytest.mark.usefixtures("db")
def test_terminals_over_both_transports_are_all_answered_and_all_ends_with_the_load() -> None:
    more = {"BAOZHANG_DATABASE_URL": url_of(connection), "BAOZHANG_HOME": str(settings.HOME)}
    with subprocess.Popen(
        [sys.executable, "-c", LOAD], stdout=subprocess.PIPE, text=True, env=os.environ | more, cwd=ROOT
    ) as load:
        assert load.stdout
        said = ""
        while "all there" not in said:
            line = load.stdout.readline()
            assert line, said
            said += line
        assert "20 of 20 connected" in said and "(5 over UDP, 2 client processes)" in said
        stored = RecentPosition.objects.count()
        assert 90 <= stored <= 100, "a client rounds its share of the rate"
        assert f"{stored} rows of {stored} sent, 0 doubtful: all there" in said
        while "connected" not in load.stdout.readline():
            assert load.poll() is None
        children = psutil.Process(load.pid).children(recursive=True)
        assert len([one for one in children if "gateway" in one.cmdline()]) == 1 and len(children) >= 2
        load.kill()  # the hardest: nothing of its own runs any more
        load.wait(60)
        _gone, left = psutil.wait_procs(children, timeout=20)
        assert not left
