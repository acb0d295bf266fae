"""`baozhang ledger verify | prove RECORD | seal`: the ledger, checked, proved and sealed."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from baozhang.kernel import resource, scope, seals
from baozhang.kernel.numbers import whole


class Command(BaseCommand):
    """The ledger on the command line."""

    help = "verify the whole ledger, prove one record's history, or seal the days before today"

    def add_arguments(self, parser: CommandParser) -> None:
        """Which of the three."""
        parts = parser.add_subparsers(dest="what", required=True)
        parts.add_parser("verify").add_argument("--json", action="store_true")
        prove = parts.add_parser("prove")
        prove.add_argument("record", help="assets/cards:17 (by key) or assets/cards:ZC-0001 (by number)")
        parts.add_parser("seal")

    def handle(self, *args: Any, **options: Any) -> None:
        """This will do it; verify ends with code 1 where something is wrong."""
        with scope.everything("账本检查"):
            getattr(self, f"_{options['what']}")(options)

    def _verify(self, options: dict[str, Any]) -> None:
        report = seals.verify()
        if options["json"]:
            self.stdout.write(json.dumps({**report.__dict__, "sound": report.sound}, ensure_ascii=False))
        else:
            for problem in report.problems:
                self.stdout.write(problem)
            said = "完好" if report.sound else f"发现 {len(report.problems) + report.hidden} 处问题"
            self.stdout.write(
                f"账本{said}：{report.entries} 条，{report.records} 个记录，{report.seals} 次封账，{report.unsealed} 条待封"
            )
        if not report.sound:
            raise SystemExit(1)

    def _seal(self, options: dict[str, Any]) -> None:
        made = seals.seal()
        self.stdout.write(
            f"封账 {len(made)} 天" + (f"，最后一天 {made[-1].day}，根 {bytes(made[-1].root).hex()}" if made else "")
        )

    def _prove(self, options: dict[str, Any]) -> None:
        slug, _sep, key = options["record"].rpartition(":")
        try:
            one = resource.get(slug)
        except LookupError as error:
            raise CommandError(str(error)) from error
        rows = one.model._base_manager.all()
        found = rows.filter(pk=whole(key)).first()
        if found is None and one.model.natural:
            found = rows.filter(**{one.model.natural[-1]: key}).first()
        if found is None:
            raise CommandError(f"没有找到 {options['record']}")
        self.stdout.write(json.dumps(seals.prove(one.label, found.pk), ensure_ascii=False, indent=2))
