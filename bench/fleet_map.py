"""The fleet map with thousands of moving vehicles in a real browser: how long until all of them are drawn, how smoothly they go on.

    python -m bench.fleet_map [--vehicles 5000] [--loads 5] [--picture FILE]

builds a database of its own, starts the server, moves every vehicle each five seconds, and opens the page in headless Chromium.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path
from random import Random
from typing import Any

PASSWORD = "bench-only-2026"
MOVE = 5.0  # seconds
FRAMES = "() => new Promise(done => { let n = 0; const begun = performance.now(); const next = () => { n++; performance.now() - begun < 3000 ? requestAnimationFrame(next) : done(n / 3) }; next() })"


def main() -> None:
    """Prints the figures, one a line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--vehicles", type=int, default=5_000)
    parser.add_argument("--loads", type=int, default=5)
    parser.add_argument("--port", type=int, default=8791)
    parser.add_argument("--picture", default="")
    options = parser.parse_args()
    os.environ["BAOZHANG_HOME"] = tempfile.mkdtemp(prefix="baozhang-map-")
    os.environ["BAOZHANG_ADDRESS"] = f"http://127.0.0.1:{options.port}"
    os.environ["DJANGO_SETTINGS_MODULE"] = "baozhang.site.settings"
    from .positions import ready

    ready()
    keys = enter(options.vehicles)
    ended = threading.Event()
    move(keys, 0)
    moving = threading.Thread(target=keep_moving, args=(keys, ended), daemon=True)
    moving.start()
    command = [
        sys.executable,
        "-c",
        "from baozhang.site.command import main; main()",
        "serve",
        "--port",
        str(options.port),
        "--no-worker",
    ]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait(os.environ["BAOZHANG_ADDRESS"])
        look(os.environ["BAOZHANG_ADDRESS"], options)
    finally:
        ended.set()
        moving.join()
        server.terminate()
        server.wait(30)


def enter(count: int) -> list[int]:
    """Terminals of forty agencies, somebody who may see all of them, and the streets under them; the terminals' keys."""
    import json

    from django.conf import settings

    from baozhang.ch1_general.organs.models import Appointment, Jurisdiction, Organization
    from baozhang.ch2_provision.vehicles.models import Terminal
    from baozhang.ch2_provision.vehicles.telemetry import streets
    from baozhang.kernel import clock, scope
    from baozhang.kernel.accounts import User
    from baozhang.kernel.record import keep

    with scope.everything("bench") as by:
        place = Jurisdiction(code="990000", name="江海市", level="city")
        keep(place, by=by)
        organs = [
            Organization(
                name=f"江海市第{n}局",
                short=f"第{n}局",
                code=f"B{n}",
                jurisdiction=place,
                kind="administration",
                competence="authority" if n == 0 else "",
            )
            for n in range(40)
        ]
        keep(organs, by=by)
        user = User(username="bench", name="看图人")
        user.set_password(PASSWORD)
        keep(user, by=by)
        keep(Appointment(user=user, organ=organs[0], role="asset_officer", since=clock.today()), by=by)
        rows = [
            Terminal(organ=organs[n % 40], phone=str(13_000_000_000 + n), plate=f"沪A{n:05d}") for n in range(count)
        ]
        keep(rows, by=by)
    settings.MAP_GROUND.write_text(json.dumps(streets.ground()), encoding="utf-8")
    return [row.pk for row in rows]


def move(keys: list[int], turn: int) -> None:
    """This will put every vehicle a little further, in one batch."""
    from baozhang.ch2_provision.vehicles.telemetry import streets
    from baozhang.ch2_provision.vehicles.telemetry.points import Batch
    from baozhang.ch2_provision.vehicles.telemetry.store import STORE

    batch, now, places = Batch(), int(time.time()), streets.net().places
    for key in keys:
        chance = Random(key)
        a, b = places[chance.randrange(len(places))], places[chance.randrange(len(places))]
        share = (turn * 0.004 + chance.random()) % 1
        lat, lon = streets.degrees((a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share))
        batch.points.append(
            (
                key,
                (
                    now,
                    round(lat * 1e6),
                    round(lon * 1e6),
                    5,
                    chance.randint(150, 600),
                    chance.randrange(360),
                    3,
                    0,
                    None,
                    None,
                    None,
                    None,
                    now,
                ),
            )
        )
        batch.heard[key] = now
    STORE.append(batch)


def keep_moving(keys: list[int], ended: threading.Event) -> None:
    """This will move them until it is told to end."""
    from django.db import connection

    turn = 0
    while not ended.wait(MOVE):
        turn += 1
        move(keys, turn)
    connection.close()


def wait(address: str) -> None:
    """Until the server answers."""
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/login/", timeout=5).read()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("bench: the server did not come up")


def look(address: str, options: Any) -> None:
    """Opens the page again and again; the first time is with an empty cache."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))
    from playwright.sync_api import sync_playwright
    from system import BROWSER_FLAGS
    from system import browser as chromium

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=BROWSER_FLAGS)
        page = browser.new_page(base_url=address, viewport={"width": 1440, "height": 900}, locale="zh-CN")
        page.goto("/login/")
        page.fill("input[name=username]", "bench")
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda url: "/login/" not in url)
        painted, contents = [], []
        for _ in range(options.loads):
            page.goto("/vehicles/map/")
            page.wait_for_selector("#fleet[data-painted]", timeout=60_000)
            painted.append(int(page.get_attribute("#fleet", "data-painted") or 0))
            contents.append(
                page.evaluate("() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime || 0")
            )
        words = page.inner_text("#fleet-counts")
        frames = page.evaluate(FRAMES)
        size = page.evaluate(
            "() => performance.getEntriesByType('resource').filter(e => e.name.includes('positions.json')).map(e => Math.round(e.transferSize / 1024))"
        )
        if options.picture:
            page.screenshot(path=str(Path(options.picture)))
        browser.close()
    print(words)
    print(f"first paint of the page: first time {contents[0]:,.0f} ms, median {statistics.median(contents):,.0f} ms")
    print(
        f"all vehicles drawn, from the click on: first time {painted[0]:,} ms, median of {len(painted)} {statistics.median(painted):,.0f} ms, worst {max(painted):,} ms"
    )
    print(f"then {frames:.0f} frames a second while they glide; answers of {', '.join(map(str, size[:4]))} KB")


if __name__ == "__main__":
    main()
