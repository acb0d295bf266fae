"""Jurisdictions, organizations, headcount in time, appointments and deputies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc

from baozhang.kernel import access, bulk
from baozhang.kernel.fixed import Fixed
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault, Forbidden, Refused
from baozhang.kernel.statement import Statement

from .choices import BANDS_SAID, Band, Competence, Kind, Level, State


class Jurisdiction(Record):
    """A level of government with its own support authority: the city, a district, a town (article 4)."""

    code = models.CharField(_("区划代码"), max_length=12, unique=True)
    name = models.CharField(_("名称"), max_length=40)
    short = models.CharField(_("简称"), max_length=10, blank=True, help_text=_("用于发文字号等处"))
    level = models.CharField(_("层级"), max_length=10, choices=Level.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    path = models.CharField(_("路径"), max_length=60, unique=True, editable=False, help_text=_("自上而下的区划代码"))

    scope_field = None
    natural = ("code",)
    called = ("code", "name")
    searched = ("code", "name")

    class Meta:
        verbose_name = _("行政区划")
        ordering = ("path",)
        constraints = [
            models.CheckConstraint(
                condition=Q(parent__isnull=True, level=Level.CITY) | Q(parent__isnull=False) & ~Q(level=Level.CITY),
                name="city_is_the_root",
                violation_error_message=_("市为最上级，区和乡镇必须有上级"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def derive(self) -> None:
        """This will set the path from the parent's."""
        self.path = f"{self.parent.path if self.parent else ''}{self.code}/"

    def faults(self) -> Iterable[Any]:
        """A place within itself."""
        if self.pk and self.parent_id == self.pk:
            yield self.fault_of("parent", _("区划不能隶属于自身"), str(self), _("请选择上级区划"))

    def fixed(self) -> Fixed | None:
        """Code and parent where organs or places are below: they, and figures issued for them, are known by the path."""
        if not self.pk or not (
            Jurisdiction._base_manager.filter(parent=self.pk).exists()
            or Organization._base_manager.filter(jurisdiction=self.pk).exists()
        ):
            return None
        return Fixed(
            ("code", "parent"),
            _("有下级区划或者单位的区划不能改代码和上级"),
            _("请登记新的区划，将单位改属新区划"),
        )


