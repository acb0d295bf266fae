"""One record on its way, in the hands of one actor: locked, with its trail, its tasks and the organs that act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext as _

from baozhang.kernel import clock, ledger
from baozhang.kernel.access import PERMISSIONS, Actor
from baozhang.kernel.ledger import Entry
from baozhang.kernel.record import Record, keep
from baozhang.kernel.refusal import Fault, Forbidden, Invalid, NotFound, Refused, Stale
from baozhang.kernel.scope import rows_of
from baozhang.kernel.standing import Standing, stand
from baozhang.kernel.statement import Statement
from baozhang.kernel.turns import wholes_first

from . import trail
from .choices import RESPONSIBLE, Part
from .plan import Plan
from .step import ByOrgan, Step, Where
from .task import Task

KEY_LENGTH = 36
Places = dict[tuple[Any, int | None], int | None]


@dataclass(frozen=True)
class Outcome:
    """What a step or verb did."""

    act: str
    state: str
    version: int
    day: dt.date
    by_name: str
    record: Record = field(compare=False, repr=False)
    repeated: bool = False  # the same request had been done before; nothing was done now


def place(where: Where, record: Record, places: Places) -> int | None:
    """The key of the organ that acts: the record's own, or the one that a function finds (looked up once a batch)."""
    if where is None:
        return record.organ_key()
    key = (where.find, record.organ_key()) if isinstance(where, ByOrgan) else (where, record.pk)
    if key not in places:
        found: Any = where(record)  # type: ignore[operator]
        places[key] = found.pk if isinstance(found, models.Model) else found
        if places[key] is None:
            raise Refused(
                _("查不到应由哪个单位办理"),
                why=_("办理单位按记录所属单位查找，不能由经办人选择；登记中没有对应的单位。"),
                instead=_("请核对单位登记中的职能和行政区划。"),
            )
    return places[key]


