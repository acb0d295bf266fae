"""`baozhang demo [--scale N]`: builds a fictional district in an empty database and prints its accounts."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from baozhang.ch1_general.organs.models import Organization
from baozhang.demo import district, story
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
        if Organization._base_manager.exists():
            if options["if_empty"]:
                return
            raise CommandError("数据库中已有单位，演示数据只建在空库里。")
        made = story.tell(self.stdout.write, scale=options["scale"])
        offered = [
            {
                "name": one.username,
                "password": district.PASSWORD,
                "words": f"{access.ROLES[one.role].words}　{one.organ}",
            }
            for one in made.accounts
        ]
        (settings.HOME / "demo.json").write_text(json.dumps(offered, ensure_ascii=False), encoding="utf-8")
        self.stdout.write(f"\n演示账号（密码都是 {district.PASSWORD}）：")
        for account in made.accounts:
            self.stdout.write(
                f"  {account.username:<12}{access.ROLES[account.role].words}　{account.organ}　{account.name}"
            )
