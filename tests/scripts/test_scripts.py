"""Set-up and checks themselves: what is skipped, what ends, what counts as failed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import check
import postgres
import prepare
import pytest
import system

SCRIPTS = Path(prepare.__file__).parent


def test_a_step_runs_again_only_when_its_inputs_change_or_its_product_is_gone(tmp_path):
    source, product, runs = tmp_path / "in", tmp_path / "out", []

    def act() -> None:
        runs.append(1)
        product.write_text("made")

    def prepare_once(text: str) -> int:
        source.write_text(text)
        prepare.Stamps(tmp_path / "stamps.json").once("step", [source], [product], act)
        return len(runs)

    assert [prepare_once("a"), prepare_once("a"), prepare_once("b"), prepare_once("b")] == [1, 1, 2, 2]
    product.unlink()
    assert prepare_once("b") == 3


def test_a_step_that_fails_leaves_no_stamp(tmp_path):
    stamps = prepare.Stamps(tmp_path / "stamps.json")
    with pytest.raises(prepare.Halt, match="exit code 1"):
        stamps.once("step", ["x"], [], lambda: prepare.run("false"))
    assert not prepare.Stamps(tmp_path / "stamps.json").marks


def test_a_check_that_cannot_run_is_named_and_fails_where_all_is_required(monkeypatch, capsys):
    left_out = check.Check("something", ("false",), obstacle="there is none here")
    monkeypatch.delenv("BAOZHANG_REQUIRE_ALL", raising=False)
    assert check.summary([check.run(left_out)]) == 0
    assert "0 passed, 0 failed, 1 skipped" in capsys.readouterr().out
    monkeypatch.setenv("BAOZHANG_REQUIRE_ALL", "1")
    assert check.summary([check.run(left_out)]) == 1


def test_one_failed_check_does_not_hide_the_next(capfd):
    outcomes = [check.run(check.Check("bad", ("false",))), check.run(check.Check("good", ("true",)))]
    assert check.summary(outcomes) == 1
    assert "checks: 1 passed, 1 failed" in capfd.readouterr().out


needs_server = pytest.mark.skipif(system.postgres_bin() is None, reason="there is no PostgreSQL 15 here")


def alive(pid: int) -> bool:
    """True while a process runs (a finished one that nobody has fetched does not count)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@needs_server
@pytest.mark.slow
def test_a_throw_away_server_answers_and_leaves_nothing():
    code = "import os, psycopg; print(psycopg.connect(os.environ['BAOZHANG_DATABASE_URL']).execute('show fsync').fetchone()[0])"
    command = [sys.executable, str(SCRIPTS / "postgres.py"), "--", sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "off"), done.stderr


@needs_server
@pytest.mark.slow
@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGKILL])
def test_the_server_ends_with_whoever_asked_for_it(sign):
    starter = subprocess.Popen([sys.executable, str(SCRIPTS / "postgres.py")], stdout=subprocess.PIPE, text=True)
    assert starter.stdout
    folder = Path(starter.stdout.readline().split("host=")[1].split("&")[0])
    pid = int((folder / "data" / "postmaster.pid").read_text().split()[0])
    assert alive(pid)
    starter.send_signal(sign)
    starter.communicate(timeout=20)
    deadline = time.monotonic() + 20
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not alive(pid)
    postgres.sweep(folder.parent)  # the next server does this; a killed starter could not
    assert not folder.exists()
    assert starter.returncode == (143 if sign == signal.SIGTERM else -signal.SIGKILL)


def test_the_callers_environment_goes_along(monkeypatch):
    monkeypatch.setenv("BAOZHANG_DATABASE_URL", "postgresql://somewhere/else")
    monkeypatch.setenv("SSL_CERT_FILE", "certificates")
    kept = check.Check("x", ("true",)).environment()
    assert kept["SSL_CERT_FILE"] == "certificates" and "BAOZHANG_DATABASE_URL" not in kept
    assert check.Check("x", ("true",), embedded=False).environment()["BAOZHANG_DATABASE_URL"]
    assert os.environ["BAOZHANG_DATABASE_URL"]
