"""What devices say, as a scenario states it: no record and no sheet, so each room declares the columns of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from baozhang.kernel import border, clock
from baozhang.kernel.record import Record

from .source import Node, Words, sections
from .stage import Stage

MOMENT, NUMBER, TEXT = "moment", "number", "text"
_READ: Mapping[str, Callable[[Node, str], Any]] = {
    MOMENT: lambda node, what: _moment(node, what),
    NUMBER: lambda node, what: node.number(what),
    TEXT: lambda node, what: node.text(what),
}
Told = tuple[Record, dict[str, Any]]  # what it is told of, with the values by name


@dataclass(frozen=True)
class Heading:
    """This is one column of an observation: its name, the words that people write, and what its values are."""

    name: str
    words: tuple[str, ...]
    kind: str = TEXT


@dataclass(frozen=True)
class Observed:
    """This is a kind of observation that scenarios may state: of which records, in which columns, and how it is written."""

    words: tuple[str, ...]
    subject: str  # the label of the record that it is told of
    about: tuple[str, ...]  # the words of the column that names that record
    columns: tuple[Heading, ...]
    write: Callable[[Sequence[Told]], None]

    def told(self, node: Node, stage: Stage, organ: Record | None) -> Iterator[Told]:
        """These are the observations of a list, each with the record that it is told of."""
        model: Any = apps.get_model(self.subject)
        columns: Words = {"about": self.about, **{column.name: column.words for column in self.columns}}
        for part in node.rows(self.words[0]):
            own, _rest = sections(part, columns, self.words[0])
            if missing := next((name for name in columns if name not in own), None):
                raise part.wrong(_("缺少“%(name)s”。") % {"name": columns[missing][0]})
            said = own["about"].text(self.about[0])
            record = border.lookup(model, [said]).get(said)
            if record is None or getattr(record, "organ", organ) != (organ or getattr(record, "organ", None)):
                words = {"table": model._meta.verbose_name, "words": said}
                raise own["about"].wrong(_("没有%(table)s（%(words)s）。") % words)
            stage.names |= {said, str(record)}
            yield record, {one.name: _READ[one.kind](own[one.name], one.words[0]) for one in self.columns}


OBSERVED: dict[str, Observed] = {}


def declare(observed: Observed) -> Observed:
    """This will let scenarios state a kind of observation; the same word twice is an error."""
    for word in observed.words:
        if word in OBSERVED:
            raise ValueError(f"observation {word} is declared twice")
        OBSERVED[word] = observed
    return observed


def _moment(node: Node, what: str) -> dt.datetime:
    written = node.text(what)
    try:
        found = dt.datetime.fromisoformat(written)
    except ValueError:
        raise node.wrong(
            _("“%(what)s”的时间“%(text)s”无法识别。") % {"what": what, "text": written},
            _("请写成 2025-03-03 08:00 的形式，并加引号。"),
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=clock.ZONE)
