"""`baozhang begin …`: the first body of an empty database and its three administrators, whose passwords are shown once."""

from __future__ import annotations

import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from baozhang.ch1_general.organs import roles
from baozhang.ch1_general.organs.choices import Competence, Kind, Level
from baozhang.ch1_general.organs.models import Appointment, Jurisdiction, Organization
from baozhang.ch2_provision.assets.actions import seed_classes
from baozhang.kernel import clock, scope
from baozhang.kernel.access import ROLES, Actor
from baozhang.kernel.accounts import User
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused
from baozhang.site.admin.accounts import hand_out

SEATS = (roles.SYSTEM_ADMIN, roles.SECURITY_ADMIN, roles.AUDIT_ADMIN)


class Command(BaseCommand):
    """The beginning of an installation; everything else is done on the screens."""

    help = "enter the city, its support authority, the three administrators and the classes of assets that are shipped into an empty database"

    def add_arguments(self, parser: CommandParser) -> None:
        """The place, the body, and one person for each administrator's seat."""
        parser.add_argument("--code", required=True, help="the city's code, such as 310000")
        parser.add_argument("--city", required=True, help="its name")
        parser.add_argument("--short", required=True, help="one or two characters for document numbers")
        parser.add_argument("--authority", required=True, help="the name of its support authority")
        for seat in ("system", "security", "audit"):
            parser.add_argument(f"--{seat}", required=True, metavar="LOGIN=NAME", help=f"the {seat} administrator")

    def handle(self, *args: Any, **options: Any) -> None:
        """This will enter all of it or nothing; a database with organizations is left alone."""
        if Organization._base_manager.exists():
            raise CommandError(_("数据库中已有单位；其余单位、账号和任职请由管理员在界面上办理。"))
        if not re.fullmatch(r"[0-9]{6}", options["code"]):
            raise CommandError(_("区划代码“%(code)s”应是六位数字。") % {"code": options["code"]})
        people = [self._person(options[seat]) for seat in ("system", "security", "audit")]
        try:
            with transaction.atomic(), scope.everything("首次安装") as by:
                given = self._enter(options, people, by)
                seed_classes(by)
        except Refused as refusal:
            raise CommandError(refusal.told()) from refusal
        for role, (user, password) in zip(SEATS, given, strict=True):
            self.stdout.write(f"{ROLES[role].words}  {user.name}  {user.username}  {password}")
        self.stdout.write(_("密码只在这里显示一次，请交给本人；首次登录时须改掉。"))

    def _person(self, text: str) -> User:
        login, _equals, name = text.partition("=")
        if not login or not name:
            raise CommandError(_("“%(text)s”应写成 登录名=姓名。") % {"text": text})
        return User(username=login, name=name)

    def _enter(self, options: dict[str, Any], people: list[User], by: Actor) -> list[tuple[User, str]]:
        city = Jurisdiction(code=options["code"], name=options["city"], short=options["short"], level=Level.CITY)
        keep(city, by=by)
        body = Organization(
            code=f"{options['code']}001", name=options["authority"], short=options["authority"][:20], kind=Kind.INSTITUTION,
            competence=Competence.AUTHORITY, jurisdiction=city, document_word=f"{options['short']}机管",
        )  # fmt: skip
        keep(body, by=by)
        for user in people:
            user.set_unusable_password()
        keep(people, by=by)
        seats = zip(people, SEATS, strict=True)
        keep([Appointment(user=user, organ=body, role=role, since=clock.today()) for user, role in seats], by=by)
        return hand_out(people, by=by)
