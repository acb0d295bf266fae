"""`baozhang law load FILE`: the official text goes in from the office's own file; `law rules` and `law figures` say what is judged by what."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from baozhang.kernel import scope
from baozhang.kernel.refusal import Refused
from baozhang.law.catalogue import catalogue
from baozhang.law.loading import Loaded, load
from baozhang.law.rules import SEVERITIES, rules
from baozhang.law.terminal import table


class Command(BaseCommand):
    """The regulation on the command line."""

    help = "Loads the regulation's official text; what the screens say of articles in our own words needs no loading."

    def add_arguments(self, parser: CommandParser) -> None:
        """This will take what to do, the file, and how to print."""
        sub = parser.add_subparsers(dest="what", required=True)
        loading = sub.add_parser("load", help="load the text of the regulation from a plain text file")
        loading.add_argument("file")
        loading.add_argument("--dry-run", action="store_true", help="only say what the file holds")
        loading.add_argument("--json", action="store_true", help="for machines")
        for what, said in (
            ("rules", "list the rules, with their articles"),
            ("figures", "list the catalogued figures, with their units and rows"),
        ):
            listing = sub.add_parser(what, help=said)
            listing.add_argument("word", nargs="?", default="", help="only those whose name or title holds this word")
            listing.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        """This will load and print; exit 1 where the file is refused, and then nothing has changed."""
        if options["what"] != "load":
            self._list(options["what"], options["word"], options["json"])
            return
        try:
            with scope.everything(_("导入法规文本")) as by:
                loaded = load(options["file"], by=by, dry=options["dry_run"])
        except Refused as refused:
            if options["json"]:
                self.stdout.write(json.dumps(refused.as_dict(), ensure_ascii=False, indent=1))
            raise CommandError(f"{refused.told()}{_('没有改变任何内容。')}", returncode=1) from refused
        if options["json"]:
            self.stdout.write(json.dumps(loaded.as_dict(), ensure_ascii=False, indent=1))
        else:
            self._print(loaded)

    def _list(self, what: str, word: str, machine: bool) -> None:
        rows = [
            one for one in (_rules() if what == "rules" else _figures()) if any(word in text for text in one.values())
        ]
        if machine:
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
            return
        for line in (
            table([list(one.values()) for one in rows]) if rows else [_("没有找到“%(word)s”。") % {"word": word}]
        ):
            self.stdout.write(line)

    def _print(self, loaded: Loaded) -> None:
        states = {
            "new": _("已导入"),
            "unchanged": _("与已导入的文本相同，没有改变"),
            "would_be_new": _("可以导入（试运行，没有写入）"),
        }
        self.stdout.write(f"《{loaded.title}》 {states[loaded.state]}")
        self.stdout.write(
            _("章 %(chapters)s，节 %(sections)s，条 %(articles)s，款 %(paragraphs)s，项 %(items)s；%(day)s 起施行") % {
                **loaded.as_dict(), "day": loaded.in_force_from,
            }
        )  # fmt: skip
        for line in loaded.doubts:
            self.stdout.write(_("存疑：%(line)s") % {"line": line})
        for line in loaded.differences:
            self.stdout.write(_("与索引不同：%(line)s") % {"line": line})


def _rules() -> list[dict[str, str]]:
    return [
        {
            "name": one.name, "title": one.title, "article": one.article, "severity": str(SEVERITIES[one.severity]),
            "since": str(one.since),
        }
        for one in rules()
    ]  # fmt: skip


def _figures() -> list[dict[str, str]]:
    return [
        {
            "key": one.key, "title": one.name, "unit": one.unit_name, "rows": "、".join(name for name, _choices in one.keys),
            "state": "" if one.verified else _("待核实"),
        }
        for one in catalogue().values()
    ]  # fmt: skip
