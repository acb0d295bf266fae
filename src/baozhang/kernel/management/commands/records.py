"""`baozhang records [RESOURCE] --schema`: what a workbook may hold and what may be done, so that others can write files and scenarios."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from baozhang.kernel import access, attachments, flow
from baozhang.kernel.flow.plan import full
from baozhang.kernel.resource import RESOURCES, Resource, get
from baozhang.kernel.sheet_columns import columns_of
from baozhang.kernel.sheets.columns import Column, listed

KINDS = {
    "text": "文字", "integer": "整数", "decimal": "数值", "money": "金额", "date": "日期", "moment": "日期时间", "choice": "选项", "bool": "是否", "reference": "引用",
}  # fmt: skip


class Command(BaseCommand):
    """The records of the house."""

    help = "list the records, and which can be imported; with --schema their columns, steps and acts"

    def add_arguments(self, parser: CommandParser) -> None:
        """One resource or all, columns or names, words or JSON."""
        parser.add_argument("resource", nargs="?", default="", help="such as assets/cards")
        parser.add_argument(
            "--schema", action="store_true", help="the columns with headings, aliases, kinds and choices"
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """This will print them; a resource that is named is shown with its columns in any case."""
        wanted = [_one(options["resource"])] if options["resource"] else _all()
        deep = options["schema"] or bool(options["resource"])
        if options["json"]:
            self.stdout.write(json.dumps([schema(one, deep) for one in wanted], ensure_ascii=False, indent=2))
            return
        for one in wanted:
            mark = "" if one.importable and one.fields else "  只由办理、接口和场景填写，不能用表格导入"
            self.stdout.write(f"{one.slug}  {one.title}（{one.article}）{mark}")
            if deep:
                self._columns(schema(one, True))

    def _columns(self, found: dict[str, Any]) -> None:
        if found["columns"]:
            self.stdout.write(f"  认作同一条的依据：{'、'.join(found['key']) or '无，每行都是新的'}")
            self.stdout.write(
                f"  谁可以登记：{'、'.join(found['who']) or '无，由办理的步骤或者操作产生；场景的事实里可以写'}"
            )
        for column in found["columns"]:
            marks = [KINDS[column["kind"]] + (f"（{column['unit']}）" if column["unit"] else "")]
            marks += ["必填"] if column["required"] else []
            marks += [f"引用{column['refers_to']}"] if column["refers_to"] else []
            marks += [f"最长 {column['max_length']}"] if column["max_length"] else []
            self.stdout.write(f"  {column['heading']}  [{column['name']}]  {'，'.join(marks)}")
            if column["aliases"]:
                self.stdout.write(f"      也可写作：{'、'.join(column['aliases'])}")
            if column["choices"]:
                self.stdout.write(f"      可选：{listed(list(column['choices']))}")
        if found["shown"]:
            self.stdout.write(f"  只能核对，或由步骤、操作填写：{'、'.join(found['shown'])}")
            for heading, said in found["shown_choices"].items():
                self.stdout.write(f"      {heading}可为：{listed(said)}")
        if found["papers"]:
            self.stdout.write(f"  材料  {'、'.join(found['papers'])}")
        for kind, words in (("steps", "步骤"), ("acts", "操作")):
            for one in found[kind]:
                fields = f"，填写：{'、'.join(one['fields'])}" if one["fields"] else ""
                note = "，须写说明" if one["needs_note"] else ""
                self.stdout.write(f"  {words}  {one['words']}{fields}{note}  〔{'、'.join(one['who']) or '系统'}〕")
        self.stdout.write("")


def _all() -> list[Resource]:
    return [one for _slug, one in sorted(RESOURCES.items()) if one.fields or one.acts or one.flow or one.columns]


def _one(slug: str) -> Resource:
    try:
        one = get(slug)
    except LookupError as error:
        raise CommandError(str(error)) from error
    return one


def schema(resource: Resource, deep: bool) -> dict[str, Any]:
    """A resource as data: address, words, article, the fields that identify a record, and its columns."""
    made: dict[str, Any] = {
        "resource": resource.slug,
        "label": resource.label,
        "title": str(resource.title),
        "article": resource.article,
        "importable": bool(resource.importable and resource.fields),
    }
    if deep:
        key = [resource.model._meta.get_field(name.removesuffix("_id")) for name in resource.model.natural]
        made["key"] = [str(field.verbose_name) for field in key]  # type: ignore[union-attr]
        made["who"] = access.holders(resource.right("add"))
        made["columns"] = [_column(resource, column) for column in columns_of(resource)]
        plan = flow.flow_of(resource.model)
        filled = {column["name"] for column in made["columns"]}
        told = (
            *resource.columns,
            *resource.more_columns,
            *(name for group in resource.groups for name in group.fields),
        )
        names = dict.fromkeys(
            name for name in told if name not in filled and name not in resource.computed and "__" not in name
        )
        made["shown"] = [str(resource.words_of(name)) for name in names]
        made["shown_choices"] = {
            str(resource.words_of(name)): [str(said) for _value, said in field.flatchoices]
            for name in names
            if (field := resource.field(name)).choices
        }
        proofs = attachments.PROOFS.get(resource.label)
        made["papers"] = [str(one.label) for one in proofs.kinds] if proofs is not None else []
        made["steps"] = [_doing(resource, step) for step in plan.steps.values()] if plan else []
        made["acts"] = [_doing(resource, act) for act in resource.acts.values()]
    return made


def _doing(resource: Resource, one: Any) -> dict[str, Any]:
    return {
        "words": str(one.words),
        "fields": [str(resource.words_of(name)) for name in one.fields],
        "needs_note": bool(one.needs_note),
        "who": access.holders(full(one.permission, resource.model)),
    }


def _column(resource: Resource, column: Column) -> dict[str, Any]:
    target = None if column.name.startswith("x_") else resource.field(column.name).related_model
    return {
        "name": column.name, "heading": column.heading, "aliases": list(column.aliases), "kind": column.kind,
        "required": column.required, "choices": {word: str(value) for word, value in column.choices.items()},
        "unit": column.unit, "max_length": column.max_length,
        "refers_to": str(target._meta.verbose_name) if target is not None else "",
    }  # fmt: skip
