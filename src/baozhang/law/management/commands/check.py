"""`baozhang check FILE.yaml…`: plays scenarios in an empty database; exit 1 where an expectation does not come true."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands.check import Command as SystemCheck
from django.utils.translation import gettext as _

from baozhang.kernel.refusal import Refused
from baozhang.law.scenario.database import throwaway
from baozhang.law.scenario.language import Scenario, each
from baozhang.law.scenario.outcome import Outcome
from baozhang.law.scenario.playing import play
from baozhang.law.scenario.source import ScenarioError
from baozhang.law.terminal import table


class Command(SystemCheck):
    """Scenarios on the command line; without a file it is the framework's own check of the set-up."""

    help = (
        "Plays scenario files in an empty database and compares findings, refusals and figures with what they expect."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """This will take files or folders beside the options of the framework's check."""
        super().add_arguments(parser)
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *app_labels: Any, **options: Any) -> None:
        """This will play all scenarios of the files and print a table; exit 1 where something is otherwise."""
        if not app_labels:
            super().handle(**options)
            return
        outcomes = list(self._outcomes([Path(name) for name in app_labels]))
        if options["json"]:
            told = {"ok": all(one.ok for one in outcomes), "scenarios": [one.as_dict() for one in outcomes]}
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1, default=str))
        else:
            self._print(outcomes)
        wrong = sum(not one.ok for one in outcomes)
        if wrong:
            raise CommandError(
                _("%(wrong)s 个场景不符，共 %(all)s 个。") % {"wrong": wrong, "all": len(outcomes)}, returncode=1
            )

    def _outcomes(self, paths: list[Path]) -> Iterator[Outcome]:
        scenarios: list[Scenario | Outcome] = []
        for path in paths:
            files = sorted([*path.rglob("*.yaml"), *path.rglob("*.yml")]) if path.is_dir() else [path]
            if not files:
                raise CommandError(_("%(path)s 里没有 .yaml 文件。") % {"path": path})
            for file in files:
                try:
                    for told in each(file):
                        scenarios.append(told if isinstance(told, Scenario) else _unread(file, *told))
                except ScenarioError as error:
                    scenarios.append(Outcome(file.name, str(file), error.line, error=str(error)))
        try:
            with throwaway():
                for one in scenarios:
                    yield play(one) if isinstance(one, Scenario) else one
        except Refused as refused:
            raise CommandError(refused.told()) from refused

    def _print(self, outcomes: list[Outcome]) -> None:
        for one in outcomes:
            mark = self.style.SUCCESS(_("相符")) if one.ok else self.style.ERROR(_("不符"))
            count = _("%(count)s 项预期") % {"count": len(one.checks)}
            self.stdout.write(f"{mark}  {one.title}（{Path(one.file).name}:{one.line}，{count}）")
            if one.error:
                self.stdout.write(f"    {one.error}")
            wrong = [check for check in one.checks if not check.ok]
            if wrong:
                head = [_("行"), _("何处"), _("应当"), _("实际")]
                for line in table([head, *([str(c.line), c.place, c.expected, c.got] for c in wrong)]):
                    self.stdout.write(f"    {line}")


def _unread(file: Path, title: str, error: ScenarioError) -> Outcome:
    return Outcome(title, str(file), error.line, error=str(error))
