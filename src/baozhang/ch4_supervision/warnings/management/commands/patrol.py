"""`baozhang patrol`: the rules look at all records; prints what each found, or the same as JSON."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from baozhang.ch4_supervision.warnings.patrol import Count, Report, patrol
from baozhang.kernel import clock, schedule
from baozhang.kernel.refusal import Refused
from baozhang.law.judge import plain
from baozhang.law.terminal import table


class Command(BaseCommand):
    """The patrol on the command line."""

    help = "Judges all records by the rules in force and brings the findings up to date."

    def add_arguments(self, parser: CommandParser) -> None:
        """This will take the day, the rules, and how to print."""
        parser.add_argument(
            "--day", type=dt.date.fromisoformat, help="judge as of this day; another than today keeps nothing"
        )
        parser.add_argument("--rule", action="append", default=[], help="only this rule; may be given several times")
        parser.add_argument("--dry-run", action="store_true", help="keep nothing, only say what is found")
        parser.add_argument("--back", action="store_true", help="keep a first run for the past day")
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        """This will patrol and print; exit 1 where a rule failed or the patrol was refused."""
        try:
            if not options["dry_run"] and options["day"] in (None, clock.today()):
                schedule.follow()  # perhaps no worker has been at work since the records came in
            report = patrol(day=options["day"], names=options["rule"], dry=options["dry_run"], back=options["back"])
        except Refused as refused:
            raise CommandError(refused.told()) from refused
        except LookupError as error:
            raise CommandError(str(error.args[0])) from error
        if options["json"]:
            self.stdout.write(
                json.dumps({**plain(report.as_dict()), "found_now": _found(report)}, ensure_ascii=False, indent=1)
            )
        else:
            self._print(report)
        if report.total("error_count"):
            raise CommandError(_("有规则出错，见上。"), returncode=1)

    def _print(self, report: Report) -> None:
        kept = _("已更新线索") if report.kept else _("只判断，没有写入")
        self.stdout.write(_("%(day)s 巡查（%(kept)s）") % {"day": report.day, "kept": kept})
        heads = [_("规则"), _("条文"), _("查看"), _("发现"), _("新增"), _("变化"), _("消除"), _("在册"), _("待核实")]
        rows = [[name, *_cells(count)] for name, count in sorted(report.counts.items())]
        total = [
            _("合计"),
            "",
            *(str(report.total(n)) for n in ("looked", "found", "new", "changed", "resolved", "open")),
            "",
        ]
        for line in table([heads, *rows, total]):
            self.stdout.write(line)
        for name, count in report.counts.items():
            for key, times in count.unjudged.items():
                self.stdout.write(
                    _("待核实：%(rule)s 因 %(key)s 没有有效值，%(times)s 项没有判断")
                    % {"rule": name, "key": key, "times": times}
                )
            for error in count.errors:
                self.stdout.write(self.style.ERROR(_("出错：%(rule)s %(error)s") % {"rule": name, "error": error}))


def _cells(count: Count) -> list[str]:
    numbers = (
        count.looked,
        count.found,
        count.new,
        count.changed,
        count.resolved,
        count.open,
        sum(count.unjudged.values()),
    )
    return [count.article, *map(str, numbers)]


def _found(report: Report) -> list[dict[str, Any]]:
    return [
        {
            "rule": one.rule.name, "article": one.rule.article, "kind": one.label, "subject": one.pk, "name": str(one.subject),
            "organ": one.organ_id, "key": one.key, "sentence": str(one.verdict.sentence), "facts": one.facts(),
            "figures": one.figures(), "amount": None if one.verdict.amount is None else str(one.verdict.amount),
        }
        for one in report.found
    ]  # fmt: skip
