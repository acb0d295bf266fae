"""No query outside a scope: what an actor may not see does not exist for him."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from django.db import models
from django.db.models import Q

from . import lookups  # noqa: F401 -- declares `oneof` and `holds`
from .access import EVERYWHERE, Actor, system_actor

if TYPE_CHECKING:
    from .record import Record

_actor: ContextVar[Actor | None] = ContextVar("scope", default=None)
M = TypeVar("M", bound=models.Model)


class ScopeMissing(RuntimeError):
    """A query was asked outside any scope; a forgotten filter is an error and never a leak."""


class WriteOutsideKeep(RuntimeError):
    """Somebody tried to write a record past `keep`."""


@contextmanager
def within(actor: Actor) -> Iterator[Actor]:
    """Holds the scope of an actor."""
    token = _actor.set(actor)
    try:
        yield actor
    finally:
        _actor.reset(token)


@contextmanager
def everything(reason: str) -> Iterator[Actor]:
    """Holds a scope without limits, for jobs and set-up; the reason names the job."""
    with within(system_actor(reason)) as actor:
        yield actor


def current() -> Actor:
    """The actor in whose scope we are; ScopeMissing where there is none."""
    actor = _actor.get()
    if actor is None:
        raise ScopeMissing("open a scope first: scope.within(actor) or scope.everything(reason)")
    return actor


def rows_of(model: type[Record], actor: Actor) -> Q | None:
    """The condition on rows that an actor may see; None where all are seen, `pk__in=[]` where none."""
    if actor.system:
        return None
    organs = actor.where(model.right("view"))
    return model.visible(actor, organs)


def condition_of(model: type[models.Model]) -> Q | None:
    """The condition on rows that stands in every query of the current scope; None where it has none."""
    return rows_of(model, current()) if isinstance(model._default_manager, ScopedManager) else None  # type: ignore[arg-type]


class ScopedQuerySet(models.QuerySet[M]):
    """A queryset that cannot write: records change through `keep` alone."""

    def _no(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise WriteOutsideKeep("records are written through baozhang.kernel.record.keep")

    update = delete = create = bulk_create = bulk_update = get_or_create = update_or_create = _no


class ScopedManager(models.Manager[M]):
    """The default manager of records: its rows are those of the scope."""

    def get_queryset(self) -> ScopedQuerySet[M]:
        """The rows of the current scope; ScopeMissing outside one."""
        queryset: ScopedQuerySet[M] = ScopedQuerySet(self.model, using=self._db)
        condition = rows_of(self.model, current())  # type: ignore[arg-type]
        return queryset if condition is None else queryset.filter(condition)


def organ_condition(path: str, organs: frozenset[int] | None) -> Q | None:
    """The condition that a path leads to one of the organs."""
    if organs is EVERYWHERE:
        return None
    return Q(**{f"{path}__oneof": sorted(organs)}) if organs else Q(pk__in=[])