@dataclass
class Case:
    """A record in a flow, seen by an actor; what is looked up is looked up once."""

    plan: Plan
    record: Any
    by: Actor
    places: Places = field(default_factory=dict)
    day: dt.date = field(default_factory=clock.today)

    @classmethod
    def locked(cls, plan: Plan, record: Record, by: Actor) -> Case:
        """The case with its record read anew and locked until the transaction ends, after what it is a part of; NotFound where it is gone."""
        if not isinstance(record, plan.model):
            raise TypeError(f"flow {plan.name} moves {plan.label}, not {record.label}")
        wholes_first([record])
        fresh = _locking(plan.model).first(record.pk)
        if fresh is None:
            raise _gone()
        return cls(plan, fresh, by)

    @property
    def state(self) -> str:
        """The record's state."""
        return self.plan.state(self.record)

    @cached_property
    def trail(self) -> trail.Trail:
        """What the ledger says of the way so far."""
        return trail.read(self.plan, self.record)

    @cached_property
    def tasks(self) -> list[Task]:
        """The open tasks, and the opinions given since the record is in this state."""
        found, stay = _TASKS(self.plan.name, self.record.label, self.record.pk), self.trail.entered
        return [task for task in found if task.closed_at is None or task.stay == stay]

    @property
    def waiting(self) -> list[Task]:
        """The open tasks."""
        return [task for task in self.tasks if task.closed_at is None]

    def organ(self, step: Step) -> int | None:
        """The organ that takes a step."""
        return place(step.where, self.record, self.places)

    def holder_task(self, permission: str, organ: int | None) -> Task | None:
        """The open 主办 or 转办 task under a permission in an organ."""
        found = (task for task in self.waiting if task.responsible and task.permission == permission)
        return next((task for task in found if task.organ_id == organ), None)

    def asked(self, step: Step) -> list[Task]:
        """The countersigners of a step since the record is in this state."""
        mine = [task for task in self.tasks if task.part == Part.COUNTERSIGN and task.step == step.name]
        return [task for task in mine if not task.outcome or task.outcome in ("+agreed", "+disagreed")]

    def visible(self) -> bool:
        """True where the actor may see the record."""
        condition = rows_of(self.plan.model, self.by)
        return condition is None or self.plan.model._base_manager.filter(condition, pk=self.record.pk).exists()

    def deny(self, permission: str) -> NoReturn:
        """This will raise Forbidden where the record is in sight, NotFound where it does not exist for the actor."""
        if not self.visible():
            raise _gone()
        raise Forbidden(
            _("您没有“%(right)s”的权限") % {"right": PERMISSIONS[permission].words},
            why=_("权限按任职单位授予，您在办理单位没有这项权限。"),
            instead=_("请由有此权限的人员办理，或请系统管理员核对任职。"),
        )

    def stand(self, permission: str, organ: int | None, task: Task | None) -> Standing:
        """How the actor may act on a task, or under a permission where there is none; Forbidden, NotFound or Refused."""
        assignee, role = (task.assignee_id, task.role) if task else (None, "")
        standing = stand(self.by, permission, organ, assignee=assignee, role=role)
        if standing is not None:
            return standing
        if task is None or stand(self.by, permission, organ) is None or task.assignee is None:
            self.deny(permission)
        raise Refused(
            _("此件已交由%(name)s办理") % {"name": task.assignee.name},
            why=_("%(part)s指定了办理人。") % {"part": Part(task.part).label},
            instead=_("请由%(name)s办理，或由其转办。") % {"name": task.assignee.name},
        )

    def repeated(self, key: str, act: str) -> Outcome | None:
        """The outcome of the same request, where it has been done already; Refused where the number was another's."""
        if not key:
            return None
        if len(key) > KEY_LENGTH:
            raise Invalid(_("请求编号过长"), faults=[Fault(_("最多 %(n)d 个字符") % {"n": KEY_LENGTH}, "key", key)])
        entry = _OF_KEY.first(self.record.label, self.record.pk, f"k:{key}")
        if entry is None:
            return None
        if entry.act != act or entry.by_id != self.by.user_id:
            raise Refused(_("请求编号已用于其他办理"), instead=_("请刷新页面后重新提交。"))
        return self._outcome_of(entry)

    def _outcome_of(self, entry: Entry) -> Outcome:
        states = [line.now for line in self.trail.lines if line.now and line.seq <= entry.seq]
        state = states[-1] if states else self.state
        return Outcome(entry.act, state, entry.seq, entry.day, entry.by_name, self.record, repeated=True)

    def unchanged_since(self, version: int | None) -> None:
        """This will raise Stale where the record changed after the version that the actor saw; reminders do not count."""
        if version is None or version == self.record.version:
            return
        later = Entry.objects.filter(kind=self.record.label, record_id=self.record.pk, seq__gt=version)
        other = later.exclude(act=self.plan.act("remind")).order_by("seq").last()
        if other is None and version < self.record.version:
            return
        raise Stale(
            _("%(record)s 已有新的变化") % {"record": self.record},
            why=_("%(who)s于 %(day)s %(act)s。") % said(other) if other else _("您看到的版本不存在。"),
            instead=_("请刷新页面，核对新内容后再办理。"),
        )

    def write(
        self, act: str, standing: Standing, permission: str, organ: int | None, *, note: str = "", key: str = "",
        aside: Mapping[str, Any] | None = None, state: str = "",
    ) -> Outcome:  # fmt: skip
        """This will keep the record with an entry of this act, in a new state where one is named."""
        if state:
            setattr(self.record, self.plan.state_field, state)
        beside = {name: value for name, value in {"for": standing.for_id, **(aside or {})}.items() if value is not None}
        keep(
            self.record, by=standing.actor, act=act, note=note, right=permission, where=organ, batch=f"k:{key}" if key else "",
            aside={trail.ASIDE: beside} if beside else {}, moves=frozenset({self.plan.state_field}),
        )  # fmt: skip
        return Outcome(act, self.state, self.record.version, self.day, standing.actor.name, self.record)

    def hand_back(self, record: Record) -> None:
        """This will let the caller's own object show what has been kept."""
        record.__dict__.update(self.record.__dict__)


def run(
    plan: Plan, record: Record, by: Actor, *, act: str, key: str, version: int | None, work: Callable[[Case], Outcome]
) -> Outcome:
    """This will do some work on a locked case, once for each key; the caller holds the transaction."""
    case = Case.locked(plan, record, by)
    done = case.repeated(key, act)
    if done is None:
        case.unchanged_since(version)
        done = work(case)
    case.hand_back(record)
    return done


@lru_cache(maxsize=None)
def _locking(model: type[Record]) -> Statement[Any]:
    return Statement(lambda key: model._base_manager.select_for_update(no_key=True).filter(pk=key))


_TASKS = Statement(
    lambda flow, kind, key: Task.objects.filter(
        models.Q(closed_at=None) | ~models.Q(part__in=RESPONSIBLE), flow=flow, kind=kind, record_id=key
    ).select_related("assignee", "parent").order_by("pk")
)  # fmt: skip
_OF_KEY = Statement(
    lambda kind, key, batch: Entry.objects.filter(kind=kind, record_id=key, batch=batch).order_by("pk")[:1]
)


def done_with(record: Record, key: str, by: Actor) -> bool:
    """True where somebody has done something to a record under this number already: the second of two taps."""
    entry = _OF_KEY.first(record.label, record.pk, f"k:{key}") if 0 < len(key) <= KEY_LENGTH else None
    return entry is not None and entry.by_id == by.user_id


def said(entry: Any) -> dict[str, Any]:
    """Who did what on which day, for a sentence; of a ledger entry."""
    act = ledger.ACTS[entry.act]
    return {"who": entry.by_name, "day": entry.day, "act": act.words}


def _gone() -> NotFound:
    return NotFound(_("记录不存在或不在您的范围内"), instead=_("请返回列表刷新后再办理。"))
