"""What programs can ask for, as pages: how to sign in, and the addresses of each resource with what goes in and comes out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from baozhang.kernel.chapters import CHAPTERS
from baozhang.kernel.refusal import NotFound
from baozhang.kernel.resource import RESOURCES, Resource

METHODS = {"get": "blue", "post": "green", "patch": "amber", "delete": "red"}


def _base(request: HttpRequest) -> dict[str, Any]:
    return {"base": "kernel/shell.html" if getattr(request, "actor", None) else "kernel/public_base.html"}


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """All resources by chapter, how a program signs in, and what a refusal looks like."""
    chapters = []
    for code, chapter in CHAPTERS.items():
        own = [one for one in RESOURCES.values() if one.chapter == code]
        rows = [{"words": one.title, "slug": str(one.slug), "does": list(_does(one))} for one in own]
        if rows:
            chapters.append({"words": chapter.words, "rows": rows})
    context = {
        **_base(request), "chapters": chapters, "example": f"curl -H 'Authorization: Bearer KEY' '{request.build_absolute_uri('/api/assets/cards/')}?q=TY'",
        "refusal": json.dumps(NotFound(_("没有找到这条记录"), why=_("它不存在，或不在您的范围内。")).as_dict(), ensure_ascii=False, indent=1),
        "page": {"title": _("接口说明"), "purpose": _("页面上能办的，程序都能办：同样的权限、同样的检查、同样记入账本")},
    }  # fmt: skip
    return render(request, "site/apidocs.html", context)


def _does(one: Resource) -> Iterator[str]:
    yield _("查询")
    if one.fields and one.addable:
        yield _("登记")
    if one.fields:
        yield _("修改")
    if one.fields and one.importable:
        yield _("导入")
    if one.flow:
        yield _("办理步骤")
    if one.acts:
        yield _("操作")


@require_GET
def of_one(request: HttpRequest, slug: str) -> HttpResponse:
    """The addresses of one resource."""
    from baozhang.kernel.api.build import described

    resource = RESOURCES.get(slug)
    if resource is None:
        raise NotFound(_("没有这类记录"), instead=_("请从接口说明的目录中选择。"))
    told = described(resource)
    shapes = told.get("components", {}).get("schemas", {})
    rows = [
        _row(resource, address, method, operation, shapes)
        for address, methods in told["paths"].items()
        for method, operation in methods.items()
    ]
    context = {
        **_base(request), "rows": rows, "filters": _parameters(resource), "acts": _acts(resource),
        "page": {"title": resource.title, "purpose": f"/api/{slug}/"},
    }  # fmt: skip
    return render(request, "site/apidocs_one.html", context)


def _row(
    resource: Resource, address: str, method: str, operation: dict[str, Any], shapes: dict[str, Any]
) -> dict[str, Any]:
    done: dict[str, Any] = next((answer for status, answer in operation["responses"].items() if int(status) < 300), {})
    return {
        "method": method.upper(), "colour": METHODS.get(method, "plain"), "address": address,
        "words": _what(resource, operation), "takes": _fields(operation.get("requestBody", {}), shapes),
        "gives": [one | {"needed": False} for one in _fields(done, shapes)],
    }  # fmt: skip


def _what(resource: Resource, operation: dict[str, Any]) -> str:
    """What an address does; an address of a room's own says so itself."""
    words = {
        "list": _("列出，参数与页面上的筛选、排序相同"), "one": _("一条记录"), "history": _("它在账本中的历次记录"),
        "add": _("登记一条"), "change": _("修改一条，只写要改的栏目；带上 version 就不会盖掉别人刚改的"),
        "act": _("对一条或多条记录办理操作"), "import": _("导入表格；commit=true 时没有错误即写入，否则只检查"),
        "attachments": _("附件目录"), "attach": _("添加附件"), "attachment": _("下载附件"), "detach": _("移除附件"),
        "steps": _("现在可以办理的步骤，不能办的说明原因"), "step": _("办理一个步骤；带上 key，重复发送只办一次"),
    }  # fmt: skip
    name = operation["operationId"].removeprefix(resource.label.replace(".", "_") + "_")
    return words.get(name) or str(_(operation["summary"]))


def _fields(place: dict[str, Any], shapes: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of a body or an answer; empty where it is a file or free."""
    shape = _resolved(place.get("content", {}).get("application/json", {}).get("schema", {}), shapes)
    if rows := shape.get("properties", {}).get("rows"):
        shape = _resolved(rows.get("items", {}), shapes)
    if shape.get("type") == "array":
        shape = _resolved(shape["items"], shapes)
    needed, own = shape.get("required", []), {"extra": _("自定义字段"), "version": _("版本"), "id": _("编号")}
    return [
        {
            "name": name,
            "words": one.get("description") or str(own.get(name, "")),
            "kind": _kind(one),
            "choices": _choices(one),
            "needed": name in needed,
        }
        for name, one in shape.get("properties", {}).items()
    ]


def _resolved(shape: dict[str, Any], shapes: dict[str, Any]) -> dict[str, Any]:
    """A shape, looked up where it is only named."""
    return shapes.get(shape["$ref"].rpartition("/")[2], {}) if "$ref" in shape else shape


def _parts(one: dict[str, Any]) -> list[dict[str, Any]]:
    return [part for part in one.get("anyOf", [one]) if part.get("type") != "null"]


def _kind(one: dict[str, Any]) -> str:
    words = {
        "string": _("文字"), "integer": _("整数"), "number": _("数值"), "boolean": _("是否"), "array": _("列表"), "object": _("键值"),
        "date": _("日期"), "date-time": _("时刻"),
    }  # fmt: skip
    kinds = [part.get("format", part.get("type", "")) for part in _parts(one)]
    return next((words[kind] for kind in sorted(kinds, key=lambda kind: kind == "string") if kind in words), "")


def _choices(one: dict[str, Any]) -> str:
    return " | ".join(str(choice) for part in _parts(one) for choice in part.get("enum", ()))


def _parameters(resource: Resource) -> list[dict[str, str]]:
    """What narrows and orders a list."""
    found = [{"name": "q", "words": _("查找的文字")}, {"name": "sort", "words": _("排序的栏目，前面加 - 为倒序")},
             {"name": "after", "words": _("上一页给出的 after，接着往下读")}]  # fmt: skip
    return found + [{"name": name, "words": str(resource.words_of(name))} for name in resource.filters]


def _acts(resource: Resource) -> list[dict[str, Any]]:
    return [
        {"name": name, "words": str(act.words), "fields": [(field, str(resource.words_of(field))) for field in act.fields]}
        for name, act in resource.acts.items()
    ]  # fmt: skip
