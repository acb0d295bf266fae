"""`baozhang demo [--scale N]`: builds a fictional district in an empty database and prints its accounts."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from baozhang.ch1_general.organs.models import Organization
from baozhang.demo import district, story, vehicles
from baozhang.kernel import access


class Command(BaseCommand):
    """The demonstration."""

    help = "build the fictional district 云间区 with two years of history"

    def add_arguments(self, parser: CommandParser) -> None:
        """How large, and whether an existing one is left alone."""
        parser.add_argument("--scale", type=float, default=1.0, help="1 is about 20,000 cards")
        parser.add_argument("--if-empty", action="store_true", help="do nothing where there are organizations already")

    def handle(self, *args: Any, **options: Any) -> None:
        """This will build it; an existing database is never touched."""
        kept = settings.HOME / "demo.json"
        if Organization._base_manager.exists():
            if not options["if_empty"]:
                raise CommandError("数据库中已有单位，演示数据只建在空库里。")
            if kept.exists():
                vehicles.lay_ground()
                self._say(json.loads(kept.read_text(encoding="utf-8")))
            return
        made = story.tell(self.stdout.write, scale=options["scale"])
        offered = [
            {
                "name": one.username,
                "password": district.PASSWORD,
                "words": f"{access.ROLES[one.role].words}　{one.organ}",
            }
            for one in made.accounts
        ]
        vehicles.lay_ground()
        kept.write_text(json.dumps(offered, ensure_ascii=False), encoding="utf-8")
        self._say(offered)

    def _say(self, accounts: list[dict[str, str]]) -> None:
        self.stdout.write(f"\n演示账号（密码都是 {district.PASSWORD}）：")
        for account in accounts:
            self.stdout.write(f"  {account['name']:<12}{account['words']}")
