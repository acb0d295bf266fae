"""Rows of a scenario as rows of a sheet: the same headings, the same cells, the same border."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from baozhang.kernel import border
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault, NotFound
from baozhang.kernel.sheet_columns import columns_of
from baozhang.kernel.sheets.cells import parse
from baozhang.kernel.sheets.columns import Column
from baozhang.kernel.sheets.refusals import CellError

from .observed import OBSERVED
from .source import Node, ScenarioError, Words, offer, torn
from .stage import Stage

COPIES = ("份数", "copies")
_MOST_COPIES = 10_000


class UnreadError(ScenarioError):
    """A value that the sheet reader refuses; where a refusal is expected, it is one."""

    def __init__(self, what: str, *, fault: Fault, line: int, file: str, instead: str) -> None:
        super().__init__(what, line=line, file=file, instead=instead)
        self.fault = fault


@dataclass(frozen=True)
class Table:
    """This is one class of record in a scenario, found by its heading."""

    resource: Any
    stage: Stage

    @classmethod
    def called(cls, word: str, node: Node, stage: Stage) -> Table:
        """This is the table of that heading; ScenarioError with what there is."""
        try:
            return cls(border.called(word), stage)
        except LookupError:
            words: Words = {name: (name,) for name in (*border.headings(), *OBSERVED)}
            raise node.wrong(_("没有“%(word)s”这类记录。") % {"word": word}, offer(word, words)) from None

    @property
    def model(self) -> type[Record]:
        """This is the class of record."""
        return self.resource.model

    @cached_property
    def columns(self) -> dict[str, Column]:
        """These are the columns by every word that they go by."""
        found: dict[str, Column] = {}
        for column in columns_of(self.resource):
            for word in (column.heading, *column.aliases, column.name):
                found.setdefault(word, column)
        return self._short(found)

    @staticmethod
    def _short(found: dict[str, Column]) -> dict[str, Column]:
        """The organ whose record it is goes by 单位 and 所属单位 everywhere, whatever its column is called there."""
        if "organ" in found:
            for word in ("单位", "所属单位"):
                found.setdefault(word, found["organ"])
        return found

    @cached_property
    def all_columns(self) -> dict[str, Column]:
        """These are the columns with those besides that nobody fills in: state, day, result; to find and compare by."""
        found = dict(self.columns)
        filled = {column.name for column in found.values()}
        every = {held.name for held in Record._meta.concrete_fields}
        for held in self.model._meta.concrete_fields:
            if held.name not in filled | every and not held.primary_key:
                column = _shown(held)
                for word in (column.heading, column.name):
                    found.setdefault(word, column)
        return self._short(found)

    def rows(self, node: Node) -> list[border.Row]:
        """These are the rows of a list, with their lines; a row with 份数 stands for as many."""
        found: list[border.Row] = []
        for part in node.rows(str(self.resource.title)):
            written = dict(part.mapping(str(self.resource.title)))
            copies = next((written.pop(word) for word in COPIES if word in written), None)
            values = self.values(written)
            found += [border.Row(one, part.line) for one in self._copied(values, copies)]
        return found

    def values(self, written: Mapping[str, Node], *, found: bool = False) -> dict[str, Any]:
        """These are typed values by field, from words by heading; ScenarioError names the line and what would be right.

        `found` takes every column of the record, to find it by or to compare with; else only those that may be filled.
        """
        columns = self.all_columns if found else self.columns
        named = [(self._column(columns, word, part), part) for word, part in written.items()]
        return {column.name: self._value(column, part) for column, part in named}

    def filled(self, written: Mapping[str, Node]) -> dict[str, Any]:
        """These are values for a step or an act, of any column of the record; what is referred to is looked up by name."""
        values = self.values(written, found=True)
        for name, value in values.items():
            held = self.model._meta.get_field(name)
            if held.is_relation and isinstance(value, str):
                target: Any = held.related_model
                values[name] = border.lookup(target, [value]).get(value, value)
        return values

    def _column(self, columns: Mapping[str, Column], word: str, node: Node) -> Column:
        if word == "单位" and "organ" in columns and isinstance(node.value, str) and node.value in self.stage.organs:
            return columns["organ"]  # not the unit in which something is counted
        if not columns:
            what = _("%(table)s由办理产生，不能直接登记。") % {"table": self.model._meta.verbose_name}
            raise node.wrong(what, _("请写产生它的步骤或者操作；只能在“应有”中核对。"))
        if word not in columns:
            words: Words = {column.name: (column.heading, *column.aliases) for column in columns.values()}
            what = _("%(table)s没有“%(word)s”这一栏。") % {"table": self.model._meta.verbose_name, "word": word}
            raise node.wrong(what, torn(node) or offer(word, words))
        return columns[word]

    def _value(self, column: Column, node: Node) -> Any:
        if column.kind == "reference" and isinstance(node.value, dict):
            return self._referred(column, node)
        written = node.text(column.heading)
        if column.kind == "reference" and written in self.stage.organs and self._points_to_organs(column):
            return self.stage.organs[written]
        try:
            return parse(column, written)
        except CellError as error:
            what = _("“%(heading)s”：%(reason)s。") % {"heading": column.heading, "reason": error.reason}
            fault = Fault(error.reason, column.name, written, error.expected, column=column.heading)
            raise UnreadError(what, line=node.line, file=node.file, instead=error.expected, fault=fault) from error

    def _referred(self, column: Column, node: Node) -> Record:
        """This is the record that a reference describes by some of its columns, where the system gave it its number."""
        target: Any = self.model._meta.get_field(column.name).related_model
        table = Table.called(target._meta.label_lower, node, self.stage)
        return table.find(table.values(node.mapping(column.heading), found=True), node)

    def _points_to_organs(self, column: Column) -> bool:
        return isinstance(next(iter(self.stage.organs.values())), self.model._meta.get_field(column.name).related_model)  # type: ignore[arg-type]

    def _copied(self, values: dict[str, Any], copies: Node | None) -> Iterator[dict[str, Any]]:
        if copies is None:
            yield values
            return
        count = int(copies.number(_("份数")))
        if not 1 <= count <= _MOST_COPIES:
            raise copies.wrong(_("份数应在 1 与 %(most)s 之间。") % {"most": _MOST_COPIES})
        name = next((name for name in reversed(self.model.natural) if isinstance(values.get(name), str)), None)
        for n in range(1, count + 1):
            yield {**values, name: f"{values[name]}-{n:03d}"} if name else dict(values)

    def key(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """These are those of some values that a record is known by: its natural key; all of them where it has none."""
        names = {name.removesuffix("_id") for name in self.model.natural}
        return {name: value for name, value in values.items() if name in names} or dict(values)

    def find(self, values: Mapping[str, Any], node: Node, *, everywhere: bool = False) -> Record:
        """This is the one record with those values, in the scope of whoever acts; ScenarioError where there is none.

        NotFound, as the product itself would say, where there is one that the actor does not see.
        """
        wanted = dict(values)
        for name, value in wanted.items():
            if self.model._meta.get_field(name).is_relation and isinstance(value, str):
                target: Any = self.model._meta.get_field(name).related_model
                wanted[name] = border.lookup(target, [value]).get(value)
        found = list(self.model._base_manager.filter(**wanted)[:2])
        words = "、".join(self.said(name, value) for name, value in values.items())
        if len(found) != 1:
            what = _("没有%(table)s（%(words)s）。") if not found else _("%(table)s（%(words)s）不止一条。")
            instead = self._there(bool(found), wanted)
            raise node.wrong(what % {"table": self.model._meta.verbose_name, "words": words}, instead)
        if not everywhere and not self.model.objects.filter(pk=found[0].pk).exists():
            raise NotFound(
                _("%(table)s（%(words)s）不存在或不在您的范围内")
                % {"table": self.model._meta.verbose_name, "words": words}
            )
        return found[0]

    def _there(self, several: bool, wanted: Mapping[str, Any]) -> str:
        """What there is in the place of a record that was not found, or what tells several apart."""
        if several:
            return _("请再写一栏，认定是哪一条。")
        near: list[str] = []
        for name in wanted if len(wanted) > 1 else ():
            found = list(self.model._base_manager.filter(**{one: wanted[one] for one in wanted if one != name})[:2])
            if len(found) == 1:
                value = self.said(name, getattr(found[0], name))
                near.append(_("%(record)s的%(value)s") % {"record": found[0], "value": value})
        if near:
            return _("相近的：%(rows)s。") % {"rows": "；".join(near)}
        rows = [str(row) for row in self.model._base_manager.order_by("-pk")[:5]]
        return _("现有：%(rows)s。") % {"rows": "、".join(rows)} if rows else _("这类记录一条也没有，请先登记。")

    def said(self, name: str, value: Any) -> str:
        """This is a value by its heading, as people read it."""
        heading = self.all_columns[name].heading if name in self.all_columns else name
        words = dict(self.model._meta.get_field(name).flatchoices)  # type: ignore[union-attr]
        return f"{heading} {_('空') if value in (None, '') else words.get(value, value)}"


def _shown(held: Any) -> Column:
    """This is a model's field as a column to find by and to compare with."""
    words = str(held.verbose_name)
    if held.choices:
        return Column(held.name, words, "choice", choices={str(said): value for value, said in held.flatchoices})
    kinds = ((models.ForeignKey, "reference"), (models.DateTimeField, "moment"), (models.DateField, "date"), (models.BooleanField, "bool"),
             (models.DecimalField, "decimal"), (models.IntegerField, "integer"))  # fmt: skip
    return Column(held.name, words, next((kind for type_, kind in kinds if isinstance(held, type_)), "text"))


def names_of(model: type[Record]) -> tuple[str, ...]:
    """These are the fields by which people call records of a class."""
    return tuple(dict.fromkeys(name for name in (*model.natural, *model.called) if not name.endswith("_id")))


def called(record: Record) -> set[str]:
    """These are the words by which people call a record: its natural key, its other names, and how it shows itself."""
    parts = [getattr(record, name) for name in names_of(type(record))]
    own = {str(part) for part in parts if part not in (None, "")} | {str(record)}
    # What is the same thing in another room goes by its names there as well: a vehicle's file by the number of its card.
    same = [getattr(record, one.name) for one in record._meta.concrete_fields if isinstance(one, models.OneToOneField)]
    return own.union(*(called(one) for one in same if one is not None))
