"""`baozhang import RESOURCE FILE --organ CODE --as USER`: a workbook taken in whole or not at all, as a person of an organ."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from baozhang.kernel import access, clock, imports, scope, troubles
from baozhang.kernel.accounts import User
from baozhang.kernel.border import lookup
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Refused
from baozhang.kernel.resource import Resource, get
from baozhang.kernel.seals import models_kept

SHOWN = 50  # faults printed; --json has them all


class Command(BaseCommand):
    """The import on the command line."""

    help = "take a workbook in, all rows or none; exit 1 where a row is wrong"

    def add_arguments(self, parser: CommandParser) -> None:
        """What, from where, for which organ, as whom."""
        parser.add_argument("resource", help="such as assets/cards; `baozhang records` lists them")
        parser.add_argument("file", type=Path, help=".xlsx, .xls or .csv")
        parser.add_argument("--organ", required=True, help="code or name of the organ in which the user stands")
        parser.add_argument("--as", required=True, dest="user", help="login name of who imports")
        parser.add_argument(
            "--map", default="", metavar="NAME", help="a remembered mapping by its mark, or a JSON file"
        )
        parser.add_argument("--dry-run", action="store_true", help="check and count, write nothing")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """This will do it and end with code 1 where a row is wrong; a refusal is told in words, with code 1 too."""
        try:
            resource = _resource(options["resource"])
            who = _actor(options["user"], options["organ"])
            if not options["file"].is_file():
                raise CommandError(f"没有这个文件：{options['file']}")
            found = imports.from_file(
                resource,
                options["file"],
                organ_id=who.organ_id or 0,
                by=who,
                dry_run=options["dry_run"],
                mapping=options["map"],
            )
        except Refused as refused:
            self._refuse(refused, options["json"])
        except (OSError, DatabaseError) as error:
            if not troubles.is_full(error):
                raise
            self._refuse(troubles.refusal(), options["json"])
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, default=str))
        else:
            self._say(found, options["dry_run"])
        if found["wrong"] or found["errors"]:
            raise SystemExit(1)

    def _refuse(self, refused: Refused, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"refused": refused.as_dict()}, ensure_ascii=False))
            raise SystemExit(1) from refused
        raise CommandError(refused.told()) from refused

    def _say(self, found: dict[str, Any], dry_run: bool) -> None:
        for note in found["notes"]:
            self.stdout.write(note)
        for fault in found["errors"][:SHOWN]:
            place = " ".join(
                str(part)
                for part in (fault["sheet"], f"第 {fault['row']} 行" if fault["row"] else "", fault["column"])
                if part
            )
            value = f"“{fault['value']}”" if fault["value"] and fault["value"] not in fault["reason"] else ""
            self.stdout.write(
                f"{place}：{value}{fault['reason']}" + (f"；{fault['remedy']}" if fault["remedy"] else "")
            )
        if len(found["errors"]) > SHOWN:
            self.stdout.write(f"…另有 {len(found['errors']) - SHOWN} 处，用 --json 查看全部")
        done = "已写入" if found["written"] else ("只核对，没有写入" if dry_run else "没有写入任何一行")
        self.stdout.write(
            f"新增 {found['new']}，有改动 {found['changed']}，没有变化 {found['unchanged']}，有问题 {found['wrong']}；{done}"
        )


def _resource(slug: str) -> Resource:
    try:
        resource = get(slug)
    except LookupError as error:
        raise CommandError(str(error)) from error
    if not resource.importable or not resource.fields:
        raise CommandError(f"{slug}（{resource.title}）不能导入")
    return resource


def _actor(username: str, organ: str) -> access.Actor:
    """The user in the organ; what he may do there decides what comes in."""
    user = User._base_manager.filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError(f"没有这个账号，或已停用：{username}")
    bodies: type[Record] = next(model for model in models_kept() if model.scope_field == "id")
    with scope.everything("import"):
        body = lookup(bodies, [organ]).get(organ)
    if body is None:
        raise CommandError(f"没有这个单位：{organ}")
    who = access.actor_of(user, clock.today(), body.pk)
    if who.organ_id != body.pk:
        raise CommandError(f"{user.name} 今天在{body}没有任职")
    return who
