"""What may be done to records beside the steps of a flow: one act, one function, for one or many."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from django.db import transaction
from django.utils.translation import gettext as _

from .access import Actor
from .refusal import Invalid, Refused
from .resource import Resource
from .turns import wholes_first


class Done(str):
    """A sentence of what was done, with the record that came of it: the page leads there, programs read the sentence."""

    __slots__ = ("made",)
    made: Any

    def __new__(cls, words: str, made: Any) -> Self:
        """The sentence, and where it leads."""
        self = super().__new__(cls, words)
        self.made = made
        return self


@dataclass(frozen=True)
class Act:
    """An act: its words, its right, and the function (records, by, note, values) → sentence of what was done."""

    words: Any
    permission: str
    run: Callable[..., str]
    fields: tuple[str, ...] = ()  # fields of the record that the act asks for
    many: bool = True
    required: tuple[str, ...] = ()  # of these, what a record may leave open and the act may not
    needs_note: bool = False
    note_words: Any = ""  # what the note is called, where it is more than an opinion
    says: Any = ""  # one sentence above the form, as a step has it
    confirm: Any = ""
    article: str = ""
    icon: str = ""
    shown: Callable[[Any], bool] | None = None  # what the act is for: asked of every record, on pages and by programs
    on_page: bool = True  # offered on the page of a record; else in the bar of the list and to programs alone
    whose: Callable[[Any, Actor], bool] | None = (
        None  # offered only to whom this holds: (record, actor); the act itself asks as well
    )
    among: Callable[[Sequence[Any]], bool] | None = (
        None  # in the bar of a list: only where this holds of the rows in sight
    )
    answer: Callable[..., Any] | None = (
        None  # (rows, by) → a file or page to open, in the place of doing something to the rows
    )
    new_tab: bool = True  # for an answer
    begins: Callable[[Any], dict[str, Any]] | None = (
        None  # record → what stands in the fields, and as "note" in the reason, when one is asked
    )
    offers: Mapping[str, Callable[[Iterable[Any], Any], Any]] = field(
        default_factory=dict
    )  # a reference or choice among the fields → (records, rows or choices) → those that may be chosen for all the records

    def is_for(self, rows: Sequence[Any], by: Actor) -> bool:
        """True where one of some records is the actor's to do it with."""
        return self.whose is None or any(self.whose(row, by) for row in rows)

    def as_button(self, name: str) -> dict[str, Any]:
        """The act as the list's bulk bar shows it."""
        return {
            "name": name,
            "words": self.words,
            "needs_note": self.needs_note
            and not self.fields,  # with fields, the page that asks for them asks for it too
            "confirm": str(self.confirm),
            "icon": self.icon,
            "kind": "",
            "new_tab": self.answer is not None and self.new_tab,
        }


def also(resource: type[Resource], name: str, act: Act) -> None:
    """This will offer an act of an upper floor on the records of a lower one; ValueError where the name is taken."""
    if name in resource.acts:
        raise ValueError(f"{resource.__name__} has an act {name} already")
    resource.acts = {**resource.acts, name: act}


def as_many(act: Act, count: int) -> None:
    """This will raise Invalid where nothing was chosen, or several records for an act on one."""
    if not count:
        raise Invalid(_("没有选中任何记录"), instead=_("请先勾选要办理的记录。"))
    if count > 1 and not act.many:
        raise Invalid(_("“%(act)s”一次只办一条记录") % {"act": act.words}, instead=_("请逐条办理。"))


def offered(act: Act, record: Any, by: Actor) -> bool:
    """True where the page of a record offers an act to somebody."""
    may = act.on_page and by.can(act.permission, record.organ_key()) and act.is_for([record], by)
    return may and (act.shown is None or act.shown(record))


def _not_for(act: Act, aside: Sequence[Any]) -> Refused:
    """The refusal of an act on records that it is not for; the others could go on without them."""
    return Refused(
        _("“%(act)s”不适用于%(record)s") % {"act": act.words, "record": aside[0]}
        if len(aside) == 1
        else _("“%(act)s”不适用于其中 %(count)s 项") % {"act": act.words, "count": len(aside)},
        why=_("按记录现在的情况不能办理这项操作，或者已经办过。"),
        article=act.article,
        instead=_("请刷新页面，核对记录现在的情况。"),
        subjects=aside,
    )


def perform(
    resource: Resource,
    name: str,
    records: Sequence[Any],
    *,
    by: Actor,
    note: str = "",
    values: dict[str, Any] | None = None,
    read: Callable[[Act], dict[str, Any]] | None = None,
) -> str:
    """This will do a named act to records, all or nothing, and say what was done.

    `read` gives the values where they are still to be read; it is asked once it is known that the actor may. Refused
    where the act is not for a record as it stands (`shown`).
    """
    act: Act | None = resource.acts.get(name)
    if act is None:
        raise Invalid(_("没有这项操作"))
    as_many(act, len(records))
    if act.needs_note and not note.strip():
        raise Invalid(_("请写明理由"), why=_("这项操作的理由要记入账本。"), instead=_("填写理由后再提交。"))
    for organ in {record.organ_key() for record in records}:
        by.must(act.permission, organ)
    with transaction.atomic():
        wholes_first(records)
        aside = [] if act.shown is None else [record for record in records if not act.shown(record)]
        given = read(act) if read is not None else values or {}
        said = act.run(records, by=by, note=note, values=given)
        if aside:  # the act's own refusal says more; where it has none, what it did is undone
            raise _not_for(act, aside)
        if resource.flow is not None:
            resource.flow.call_anew(records)
        return said if isinstance(said, Done) else str(said)
