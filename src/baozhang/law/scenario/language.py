"""The language of scenarios: which words there are, in Chinese and English, and what a scenario is made of."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from baozhang.law.articles import CitationError, cite
from baozhang.law.catalogue import catalogue
from baozhang.law.figures import IssuedValue, check_issued
from baozhang.law.figurespec import FigureError
from baozhang.law.rowwords import axis_of, chosen, row_keys

from .source import Node, ScenarioError, Words, documents, near, pieces, sections

_ENDS = {"超过": "over", "以上": "over", "至": "to", "以内": "to"}
_TITLE = re.compile(r"^(?:场景|scenario)\s*[:：]\s*[\"“']?(.+?)[\"”']?\s*(?:#.*)?$", re.MULTILINE)
SCENARIO: Words = {
    "scenario": ("场景", "title"),
    "article": ("条文", "条款"),
    "note": ("说明",),
    "on": ("在", "起始日期", "day"),
    "places": ("区划", "行政区划"),
    "organs": ("单位",),
    "facts": ("事实",),
    "figures": ("标准", "参数"),
    "acts": ("经过", "steps"),
    "expect": ("应有", "预期"),
}
ORGAN: Words = {
    "place": ("区划", "行政区划", "jurisdiction"),
    "heads": ("编制", "人数", "headcount"),
    "people": ("人员",),
}
FIGURE: Words = {
    "key": ("参数", "标准", "figure"),
    "place": ("区划", "行政区划", "单位", "organ"),
    "row": ("行", "档"),
    "value": ("值", "数值"),
    "since": ("自", "起", "from"),
    "until": ("至", "止", "to"),
    "document": ("文件", "依据"),
    "on": ("在", "day"),
}
VERBS = ("add", "change", "remove", "step", "act", "attach", "calendar", "patrol", "try", "nothing")
ACT: Words = {
    "on": ("在", "day"),
    "by": ("由", "人员"),
    "organ": ("单位",),
    "note": ("说明", "意见"),
    "add": ("登记", "导入", "import"),
    "change": ("修改",),
    "remove": ("撤销",),
    "step": ("办理", "take"),
    "act": ("操作", "do"),
    "attach": ("附上", "上传"),
    "calendar": ("定时任务", "定时"),
    "patrol": ("巡查",),
    "try": ("试算", "trial"),
    "refused": ("应拒绝", "拒绝"),
    "expect": ("应有", "预期"),
    "findings": ("应发现", "发现"),
    "absent": ("不应发现", "没有"),
    "only": ("只发现", "别无其他"),
    "resolved": ("应消除", "消除"),
    "unjudged": ("待核实", "unverified"),
}
STEP: Words = {
    "subject": ("对象", "subjects"),
    "step": ("步骤", "操作", "act"),
    "values": ("填写",),
}
PAPER: Words = {
    "subject": ("对象", "subjects"),
    "kind": ("材料", "材料种类", "种类"),
    "name": ("文件名", "file"),
}
FINDING: Words = {
    "rule": ("规则",),
    "subject": ("对象",),
    "organ": ("单位",),
    "article": ("条文", "条款"),
    "amount": ("金额", "涉及金额"),
    "contains": ("含", "包含"),
    "severity": ("程度",),
    "state": ("状态",),
    "times": ("次数", "条数", "count"),
    "figure": ("参数", "标准"),
}
REFUSAL: Words = {
    "article": ("条文", "条款"),
    "contains": ("含", "包含"),
    "field": ("栏目", "字段"),
}
# What is expected must say something; that there is nothing else, and that a figure has no value, is something.
EXPECTATIONS = ("refused", "expect", "findings", "absent", "resolved", "unjudged")
EXPECT: Words = {
    "figures": ("标准", "参数"),
    "findings": ("应发现", "发现"),
    "absent": ("不应发现", "没有"),
    "only": ("只发现", "别无其他"),
    "records": ("记录", "事实"),
}


_IN_AN_ACT = {
    word for name in ("refused", "findings", "absent", "only", "resolved", "patrol") for word in (name, *ACT[name])
}
_ARTICLES = re.compile(r"[、，,；;]\s*|\s+(?=第)")


@dataclass(frozen=True)
class OrganFact:
    """This is an organ of a scenario: its own columns as written, its heads by band, its people by role, its records."""

    name: str
    place: str
    values: dict[str, Node]
    heads: Node | None
    people: dict[str, list[str]]
    node: Node
    records: dict[str, Node] = field(default_factory=dict)


@dataclass(frozen=True)
class FigureFact:
    """This is a figure as a scenario issues it, tries it or expects it; `place` is a name, empty for the top."""

    key: str
    place: str
    row: dict[str, Any]
    value: int | Decimal | str | None
    since: dt.date | None
    until: dt.date | None
    document: str
    on: dt.date | None
    node: Node

    def issued(self, path: str) -> IssuedValue:
        """This is the figure as an office would issue it at a place; ScenarioError where the catalogue forbids it."""
        assert self.since is not None
        value = IssuedValue(self.key, path, self.value, self.since, self.until, self.row, self.document)
        try:
            check_issued(value)
        except FigureError as error:
            raise self.node.wrong(str(error.what), str(error.instead)) from error
        return value


@dataclass(frozen=True)
class ActFact:
    """This is one act in time with what is expected of it."""

    number: int
    day: dt.date
    verb: str
    body: Node
    by: str
    organ: str
    note: str
    parts: dict[str, Node]
    node: Node


@dataclass(frozen=True)
class Scenario:
    """This is one scenario: who and what there is, what happens, what should come of it."""

    title: str
    article: str
    day: dt.date
    places: dict[str, str]  # path of names → code, empty where none is said
    organs: list[OrganFact]
    facts: dict[str, Node]
    figures: list[FigureFact]
    acts: list[ActFact]
    expect: Node | None
    node: Node


def read(path: Path) -> Iterator[Scenario]:
    """These are the scenarios of a file; ScenarioError at the first that is written wrongly."""
    yield from parse(_text(path), str(path))


def each(path: Path) -> Iterator[Scenario | tuple[str, ScenarioError]]:
    """These are the scenarios of a file, and in the place of those that are written wrongly their title and the error."""
    some = False
    for text in pieces(_text(path)):
        try:
            for node in documents(text, str(path)):
                some = True
                yield _scenario(node)
        except ScenarioError as error:
            some = True
            said = _TITLE.search(text)
            yield said[1] if said else path.name, error
    if not some:
        yield from parse("", str(path))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ScenarioError(_("打不开文件：%(why)s。") % {"why": error.strerror}, file=str(path)) from error
    except UnicodeDecodeError as error:
        raise ScenarioError(_("文件不是 UTF-8 编码。"), file=str(path), instead=_("请另存为 UTF-8 后再试。")) from error


def parse(text: str, file: str = "") -> Iterator[Scenario]:
    """These are the scenarios of a text; ScenarioError where there is none."""
    count = 0
    for node in documents(text, file):
        count += 1
        yield _scenario(node)
    if not count:
        raise ScenarioError(_("文件里没有场景。"), file=file, instead=_("请以“场景: 名称”开头。"))


def _scenario(node: Node) -> Scenario:
    if isinstance(node.value, dict) and (astray := next((key for key in node.value if key in _IN_AN_ACT), None)):
        raise node.value[astray].wrong(
            _("“%(key)s”不写在场景最外层。") % {"key": astray}, _("请写在“经过”的某一步里，或写在最后的“应有”里。")
        )
    parts, _none = sections(node, SCENARIO, _("场景"), filled=("expect",))
    if "scenario" not in parts:
        raise node.wrong(_("缺少“场景”。"), _("请以“场景: 名称”开头。"))
    acts = _acts(parts["acts"]) if "acts" in parts else []
    if "on" in parts:
        day = parts["on"].date(_("在"))
    elif acts:
        day = acts[0].day
    else:
        raise node.wrong(_("没有日期。"), _("请写“在: 2025-03-03”，或在“经过”里写明日期。"))
    if acts and acts[0].day < day:
        raise acts[0].node.wrong(_("“经过”的日期早于场景的起始日期 %(day)s。") % {"day": day})
    places = _places(parts.get("places"))
    return Scenario(
        parts["scenario"].text(_("场景")), _cited(parts["article"]) if "article" in parts else "", day, places,
        _organs(parts.get("organs"), list(places)), parts["facts"].mapping(_("事实")) if "facts" in parts else {},
        figures(parts["figures"], since=True) if "figures" in parts else [], acts, parts.get("expect"), node,
    )  # fmt: skip


def _cited(node: Node) -> str:
    """The article that a scenario is about; several may be named."""
    said = node.text(_("条文"))
    try:
        for part in _ARTICLES.split(said):
            cite(part)
    except CitationError as error:
        raise node.wrong(str(error.what), str(error.instead)) from error
    return said


def _places(node: Node | None) -> dict[str, str]:
    if node is None:
        return {"江海市": "", "江海市/云间区": ""}
    if isinstance(node.value, dict):
        given = {path: part.text(_("区划代码")) for path, part in node.value.items()}
    else:
        given = {part.text(_("区划")): "" for part in node.rows(_("区划"))}
    found: dict[str, str] = {}
    for path in given:
        names = [name.strip() for name in path.split("/")]
        if not all(names) or len(names) > 3:
            raise node.wrong(
                _("区划“%(path)s”无法识别。") % {"path": path}, _("请写成“江海市/云间区”，最多到乡镇三级。")
            )
        for depth in range(1, len(names) + 1):
            found.setdefault("/".join(names[:depth]), given.get("/".join(names[:depth]), ""))
    if len({path.split("/")[0] for path in found}) > 1:
        raise node.wrong(_("一个场景只能有一个市。"))
    return found


def _organs(node: Node | None, places: list[str]) -> list[OrganFact]:
    if node is None:
        return []
    default = next((path for path in places if path.count("/") == 1), places[0])
    if isinstance(node.value, list | str):
        plain = {part.text(_("单位")): Node(None, part.line, part.file) for part in node.rows(_("单位"))}
        return [_organ(name, part, default, places) for name, part in plain.items()]
    return [_organ(name, part, default, places) for name, part in node.mapping(_("单位")).items()]


def _organ(name: str, node: Node, default: str, places: list[str]) -> OrganFact:
    own, rest = sections(node, ORGAN, _("单位“%(name)s”") % {"name": name}, free=True)
    place = own["place"].text(_("区划")) if "place" in own else default
    full = next((path for path in places if path == place or path.endswith(f"/{place}")), None)
    if full is None:
        raise own["place"].wrong(
            _("没有区划“%(place)s”。") % {"place": place}, _("可以写：%(words)s。") % {"words": "、".join(places)}
        )
    people = {}
    if "people" in own:
        if isinstance(own["people"].value, list):
            raise own["people"].wrong(_("“人员”应写成“名称: 内容”的形式。"), _("例如：人员: {张三: 资产管理员}。"))
        for person, roles in own["people"].mapping(_("人员")).items():
            people[person] = [part.text(_("角色")) for part in roles.rows(_("角色"))]
    values = {key: part for key, part in rest.items() if not isinstance(part.value, dict | list)}
    records = {key: part for key, part in rest.items() if isinstance(part.value, dict | list)}
    return OrganFact(name, full, values, own.get("heads"), people, node, records)


def figures(node: Node, *, since: bool = False) -> list[FigureFact]:
    """These are figures as written; with `since` each must say from which day it is in force."""
    found = []
    for part in node.rows(_("标准")):
        own, _rest = sections(part, FIGURE, _("标准"), filled=FIGURE.keys() - {"value"})
        for name, words in (("key", _("参数")), ("value", _("值")), *((("since", _("自")),) if since else ())):
            if name not in own:
                raise part.wrong(_("标准缺少“%(name)s”。") % {"name": words})
        key = figure_key(own["key"])
        row = _row(key, own["row"]) if "row" in own else {}
        days = {name: own[name].date(name) if name in own else None for name in ("since", "until", "on")}
        texts = {name: own[name].text(name) if name in own else "" for name in ("place", "document")}
        found.append(FigureFact(key, row=row, value=_value(own["value"]), node=part, **days, **texts))  # type: ignore[arg-type]
    return found


def figure_key(node: Node) -> str:
    """This is the figure that is called so, by its key or its title; ScenarioError with the nearest that there is."""
    said = node.text(_("参数"))
    for key, one in catalogue().items():
        if said in (key, one.name):
            return key
    known: Words = {key: (key, one.name) for key, one in catalogue().items()}
    raise node.wrong(_("参数目录中没有“%(key)s”。") % {"key": said}, near(said, known, "figures"))


def _row(key: str, node: Node) -> dict[str, Any]:
    """This is the row of a table of figures, its keys and values by code or in words."""
    try:
        if not isinstance(node.value, dict):
            return dict(row_keys(key, node.text(_("行"))))
    except FigureError as error:
        raise node.wrong(str(error.what), str(error.instead)) from error
    return {axis_of(name): _row_key(axis_of(name), held) for name, held in node.value.items()}


def _row_key(name: str, node: Node) -> Any:
    if isinstance(node.value, dict):
        return {_ENDS.get(end, end): part.number(end) for end, part in node.value.items()}
    return "/".join(chosen(name, node.text(_("行"))))


def _value(node: Node) -> Any:
    if node.value is None:
        return None
    try:
        number = node.number(_("值"))
    except ScenarioError:
        return node.text(_("值"))
    return int(number) if number == number.to_integral_value() and "." not in node.text(_("值")) else number


def _acts(node: Node) -> list[ActFact]:
    found: list[ActFact] = []
    for number, part in enumerate(node.rows(_("经过")), 1):
        own, _rest = sections(part, ACT, _("经过第 %(n)s 步") % {"n": number}, filled=EXPECTATIONS)
        verbs = [verb for verb in VERBS if verb in own]
        if len(verbs) > 1:
            raise part.wrong(_("一步只能做一件事。"), _("请分成两步写。"))
        if "on" not in own:
            raise part.wrong(_("这一步没有日期。"), _("请写“在: 2025-03-03”。"))
        day = own["on"].date(_("在"))
        if found and day < found[-1].day:
            raise own["on"].wrong(
                _("日期 %(day)s 早于上一步 %(last)s。") % {"day": day, "last": found[-1].day}, _("请按时间先后写。")
            )
        verb = verbs[0] if verbs else "nothing"
        if verb == "nothing" and "expect" not in own:
            raise part.wrong(
                _("这一步没有写做什么。"),
                _("可以写：%(words)s。") % {"words": "、".join(ACT[v][0] for v in VERBS[:-1])},
            )
        texts = {name: own[name].text(name) if name in own else "" for name in ("by", "organ", "note")}
        found.append(ActFact(number, day, verb, own.get(verb, part), parts=own, node=part, **texts))
    return found
