"""One step of a path as it is written down in an app: words, from, to, right, article, and what is asked."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import Any

Where = Callable[[Any], Any] | str | None
Limit = str | tuple[int, str] | Callable[..., Any] | None
OFFERED = frozenset({"by", "note", "values", "day", "step"})  # what guards and effects may ask for beside the record


@dataclass(frozen=True)
class Party:
    """A right in an organ: who is asked, told, or watches; `where` is a function record → organ (None: the record's own)."""

    permission: str
    where: Where = None
    words: Any = ""


@dataclass(frozen=True)
class Chosen:
    """Countersigners that the holder of a step chooses among the organs and users that hold a right."""

    permission: str
    at_least: int = 1


class ByOrgan:
    """A `where` that depends on the record's own organ alone: it is looked up once for each organ of a batch."""

    def __init__(self, find: Callable[[int], Any]) -> None:
        self.find = find

    def __call__(self, record: Any) -> Any:
        return self.find(record.organ_key())


@dataclass(frozen=True)
class Hook:
    """A guard or an effect, with the names of what it asks for."""

    call: Callable[..., Any]
    asks: frozenset[str]

    @classmethod
    def of(cls, call: Callable[..., Any]) -> Hook:
        """The hook of a function `(record, *, by, note, values, day, step)`; TypeError where it asks for anything else."""
        names = frozenset(list(inspect.signature(call).parameters)[1:])
        if names - OFFERED:
            raise TypeError(f"{call.__name__} asks for {sorted(names - OFFERED)}; it may ask for {sorted(OFFERED)}")
        return cls(call, names)

    def run(self, record: Any, offered: dict[str, Any]) -> Any:
        """This will call the function with what it asks for."""
        return self.call(record, **{name: offered[name] for name in self.asks})


@dataclass(eq=False)
class Step:
    """One step. `permission` may be short: ":audit" is the model's own `app.model:audit`, empty is the step's name."""

    words: Any
    source: str | Sequence[str]
    target: str
    permission: str = ""
    article: str = ""
    _: KW_ONLY
    where: Where = None  # who acts: record → organ; a string names an attribute of the flow
    when: Callable[[Any], bool] | None = None  # only records for which this holds go this way; others never see it
    four_eyes: tuple[str, ...] = ()  # steps that must have been taken by somebody else
    needs_note: bool = False
    fields: tuple[str, ...] = ()  # fields that the step asks for and sets
    required: tuple[str, ...] = ()  # those of them that must be filled here
    within: Limit = (
        None  # for the next state: figure key, (n, "working_days"|"days"), or record, day → either, a day or None
    )
    countersign: tuple[Party, ...] | Chosen = ()
    returnable: bool | tuple[str, ...] = False  # its holder may send back 驳回: anywhere earlier, or to these states
    withdrawable: bool = False  # whoever took it may take it back 撤回 while nobody has opened what follows
    notify: tuple[Party, ...] = ()  # who else is told when it has been taken
    todo: bool = True  # False: may be taken, but nobody is asked to
    side: bool = False  # not on the main line of the drawing: refusals, returns
    kind: str = "plain"  # how its button looks: primary | plain | danger
    icon: str = ""
    says: Any = ""  # a sentence or two above the form, or record → these
    shown: Callable[[Any], bool] | None = (
        None  # a button only where this holds; whoever takes it all the same is told by the guards
    )
    along: Any = ""  # taken along with another record and by nobody: where it is done, said in place of a button
    makes: Callable[[Any], Any] | None = None  # record → what came of it and goes on from here; the message leads there
    name: str = ""
    guards: list[Hook] = field(default_factory=list)
    effects: list[Hook] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.source = (self.source,) if isinstance(self.source, str) else tuple(self.source)
        if any(isinstance(value, str) for value in (self.four_eyes, self.fields, self.required)):
            raise TypeError("four_eyes, fields and required are tuples of names")
        self.required = tuple(self.required)
        self.fields = (*self.fields, *(name for name in self.required if name not in self.fields))

    def fits(self, record: Any) -> bool:
        """True where a record goes this way at all; without a record, for the path as such."""
        return record is None or self.when is None or self.when(record)

    def guard(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """This will add a guard `(record, *, by, …)` that raises Refused; it must not write. Usable as a decorator.

        Guards also decide whether a button is offered. One that asks for `values` (each of the type of its field, whoever
        sent it) or `note` runs only when the step is taken.
        """
        self.guards.append(Hook.of(call))
        return call

    def effect(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """This will add an act `(record, *, by, …)` in the same transaction, after the record is kept. Usable as a decorator."""
        self.effects.append(Hook.of(call))
        return call

    def but(self, **changes: Any) -> Step:
        """The same step with some things different: how a concrete flow adapts a stock shape."""
        return replace(self, **{"guards": list(self.guards), "effects": list(self.effects), **changes})
