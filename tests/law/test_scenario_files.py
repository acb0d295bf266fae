"""The scenarios of the house and the examples of the guide come true; the command says so, in an empty database of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch4_supervision.warnings import scenes
from baozhang.ch4_supervision.warnings.models import Finding
from baozhang.ch4_supervision.warnings.queries import replay
from baozhang.kernel import empty
from baozhang.law.rules import rules
from baozhang.law.scenario import outcome
from baozhang.law.scenario.language import Scenario, parse, read
from baozhang.law.scenario.playing import play
from tests import laid

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "scenarios").glob("*.yaml"))
GUIDE = ROOT / "docs" / "scenarios.md"
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.M | re.S)
ALL = [one for file in FILES for one in read(file)] + [one for text in EXAMPLES for one in parse(text, "scenarios.md")]


@pytest.mark.django_db
@pytest.mark.parametrize("scenario", ALL, ids=[f"{Path(one.node.file).stem}:{one.node.line}" for one in ALL])
def test_it_comes_true(scenario: Scenario, monkeypatch: pytest.MonkeyPatch):
    """What a scenario says comes about; and every finding of its patrols again from the ledger, whatever its record became."""

    def patrolled(day, names):
        told = scenes.patrolled(day, names)
        for finding in Finding._base_manager.all():
            again = replay(finding)
            assert again.same, (str(finding), again.why, again.differences, again.then, again.now)
        return told

    monkeypatch.setattr(outcome.PATROL, "answers", [patrolled])
    found = play(scenario)
    assert not found.error, found.error
    assert found.checks, "a scenario that expects nothing says nothing"
    assert [check for check in found.checks if not check.ok] == []


def test_the_guide_has_its_examples():
    assert len(EXAMPLES) >= 5


def test_every_rule_has_scenarios_on_both_sides():
    """Each rule is expected to find something in one place, and to find nothing (or nothing else) in another."""
    text = "\n".join(file.read_text(encoding="utf-8") for file in FILES)
    for rule in rules():
        assert re.search(rf"巡查: \[?[^\]\n]*\b{rule.name}\b", text), f"no scenario for {rule.name}"


def check(tmp_path: Path, *args: str) -> subprocess.CompletedProcess[str]:
    live = {
        **os.environ, "BAOZHANG_HOME": str(tmp_path / "home"), "DJANGO_SETTINGS_MODULE": "baozhang.site.settings",
        "BAOZHANG_DATABASE_URL": f"sqlite:///{tmp_path / 'live.sqlite3'}",
    }  # fmt: skip
    if connection.vendor == "postgresql":
        settings = connection.settings_dict
        live["BAOZHANG_DATABASE_URL"] = (
            f"postgresql://{settings['USER']}:{settings['PASSWORD']}@/{settings['NAME']}?host={settings['HOST']}&port={settings['PORT']}"
        )
    command = "from baozhang.site.command import main; main()"
    return subprocess.run(
        [sys.executable, "-c", command, "check", *args], capture_output=True, text=True, env=live, check=False
    )


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.django_db
def test_the_command(tmp_path: Path):
    wrong, home = tmp_path / "wrong.yaml", tmp_path / "home"
    home.mkdir()
    # As after the first check: laying down all tables takes fifteen seconds, and is done before this suite begins.
    own = [one for one in apps.get_app_configs() if one.label != "specimen"]
    shutil.copyfile(laid.file(), empty.copy_in(home, own))
    wrong.write_text("场景: 写错了\n在: 2025-01-01\n巡察: 是\n", encoding="utf-8")
    failed = check(tmp_path, str(wrong), str(ROOT / "scenarios" / "over_price.yaml"), "--json")
    assert failed.returncode == 1, failed.stderr
    told = json.loads(failed.stdout)
    assert told["ok"] is False
    outcomes = told["scenarios"]
    assert outcomes[0]["error"].startswith(f"{wrong}:3: ")
    assert all(one["ok"] for one in outcomes[1:])
    wrong.write_text(EXAMPLES[0].replace("金额: 1000", "金额: 999"), encoding="utf-8")
    failed = check(tmp_path, str(wrong))
    assert failed.returncode == 1
    assert "金额 999" in failed.stdout and "1000.00元" in failed.stdout
    assert not (tmp_path / "live.sqlite3").exists(), "the live database is not touched"


@pytest.mark.django_db
def test_playing_leaves_nothing_behind():
    assert play(ALL[0]).ok
    assert not Organization._base_manager.exists()
