"""Workbooks in and out: the import of a ledger, a faulty one, and exports, each beside its limit."""

from __future__ import annotations

import csv
import http.client
import io
import time
from typing import Any

import rustpy_xlsxwriter
from django.db import connection

from baozhang.ch2_provision.assets.models import Card
from baozhang.kernel import imports as importing
from baozhang.kernel import resource

from . import workbook
from .fill import tidy
from .meter import Measure, memory, own_memory, own_peak, used
from .reference import Reference
from .room import Room
from .serving import Server, cookie_of, product

IMPORT = "calamine, checks by dictionaries, COPY of cards and log rows into the same tables"
COLUMNS = "number, name, category, quantity, value, acquired, use_state, custodian, department, organ_id"


def imports(room: Room) -> list[Measure]:
    """The import of a workbook of cards as an agency's clerk, everything checked and entered in the ledger."""
    organ, rows = room.city.empty[0], room.part
    path = workbook.write(room.place / "ours", organ, rows)
    before = own_memory()
    with used() as ours:
        found = importing.from_file(resource.get("assets/cards"), path, organ_id=organ, by=room.clerk(organ))
    peak = own_peak()
    if not found["written"] or found["new"] != rows:
        raise SystemExit(f"the import failed: {found['wrong']} wrong, {found['new']} new, {found['errors'][:2]}")
    organ = room.city.empty[1]
    reference = Reference(workbook.write(room.place / "reference", organ, rows), organ, rows)
    with used() as limit:
        reference.run()
    tidy()
    rate = rows / ours.wall
    return [
        Measure(
            "import", f"import of {rows:,} cards from .xlsx, checks, rights, ledger", ">= 4,000 rows/s, <= 2.5 x limit, < 500 MB",
            met=rate >= 4_000 and ours.wall <= 2.5 * limit.wall and peak < 500, median=ours.wall, rate=rate, unit="rows/s",
            limit=limit.wall, limit_words=IMPORT, ratio=ours.wall / limit.wall, app_cpu=ours.app, server_cpu=ours.server, peak=peak,
            notes=[f"process before {before:.0f} MB", f"limit CPU {limit.app:.1f} + {limit.server:.1f} s"],
        )
    ]  # fmt: skip


def faulty(room: Room) -> list[Measure]:
    """A workbook with two wrong cells in every hundredth row: all are named at once, nothing is written."""
    organ, rows = room.city.empty[2], room.part
    path = workbook.write(room.place / "faulty", organ, rows, wrong_every=100)
    with used() as ours:
        found = importing.from_file(resource.get("assets/cards"), path, organ_id=organ, by=room.clerk(organ))
    wrong = rows // 100
    left = Card._base_manager.filter(organ_id=organ).count()
    sound = (found["wrong"], len(found["errors"]), left) == (wrong, 2 * wrong, 0)
    tidy()
    return [
        Measure(
            "faulty", f"the same with {wrong:,} wrong rows", f"{2 * wrong:,} faults at once, nothing written", met=sound,
            median=ours.wall, rate=rows / ours.wall, unit="rows/s", app_cpu=ours.app, server_cpu=ours.server, peak=own_peak(),
            notes=[f"{len(found['errors']):,} faults in {found['wrong']:,} rows, {left} cards written"],
        )
    ]  # fmt: skip


def exports(room: Room) -> list[Measure]:
    """Exports of filtered rows as .csv and .xlsx, streamed from the real server to a client that throws them away."""
    cookie = cookie_of(room.city.city_reader)
    query, count = _filtered(room)
    made = []
    with product() as server:
        server.get(f"/assets/cards/export.csv?{query}&organ={room.city.organs[1]}", cookie)
        for form, target in (("csv", 5.0), ("xlsx", 6.0)):
            before = memory(server.pid)
            with used(server.pid) as cpu:
                seconds, size, first, peak = _download(server, f"/assets/cards/export.{form}?{query}", cookie)
            limit = _limit(form, query)
            grown = peak - before
            made.append(
                Measure(
                    f"export-{form}", f"export of {count:,} filtered rows as .{form}", f"< {target:.0f} s, growth < 100 MB",
                    met=seconds < target and grown < 100, median=seconds, rate=count / seconds, unit="rows/s", limit=limit,
                    limit_words=("COPY TO" if room.postgres else "csv.writer") if form == "csv" else "one query and rustpy-xlsxwriter",
                    ratio=seconds / limit, app_cpu=cpu.app, server_cpu=cpu.server, peak=peak,
                    notes=[f"{size / 1e6:.1f} MB", f"first byte after {first:.2f} s", f"grown by {grown:.0f} MB"],
                )
            )  # fmt: skip
    return made


def _filtered(room: Room) -> tuple[str, int]:
    """A filter that lets about as many rows through as are wanted: by category and the days of acquisition."""
    days = list(
        Card._base_manager.filter(category="equipment")
        .order_by("acquired")
        .values_list("acquired", flat=True)[: room.part]
    )
    rows = Card._base_manager.filter(category="equipment", acquired__lte=days[-1])
    return f"category=equipment&acquired_to={days[-1]}", rows.count()


def _download(server: Server, path: str, cookie: str) -> tuple[float, int, float, float]:
    """Seconds, bytes, seconds until the first byte, and the largest size of the server meanwhile."""
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=300)
    begun = time.perf_counter()
    line.request("GET", path, headers={"Cookie": cookie})
    answer = line.getresponse()
    size = first = peak = 0.0
    while piece := answer.read(1 << 18):
        first = first or time.perf_counter() - begun
        size += len(piece)
        peak = max(peak, memory(server.pid))
    if answer.status != 200:
        raise SystemExit(f"the export answered {answer.status}")
    return time.perf_counter() - begun, int(size), first, peak


def _limit(form: str, query: str) -> float:
    """How long the same rows take without the product."""
    last = query.rpartition("=")[2]
    sql = f"SELECT {COLUMNS} FROM assets_card WHERE category = 'equipment' AND acquired <= '{last}' ORDER BY id DESC"
    begun = time.perf_counter()
    with connection.cursor() as cursor:
        if form == "csv" and connection.vendor == "postgresql":
            with cursor.copy(f"COPY ({sql}) TO STDOUT WITH (FORMAT csv)") as copy:
                for _piece in copy:
                    pass
            return time.perf_counter() - begun
        cursor.execute(sql)
        rows: Any = cursor.fetchall()
    if form == "csv":
        csv.writer(io.StringIO()).writerows(rows)
    else:
        names = COLUMNS.split(", ")
        records = [dict(zip(names, map(str, row), strict=True)) for row in rows]
        rustpy_xlsxwriter.FastExcel(io.BytesIO()).sheet("limit", records).save()
    return time.perf_counter() - begun
