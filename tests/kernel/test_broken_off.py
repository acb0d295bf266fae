"""Broken off in the middle: killed, or out of disk. Nothing is lost, nothing is doubled, and the next try ends it."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.db import connection
from django.test import Client
from tests import factories
from tests.kernel.test_imports import book, officer  # noqa: F401 -- a fixture
from tests.scratch import COMMAND, Scratch, scratch

from baozhang.kernel import imports, jobs
from baozhang.kernel.imports import ImportSession

ROWS = 12
HEADINGS = ["资产编号", "资产名称", "价值", "取得日期", "车牌号", "权属人"]
STEPS = """
import datetime as dt, json, os, sys
import django
django.setup()
sys.path.insert(0, os.environ["TESTS"])
from django.core.management import call_command
from django.db import connections
from baozhang.ch4_supervision.warnings import patrol as patrols
from baozhang.ch4_supervision.warnings.models import Finding, Run
from baozhang.kernel import access, corrections, import_jobs, imports, intake, jobs, ledger, resource, scope
from baozhang.kernel.accounts import User
from tests import factories
from tests.kernel import test_broken_off as test

intake.PIECE = 3

def dying(owner, name, nth=1):
    real, count = getattr(owner, name), [0]
    def act(*args, **kwargs):
        found = real(*args, **kwargs)
        count[0] += 1
        if count[0] == nth:
            os.kill(os.getpid(), 9)
        return found
    setattr(owner, name, act)

POINTS = {
    "none": lambda: None, "placed": lambda: dying(corrections, "place"), "half": lambda: dying(intake, "accept", 3),
    "end": lambda: dying(intake.Intake, "end"), "kept": lambda: dying(imports, "keep"),
    "found": lambda: dying(patrols._Round, "_write"), "resolved": lambda: dying(patrols._Round, "resolve", 2),
    "begun": lambda: dying(patrols, "keep"),
}

def clerk():
    return access.actor_of(User._base_manager.get(username="zhao"), dt.date.today())

def prepare():
    factories.organ("管理局", competence="authority", code="GLJ")
    factories.person("zhao", "asset_clerk", factories.organ("教育局", code="JYJ"))

def upload():
    by = clerk()
    with scope.within(by):
        made = imports.upload(resource.get("assets/cards"), test.cards(), "c.xlsx", organ_id=by.organ_id, by=by)
        imports.preview(made, by=by)

def commit(inline=10**9):
    import_jobs.INLINE = inline
    by = clerk()
    with scope.within(by):
        import_jobs.commit(imports.ImportSession._base_manager.latest("pk"), by=by, url="/")

def ask():
    commit(0)

def worker():
    call_command("worker", once=True)

def stale():
    jobs.Job.objects.update(alive_at=dt.datetime(2020, 1, 1, tzinfo=dt.timezone.utc))

def patrol():
    patrols.patrol()

def verify():
    call_command("ledger", "verify")

def counts():
    cards = resource.get("assets/cards").model._base_manager.count()
    live = Finding._base_manager.filter(rule="title_holder").exclude(state="resolved")
    return {
        "cards": cards, "entries": ledger.Entry.objects.filter(kind="assets.card").count(),
        "sessions": list(imports.ImportSession._base_manager.order_by("pk").values_list("state", flat=True)),
        "jobs": list(jobs.Job.objects.filter(name="import-commit").values_list("state", "attempts")),
        "findings": live.count(), "subjects": live.values("subject_id").distinct().count(),
        "runs": list(Run._base_manager.order_by("pk").values_list("state", flat=True)),
    }

for what, point in json.loads(sys.argv[1]):
    connections.close_all()
    child = os.fork()
    if child == 0:
        POINTS[point]()
        globals()[what]()
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print("STEP", json.dumps([status, counts()]), flush=True)
"""


def cards(count: int = ROWS) -> io.BytesIO:
    """A sheet of cars in a stranger's name."""
    lines = [[f"C{n:04d}", "轿车", 100000 + n, "2023-01-10", f"沪A{n:05d}", "某公司"] for n in range(count)]
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        for at, line in enumerate([HEADINGS, *lines]):
            sheet.write_row(at, 0, line)
    file.seek(0)
    return file


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Scratch]:
    """A database of its own for processes that are killed."""
    with scratch(tmp_path) as made:
        yield ready(made)


def ready(place: Scratch) -> Scratch:
    place.environment["TESTS"] = str(Path(__file__).resolve().parents[2])
    (place.home / "steps.py").write_text(STEPS)
    return place


def played(place: Scratch, *steps: str) -> list[tuple[int, dict[str, Any]]]:
    """Does steps one after the other, each in a process of its own: `commit` or, to be killed there, `commit:half`."""
    plan = [[*step.split(":"), "none"][:2] for step in ("prepare", *steps)]
    done = place.run(sys.executable, place.home / "steps.py", json.dumps(plan))
    lines = [json.loads(line[5:]) for line in done.stdout.splitlines() if line.startswith("STEP ")]
    assert len(lines) == len(plan), done.stderr[-3000:]
    found = [(status, counts) for status, counts in lines][1:]
    wanted = [-9 if ":" in step else 0 for step in steps]
    assert [status for status, _counts in found] == wanted, (steps, found, done.stderr[-3000:])
    return found


