"""Every finding of every scenario of the house comes about again from the ledger, also when its record has changed since."""

from __future__ import annotations

from pathlib import Path

import pytest

from baozhang.ch4_supervision.warnings import scenes
from baozhang.ch4_supervision.warnings.models import Finding
from baozhang.ch4_supervision.warnings.queries import replay
from baozhang.law.scenario import outcome
from baozhang.law.scenario.language import Scenario, read
from baozhang.law.scenario.playing import play

FOLDER = Path(__file__).resolve().parents[2] / "scenarios"


def _finds(scenario: Scenario) -> bool:
    """Whether any of its acts or its end expects a finding."""
    said = [act.parts[part].value for act in scenario.acts for part in ("findings", "only") if part in act.parts]
    return any(said)  # an empty list says that nothing is found


# Those that expect a finding of a patrol; others tell of refusals and of what a rule leaves alone.
ALL = [one for file in sorted(FOLDER.glob("*.yaml")) for one in read(file) if _finds(one)]


@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.parametrize("scenario", ALL, ids=[f"{Path(one.node.file).stem}:{one.node.line}" for one in ALL])
def test_it_comes_about_again(scenario, monkeypatch):
    seen = []

    def patrolled(day, names):
        told = scenes.patrolled(day, names)
        for finding in Finding._base_manager.all():
            again = replay(finding)
            assert again.same, (str(finding), again.why, again.differences, again.then, again.now)
            seen.append(finding.pk)
        return told

    monkeypatch.setattr(outcome.PATROL, "answers", [patrolled])
    assert play(scenario).ok
    assert seen
