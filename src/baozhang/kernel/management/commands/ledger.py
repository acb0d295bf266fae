"""`baozhang ledger verify | prove RECORD | seal`: the ledger, checked, proved and sealed."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError, CommandParser

from baozhang.kernel import scope, seals, verification
from baozhang.kernel.border import called
from baozhang.kernel.numbers import whole
from baozhang.kernel.resource import Resource

SHOWN = 5  # records of one number that are named, where it is not clear which is meant


class Command(BaseCommand):
    """The ledger on the command line."""

    help = "verify the whole ledger, prove one record's history, or seal the days before today"

    def add_arguments(self, parser: CommandParser) -> None:
        """Which of the three."""
        parts = parser.add_subparsers(dest="what", required=True)
        parts.add_parser("verify").add_argument("--json", action="store_true")
        prove = parts.add_parser("prove")
        prove.add_argument(
            "record", help="the address of its page, assets/cards:17, or by number: assets/cards:ZC-0001"
        )
        parts.add_parser("seal")

    def handle(self, *args: Any, **options: Any) -> None:
        """This will do it; verify ends with code 1 where something is wrong."""
        with scope.everything("账本检查"):
            getattr(self, f"_{options['what']}")(options)

    def _verify(self, options: dict[str, Any]) -> None:
        report = seals.verify(sealed_before=verification.seals_counted())
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
        one, key = _named(options["record"])
        rows = one.model._base_manager.all()
        number = whole(key)
        found = list(rows.filter(pk=number)) if number is not None else []
        if one.model.natural:
            found += [row for row in rows.filter(**{one.model.natural[-1]: key})[:SHOWN] if row.pk != number]
        if not found:
            raise CommandError(f"没有找到“{one.title}”{key}；可写记录页面的地址，或编号")
        if len(found) > 1:
            said = "；".join(f"{one.slug}/{row.pk} 是 {row}" for row in found)
            raise CommandError(f"“{key}”不止指一条记录：{said}")
        self.stdout.write(json.dumps(seals.prove(one.label, found[0].pk), ensure_ascii=False, indent=2))


def _named(record: str) -> tuple[Resource, str]:
    """The class of record and the key or number out of `assets/cards:17`, `资产卡片:ZC-0001`, or the address of its page."""
    text = (urlsplit(record).path if "://" in record else record).strip("/")
    word, _sep, key = text.rpartition(":") if ":" in text else text.rpartition("/")
    try:
        return called(word), key
    except LookupError:
        what = "没有这类记录" if word else "没有写是哪类记录"
        raise CommandError(
            f"{what}：{record}；写法如 assets/cards:17、assets/cards:ZC-0001，或记录页面的地址；各类记录见 `baozhang records`"
        ) from None