class Organization(Record):
    """A body in the register; an agency of one of the ten kinds, or a body with a part in the work (articles 2, 4)."""

    code = models.CharField(_("单位编码"), max_length=30, unique=True)
    name = models.CharField(_("单位名称"), max_length=80)
    short = models.CharField(_("简称"), max_length=20, blank=True)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    kind = models.CharField(_("机关类别"), max_length=20, choices=Kind.choices)
    competence = models.CharField(_("职能"), max_length=12, choices=Competence.choices, blank=True, default="")
    field = models.CharField(_("监督领域"), max_length=20, blank=True, help_text=_("监督部门的领域，如审计、监察"))
    jurisdiction = models.ForeignKey(
        Jurisdiction, models.PROTECT, related_name="organizations", verbose_name=_("行政区划")
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级单位")
    )
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("承接单位")
    )
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.ACTIVE)
    founded = models.DateField(_("设立日期"), null=True, blank=True)
    ended = models.DateField(_("终止日期"), null=True, blank=True)
    address = models.CharField(_("地址"), max_length=120, blank=True)
    document_word = models.CharField(_("机关代字"), max_length=12, blank=True, help_text=_("发文字号中的代字"))

    scope_field = "id"
    natural = ("code",)
    called = ("code", "name", "short")
    searched = ("code", "name", "short", "uscc")

    class Meta:
        verbose_name = _("单位")
        ordering = ("code",)
        constraints = [
            models.UniqueConstraint(
                fields=["uscc"],
                condition=~Q(uscc=""),
                name="uscc_once",
                violation_error_message=_("统一社会信用代码已被其他单位使用"),
            ),
            models.UniqueConstraint(
                fields=["jurisdiction", "competence"],
                condition=Q(competence__in=["authority", "finance"], state="active"),
                name="one_authority_and_finance",
                violation_error_message=_("同一行政区划只能有一个机关事务管理部门和一个财政部门（第四条）"),
            ),
            models.CheckConstraint(
                condition=Q(state="active", ended__isnull=True) | ~Q(state="active"),
                name="active_has_no_end",
                violation_error_message=_("正常单位不应有终止日期"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def faults(self) -> Iterable[Any]:
        """A credit code with a wrong check digit; an ended body without its date, ended before it was founded, its own heir."""
        if self.uscc and not uscc.is_valid(self.uscc):
            yield Fault(
                _("统一社会信用代码不符合 GB 32100 校验规则"), "uscc", self.uscc, column=str(_("统一社会信用代码"))
            )
        if self.state != State.ACTIVE and self.ended is None:
            yield Fault(_("请填写终止日期"), "ended", column=str(_("终止日期")))
        if self.ended is not None and self.founded is not None and self.ended < self.founded:
            yield self.fault_of("ended", _("终止日期早于设立日期"), self.ended)
        if self.successor_id is not None and self.successor_id == self.pk:
            yield self.fault_of("successor", _("承接单位不能是本单位"), self.name)

    def still_begins(self, what: str, day: dt.date) -> None:
        """One that is abolished, merged or restructured by a day only winds up; who takes over begins what is new (article 2)."""
        if self.state == State.ACTIVE or self.ended is None or self.ended > day:
            return
        heir = self.successor.name if self.successor is not None else gettext("承接的单位")
        raise Refused(
            gettext("%(organ)s%(state)s，不能新办“%(what)s”") % {"organ": self, "state": self.get_state_display(), "what": what},
            why=gettext("终止日期 %(day)s，从这一天起只办理未了事项：归还、移交、处置、入仓、结算和缴库。") % {"day": self.ended},
            article="第二条", instead=gettext("请由%(heir)s办理。") % {"heir": heir}, facts={gettext("终止日期"): self.ended},
        )  # fmt: skip


class Headcount(Record):
    """The established and actual heads of an organization by rank band in a period (drives quotas, article 12)."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="headcounts", verbose_name=_("单位"))
    band = models.CharField(_("职级档次"), max_length=12, choices=Band.choices)
    quota = models.PositiveIntegerField(_("编制人数"))
    actual = models.PositiveIntegerField(_("实有人数"))
    since = models.DateField(_("起始日期"))
    until = models.DateField(_("截止日期"), null=True, blank=True)
    document = models.CharField(_("依据文号"), max_length=60, blank=True)

    natural = ("organ_id", "band", "since")
    synonyms: ClassVar[Mapping[str, Mapping[str, str]]] = {"band": BANDS_SAID}
    exclusive_period = (("organ_id", "band"), "since", "until")

    class Meta:
        verbose_name = _("编制与实有人数")
        ordering = ("organ", "band", "since")
        constraints = [
            models.UniqueConstraint(fields=["organ", "band", "since"], name="headcount_once"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="headcount_period",
                violation_error_message=_("截止日期早于起始日期"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organ} {self.get_band_display()} {self.since}"


class Appointment(Record):
    """A user holding a role in an organization from a day, perhaps to a day."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="appointments", verbose_name=_("人员")
    )
    organ = models.ForeignKey(Organization, models.PROTECT, related_name="appointments", verbose_name=_("单位"))
    role = models.CharField(_("角色"), max_length=40, choices=access.role_choices)
    since = models.DateField(_("起始日期"))
    until = models.DateField(_("截止日期"), null=True, blank=True)

    natural = ("user_id", "organ_id", "role", "since")
    exclusive_period = (("user_id", "organ_id", "role"), "since", "until")

    class Meta:
        verbose_name = _("任职")
        ordering = ("user", "organ", "since")
        constraints = [
            models.UniqueConstraint(fields=["user", "organ", "role", "since"], name="appointment_once"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="appointment_period",
                violation_error_message=_("截止日期早于起始日期"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.organ} {self.get_role_display()}"

    def admits(self, by: access.Actor) -> None:
        """Nobody appoints himself, nor ends or lengthens his own appointment."""
        if self.user_id == by.user_id:
            raise Forbidden(
                _("不能办理本人的任职"), why=_("任职须由他人办理。"), instead=_("请由另一位系统管理员办理。")
            )

    def fixed(self) -> Fixed | None:
        """Person, organ, role and first day: an appointment ends, it is never rewritten."""
        remedy = _("请填写截止日期结束这项任职，另行办理新的任职")
        return Fixed(("user", "organ", "role", "since"), _("任职办理后不能改人、改单位、改角色、改起始日期"), remedy)

    @classmethod
    def together(cls, rows: Sequence[Any]) -> Iterable[tuple[int, Any]]:
        """An administrator who would also do business, as a deputy too, or hold a second administrator's seat at the same time."""
        bulk.take_turns("organs.appointment")  # two clerks could each see only what was there before the other
        own = {row.pk for row in rows if row.pk}
        seats: dict[int, list[Appointment]] = {}
        for held in _SEATS(sorted({row.user_id for row in rows})):
            if held.pk not in own:
                seats.setdefault(held.user_id, []).append(held)
        deputies = _deputies(rows)
        for i, row in enumerate(rows):
            beside = any(_meet(row, other) for other in deputies.get(row.user_id, ()) if _is_admin(row.role))
            if beside or any(_apart(row, other) for other in seats.get(row.user_id, ())):
                yield (
                    i,
                    Fault(
                        _("系统、安全、审计管理员须由不同人员担任，且不得兼任业务岗位"),
                        "role",
                        row.role,
                        column=str(_("角色")),
                        remedy=str(_("请改任其他人员，或先结束现有任职")),
                    ),
                )
            seats.setdefault(row.user_id, []).append(row)


_SEATS = Statement(lambda users: Appointment._base_manager.filter(user_id__oneof=users).order_by("pk"))


def _is_admin(code: str) -> bool:
    role = access.ROLES.get(code)
    return role is not None and role.admin


def _meet(one: Any, other: Any) -> bool:
    """True where two periods share a day."""
    return (one.until is None or one.until >= other.since) and (other.until is None or other.until >= one.since)


def _apart(one: Appointment, other: Appointment) -> bool:
    """True where two appointments of a person meet in time and may not: different roles, one of them an administrator's."""
    return _meet(one, other) and one.role != other.role and (_is_admin(one.role) or _is_admin(other.role))


def _deputies(rows: Sequence[Appointment]) -> dict[int, list[Delegation]]:
    """The delegations on either side of which somebody stands who is to be an administrator."""
    users = {row.user_id for row in rows if _is_admin(row.role)}
    found: dict[int, list[Delegation]] = {}
    given = Delegation._base_manager.filter(Q(giver_id__in=users) | Q(taker_id__in=users)) if users else ()
    for one in given:
        for user in users & {one.giver_id, one.taker_id}:
            found.setdefault(user, []).append(one)
    return found


class Delegation(Record):
    """A user standing in for another in an organization while the other is away (委托)."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="delegations", verbose_name=_("单位"))
    giver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="given", verbose_name=_("委托人"))
    taker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="taken", verbose_name=_("受托人"))
    since = models.DateField(_("起始日期"))
    until = models.DateField(_("截止日期"))
    reason = models.CharField(_("事由"), max_length=100, blank=True)

    exclusive_period = (("organ_id", "giver_id"), "since", "until")

    class Meta:
        verbose_name = _("委托")
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gte=F("since")),
                name="delegation_period",
                violation_error_message=_("截止日期早于起始日期"),
            ),
            models.CheckConstraint(
                condition=~Q(giver=F("taker")),
                name="delegation_to_another",
                violation_error_message=_("不能委托给本人"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.giver} → {self.taker}"

    def admits(self, by: access.Actor) -> None:
        """One hands on one's own work; that of somebody else is nobody's to give, least of all to oneself."""
        if self.giver_id != by.user_id:
            raise Forbidden(
                _("只能委托本人的事项"), why=_("委托人应为您本人。"), instead=_("请由委托人本人登录后办理。")
            )

    def faults(self) -> Iterable[Any]:
        """An administrator on either side: a deputy has the other's rights, and the three stay apart from business."""
        admins = [code for code, role in access.ROLES.items() if role.admin]
        held = Appointment._base_manager.filter(user_id__in=[self.giver_id, self.taker_id], role__in=admins)
        if held.filter(Q(until__isnull=True) | Q(until__gte=self.since), since__lte=self.until).exists():
            yield Fault(
                _("系统、安全、审计管理员不能委托他人，也不能受托"), "taker", str(self.taker), column=str(_("受托人"))
            )


class Suspension(Record):
    """A grant of a right to a role that the security administrator has suspended."""

    role = models.CharField(_("角色"), max_length=40)
    permission = models.CharField(_("权限"), max_length=80)
    reason = models.CharField(_("理由"), max_length=200)
    lifted = models.BooleanField(_("已恢复"), default=False)

    scope_field = None
    natural = ("role", "permission")

    class Meta:
        verbose_name = _("停用的授权")
        constraints = [models.UniqueConstraint(fields=["role", "permission"], name="suspension_once")]

    def __str__(self) -> str:
        role, right = access.ROLES.get(self.role), access.PERMISSIONS.get(self.permission)
        return f"{role.words if role else self.role} · {right.words if right else self.permission}"

    def faults(self) -> Iterable[Any]:
        """A pair that no role holds: there is nothing to suspend."""
        role = access.ROLES.get(self.role)
        if role is None or self.permission not in role.grants:
            yield Fault(_("该角色没有这项授权"), "permission", self.permission, column=str(_("权限")))
        elif role.admin:
            yield Fault(_("三员的权限由系统固定，不能停用"), "permission", self.permission, column=str(_("权限")))
