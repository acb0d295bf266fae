"""What a case was promised of a record stands still for everybody else: form, API, sheet and act alike, since all end in `keep`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from . import clock
from .opening import Opening
from .plain import kept_fields
from .refusal import Refused

if TYPE_CHECKING:
    from .access import Actor
    from .record import Record

Touched = Mapping[int, tuple["Record", tuple[str, ...]]]  # key → the row, and which of its guarded attributes change
promised: Opening[Callable[[Touched, Record | None], Mapping[int, Refused]]] = Opening(
    "record.promised", "why rows that another case than the one that acts has been promised stand still"
)


def guarded_changes(
    model: type[Record], rows: Sequence[Record], before: Mapping[int, tuple[Any, ...]], moves: frozenset[str] = frozenset()
) -> Touched:  # fmt: skip
    """The rows of which a guarded attribute would change, with those attributes; `moves` are let through where no step owns them."""
    names = [name for name in kept_fields(model) if name in model.guarded]
    free = moves - model.stepped.keys() - model.reserved.keys()
    places = [(name, kept_fields(model).index(name) + 2) for name in names if name not in free]
    if not places:
        return {}
    found: dict[int, tuple[Record, tuple[str, ...]]] = {}
    stood, stands = itemgetter(*(place for _name, place in places)), attrgetter(*(name for name, _place in places))
    for row in rows:
        pk = row.pk
        if pk and stood(before[pk]) != stands(row):
            found[pk] = (row, tuple(name for name, place in places if before[pk][place] != getattr(row, name)))
    return found


def stay(touched: Touched, case: Record | None) -> None:
    """This will raise Refused where rows that would change are promised to another case than `case`."""
    refused = list(promised.ask(touched, case).values()) if touched else []
    if refused:
        first = refused[0]
        first.facts = {key: value for one in refused[:20] for key, value in one.facts.items()}
        first.subjects = tuple(subject for one in refused for subject in one.subjects)
        raise first


def of_the_living(model: type[Record], rows: Sequence[Record]) -> None:
    """This will ask each organ whether it still begins what only one that goes on begins; its refusal where it does not."""
    keys = {key for row in rows if (key := row.organ_key()) is not None} if model.of_living else ()
    if not keys or model.scope_field is None:
        return
    organs: Any = model._meta.get_field(model.scope_field).related_model
    for organ in organs._base_manager.filter(pk__in=keys):  # as it stands now, not as a row was read with it
        organ.still_begins(str(model._meta.verbose_name), clock.today())


def still_loose(model: type[Record], rows: Sequence[Record]) -> None:
    """This will raise Refused where a part would be taken out of a whole on which somebody acts already (`loose`)."""
    holder, _dot, name = model.loose[0].rpartition(".") if model.loose else ("", "", "")
    if model.loose is None or not holder:
        return  # what is no part has moved on itself, and is known by its version
    field: Any = model._meta.get_field(holder)
    keys = {getattr(row, field.attname) for row in rows}
    past = field.related_model._base_manager.filter(pk__in=keys).exclude(**{f"{name}__in": model.loose[1]}).first()
    if past is not None:
        row = next(row for row in rows if getattr(row, field.attname) == past.pk)
        raise Refused(
            _("%(record)s 已随%(whole)s办理，不能撤销登记") % {"record": row, "whole": past},
            why=_("当前状态为“%(state)s”。") % {"state": getattr(past, f"get_{name}_display")()}, instead=_("请撤回或者由审核人驳回后再改。"),
        )  # fmt: skip


def only_steps_move(
    model: type[Record], rows: Sequence[Any], before: dict[int, tuple[Any, ...]], by: Actor, moves: frozenset[str]
) -> None:
    """This will raise Refused where a field that only a flow moves is changed past it, or begins in its middle."""
    for name, values in model.reserved.items():
        position = kept_fields(model).index(name) + 2 if name not in moves else 0
        for row in rows if position else ():
            if row.pk and getattr(row, name) in values and before[row.pk][position] != getattr(row, name):
                raise _by_steps_alone(model, name, getattr(row, name))
    for name, first in model.stepped.items():
        if name in moves:
            continue
        position = kept_fields(model).index(name) + 2
        for row in rows:
            value = getattr(row, name)
            moved = (
                before[row.pk][position] != value if row.pk else not by.system and bool(first) and value not in first
            )
            if moved:
                raise _by_steps_alone(model, name, value)


def _by_steps_alone(model: type[Record], name: str, value: Any) -> Refused:
    if (said := model.past_steps(name, value)) is not None:
        return said
    words = next(field.verbose_name for field in model._meta.concrete_fields if name in (field.name, field.attname))
    return Refused(
        _("“%(field)s”不能直接填写") % {"field": words},
        why=_("它只随办理步骤改变，每一步都要核对权限并记入账本。"),
        instead=_("请在记录页面按步骤办理。"),
    )