@pytest.mark.slow
@pytest.mark.real_clock
def test_an_import_that_is_killed_wrote_nothing_and_then_all_of_it_once(place: Scratch) -> None:
    steps = ("upload:placed", "upload", "commit:half", "commit:end", "commit:kept", "commit", "commit", "verify")
    found = [(one["cards"], one["entries"], one["sessions"]) for _status, one in played(place, *steps)]
    assert found[0] == (0, 0, [])
    assert found[1:5] == [(0, 0, ["checked"])] * 4
    assert found[5:] == [(ROWS, ROWS, ["committed"])] * 3


@pytest.mark.slow
@pytest.mark.real_clock
def test_a_worker_killed_in_the_middle_of_an_import_is_followed_by_one_that_ends_it(place: Scratch) -> None:
    found = [one for _status, one in played(place, "upload", "ask", "worker:end", "stale", "worker", "verify")]
    assert (found[2]["cards"], found[2]["jobs"]) == (0, [["running", 1]])
    last = found[-1]
    assert (last["cards"], last["entries"], last["sessions"]) == (ROWS, ROWS, ["committed"])
    assert last["jobs"] == [["done", 2]]


@pytest.mark.slow
@pytest.mark.real_clock
def test_a_patrol_killed_anywhere_is_taken_up_by_the_next(place: Scratch) -> None:
    steps = ("upload", "commit", "patrol:begun", "patrol:found", "patrol:resolved", "patrol", "patrol", "verify")
    last = played(place, *steps)[-1][1]
    assert last["findings"] == last["subjects"] == ROWS
    assert last["runs"] == ["broken", "broken", "broken", "done", "done"]


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few megabytes."""
    where = tmp_path / "small"
    where.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", where], capture_output=True, check=False
    )
    if mounted.returncode:
        if os.environ.get("BAOZHANG_REQUIRE_ALL") == "1" and os.geteuid() == 0:
            pytest.fail(f"no small disk: {mounted.stderr.decode()}")
        pytest.skip("mounting a small disk needs root")
    yield where
    subprocess.run(["umount", "-l", where], check=False)


def fill(disk: Path, leave: int) -> Path:
    """Fills a disk up to some bytes."""
    ballast = disk / "ballast"
    ballast.write_bytes(b"\0" * max(0, shutil.disk_usage(disk).free - leave))
    return ballast


@pytest.mark.django_db
def test_a_full_disk_refuses_a_file_clearly_and_keeps_nothing_of_it(
    officer: Any, small: Path, settings: Any, as_user: Any  # noqa: F811
) -> None:  # fmt: skip
    factories.organ("甲局")
    settings.HOME, settings.FILE_UPLOAD_TEMP_DIR = small, str(small)
    client: Client = as_user("zhao")
    client.raise_request_exception = False
    rows = [["甲局", "处级及以下", 12, 9, "2024-1-1"]]

    def brought(padding: int = 0) -> Any:
        file = book(*rows, *[["", "", "", "", ""]] * padding)
        file.name = "heads.xlsx"
        return client.post("/organs/headcounts/import/", {"file": file})

    ballast = fill(small, 1024)
    refused = brought()
    assert refused.status_code == 507
    assert "服务器磁盘已满" in refused.content.decode() and "没有丢失" in refused.content.decode()
    assert ImportSession._base_manager.count() == 0 and not list((small / "imports").glob("*"))
    json = client.post("/api/organs/headcounts/import", {"file": book(*rows)})
    assert (json.status_code, json.json()["what"]) == (507, "服务器磁盘已满，这一步没有完成")
    ballast.unlink()
    assert brought().status_code == 302 and ImportSession._base_manager.count() == 1


@pytest.mark.slow
@pytest.mark.real_clock
@pytest.mark.django_db
def test_a_database_without_room_takes_a_whole_import_back(small: Path) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the server's disk is not ours to fill")
    with scratch(small) as place:
        played(ready(place))
        (sheet := small / "cards.xlsx").write_bytes(cards(200).getvalue())
        words = ("import", "assets/cards", sheet, "--organ", "JYJ", "--as", "zhao")
        ballast = fill(small, 64 * 1024)
        full = place.run(COMMAND, *words)
        assert full.returncode == 1 and "服务器磁盘已满" in full.stderr and "Traceback" not in full.stderr, full.stderr
        ballast.unlink()
        assert place.ask("select count(*) from assets_card") == [(0,)]
        again = place.run(COMMAND, *words)
        assert again.returncode == 0, again.stdout
        assert place.ask("select count(*) from assets_card") == [(200,)]
        assert played(place, "verify")[-1][1]["entries"] == 200


@pytest.mark.django_db
def test_a_job_says_that_the_disk_was_full_and_can_be_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    full = [True]

    def work(job: jobs.Job) -> dict[str, Any]:
        if full:
            raise OSError(28, "No space left on device")
        return {}

    monkeypatch.setitem(jobs.WORKS, "full", work)
    job = jobs.ask("full", key="full")
    jobs.perform(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error.splitlines()[0]) == ("failed", "服务器磁盘已满，这一步没有完成")
    full.clear()
    jobs.perform(jobs.ask("full", key="full").pk)
    job.refresh_from_db()
    assert job.state == "done"


@pytest.mark.django_db
def test_a_file_handed_in_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(imports.corrections.os, "fsync", fails)
    with pytest.raises(OSError, match="No space"):
        imports.corrections.place(io.BytesIO(b"abc"), tmp_path / "file")
    assert list(tmp_path.iterdir()) == []
