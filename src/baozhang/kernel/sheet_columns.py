"""What a sheet of a resource may hold, derived from its declaration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.db import models

from .customs import CustomField, fields_for
from .resource import Resource, kind_of
from .sheets.columns import Column

# How offices head the column of the agency, wherever it stands; without it a row belongs to whoever brings the sheet.
ORGAN = ("单位名称", "所属单位", "机关名称", "单位编码", "单位代码", "单位")
NAMED = ("名称", "编号", "编码", "代码")
_COLUMN_KINDS = {"link": "reference", "state": "choice", "number": "decimal", "json": "text"}


def columns_of(resource: Resource) -> list[Column]:
    """The columns by field and custom field; headings in Chinese with their aliases."""
    found = [_column(resource, name) for name in resource.fields]
    found += [_custom_column(custom) for custom in fields_for(resource.label)]
    said = {word for column in found for word in (column.heading, *column.aliases)}
    return [replace(one, aliases=(*one.aliases, *_also(resource, one, said))) for one in found]


def _also(resource: Resource, column: Column, said: set[str]) -> Iterator[str]:
    """What a column goes by without being told so: a record's name or number, a day's time; never what names another column."""
    if column.kind == "reference":
        words = [f"{column.heading}{word}" for word in NAMED]
        if column.name == "organ" and resource.model.scope_field == "organ_id":
            words = [*ORGAN, *words]
    elif column.kind == "date":
        words = [word.replace("日期", "时间") for word in (column.heading, *column.aliases) if "日期" in word]
    else:
        words = []
    for word in words:
        if word not in said:
            said.add(word)
            yield word


def _column(resource: Resource, name: str) -> Column:
    model_field = resource.field(name)
    kind = kind_of(model_field)
    kind = "integer" if isinstance(model_field, models.IntegerField) else _COLUMN_KINDS.get(kind, kind)
    aliases = tuple(resource.headings.get(name, ()))
    options: dict[str, Any] = {}
    if kind == "choice":
        options["choices"] = {str(words): value for value, words in model_field.flatchoices if value != ""}
        synonyms = getattr(resource.model, "synonyms", {}).get(name, {})
        options["choices"].update({word: value for word, value in synonyms.items() if word not in options["choices"]})
    if isinstance(model_field, models.DecimalField):
        options.update(decimal_places=model_field.decimal_places, max_digits=model_field.max_digits)
    if model_field.max_length and kind == "text":
        options["max_length"] = model_field.max_length
    required = not model_field.blank and not model_field.null and not model_field.has_default()
    if name == "organ" and resource.model.scope_field == "organ_id":
        required = False  # a row that names no organ belongs to whoever brings the sheet
    unit = "" if kind == "money" else str(resource.units.get(name, ""))
    return Column(
        name=name,
        heading=str(model_field.verbose_name),
        kind=kind,
        aliases=aliases,
        required=required,
        unit=unit,
        **options,
    )


def _custom_column(custom: CustomField) -> Column:
    kind = {"number": "decimal"}.get(custom.kind, custom.kind)
    options: dict[str, Any] = {"choices": {word: word for word in custom.options}} if kind == "choice" else {}
    return Column(name=custom.column, heading=custom.words, kind=kind, required=custom.required, **options)
