"""Comparing: what a scenario expects of findings, refusals, figures and records with what there is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from baozhang.kernel.refusal import Refused
from baozhang.law.articles import CitationError, cite
from baozhang.law.figures import Figures
from baozhang.law.rules import rules

from .language import FINDING, REFUSAL, FigureFact, figure_key
from .outcome import Check, Found
from .source import Node, Words, near, sections
from .stage import Stage
from .tables import Table

_SHOWN = 5


class Comparison:
    """This is one place of a scenario at which things are compared; it gathers the checks."""

    def __init__(self, place: str, stage: Stage, checks: list[Check]) -> None:
        self.place, self.stage, self.checks = place, stage, checks

    def add(self, node: Node, expected: str, got: str, *, ok: bool) -> None:
        """This will add a check."""
        self.checks.append(Check(self.place, node.line, expected, got, ok))

    def findings(
        self,
        node: Node,
        found: list[Found],
        *,
        exact: bool = False,
        what: str = "",
        silent: frozenset[str] = frozenset(),
    ) -> None:
        """This will expect findings: each at least once, or as often as said; with `exact` there are no others.

        `silent` are the figures for want of which rules said nothing: a finding that is missing may be missing for that.
        """
        met: set[int] = set()
        what = what or _("发现")
        for part in node.rows(what):
            wanted = self._wanted(part)
            fitting = [i for i, one in enumerate(found) if _fits(wanted, one)]
            met.update(fitting)
            times = int(wanted["times"]) if "times" in wanted else None
            ok = bool(fitting) if times is None else len(fitting) == times
            expected = f"{what}：{self._said(part)}"
            near = [found[i] for i in fitting] if fitting else _near(wanted, found)
            got = _listed(near) if fitting or not near else _("没有；相近的：%(lines)s") % {"lines": _listed(near)}
            if times is not None and not ok:
                got = _("%(count)s 条：%(lines)s") % {"count": len(fitting), "lines": _listed(near)}
            if not fitting and silent:
                got += _("；有标准待核实，相关规则没有判断：%(keys)s") % {"keys": _("、").join(sorted(silent))}
            self.add(part, expected, got, ok=ok)
        if exact:
            others = [one for i, one in enumerate(found) if i not in met]
            self.add(node, _("别无其他"), _listed(others), ok=not others)

    def absent(self, node: Node, found: list[Found]) -> None:
        """This will expect that there are no such findings."""
        for part in node.rows(_("不应发现")):
            wanted = self._wanted(part)
            fitting = [one for one in found if _fits(wanted, one)]
            self.add(part, _("没有：%(what)s") % {"what": self._said(part)}, _listed(fitting), ok=not fitting)

    def unjudged(self, node: Node, keys: frozenset[str]) -> None:
        """This will expect that figures without a value, or records that nobody made, kept a rule silent."""
        for part in node.rows(_("待核实")):
            said = part.text(_("参数"))
            key = said if said in keys else figure_key(part)
            self.add(part, _("待核实：%(key)s") % {"key": key}, "、".join(sorted(keys)) or _("没有"), ok=key in keys)

    def refused(self, node: Node, refusal: Refused | None) -> None:
        """This will expect a refusal: its article, words of its sentence, the field that is wrong."""
        if isinstance(node.value, dict):
            wanted, _rest = sections(node, REFUSAL, _("应拒绝"), filled=REFUSAL)
        elif node.text(_("应拒绝")) not in ("是", "true", "yes"):
            wanted = {"contains": node}
        else:
            wanted = {}
        expected = _("被拒绝：%(what)s") % {"what": self._said(node)}
        if refusal is None:
            self.add(node, expected, _("没有被拒绝"), ok=False)
            return
        faults = refusal.faults
        said = "；".join(
            str(part)
            for part in (refusal.what, refusal.why, refusal.instead, *(p for f in faults for p in (f.reason, f.remedy)))
            if part
        )
        ok = (
            all(word.text(_("含")) in said for word in wanted["contains"].rows(_("含")))
            if "contains" in wanted
            else True
        )
        if "article" in wanted:
            # Of many rows each fault names its own article.
            ok = ok and (_within(wanted["article"], refusal.article) or wanted["article"].text(_("条文")) in said)
        if "field" in wanted:
            ok = ok and any(wanted["field"].text(_("栏目")) in (fault.field, fault.column) for fault in faults)
        self.add(node, expected, f"{refusal.article}：{said}" if refusal.article else said, ok=ok)

    def figures(self, facts: Iterable[FigureFact], day: dt.date) -> None:
        """This will expect figures: a key, a place, a day, a value."""
        for fact in facts:
            on, path = fact.on or day, self.stage.path(fact.place, fact.node)
            reading = Figures(on, path).reading(fact.key, **{name: _number(value) for name, value in fact.row.items()})
            words = "无" if fact.value is None else str(fact.value)
            same = reading.value == fact.value or (
                isinstance(fact.value, int | Decimal) and _number(reading.value) == fact.value
            )
            self.add(fact.node, f"{fact.key} {on} = {words}", f"{reading.shown}（{reading.basis}）", ok=same)

    def records(self, node: Node) -> None:
        """This will expect that records have certain values."""
        for part in node.rows(_("记录")):
            for word, rows in part.filled(_("记录")).mapping(_("记录")).items():
                table = Table.called(word, rows, self.stage)
                for row in rows.filled(word).rows(word):
                    values = table.values(row.mapping(word), found=True)
                    key = table.key(values)
                    record = table.find(key, row, everywhere=True)
                    rest = {name: value for name, value in values.items() if name not in key}
                    got = {name: getattr(record, name) for name in rest}
                    same = all(
                        got[name] == rest[name] or (got[name] in (None, "") and rest[name] in (None, ""))
                        for name in rest
                    )
                    self.add(
                        row, f"{word} {self._said(row)}", "，".join(table.said(n, v) for n, v in got.items()), ok=same
                    )

    def _wanted(self, node: Node) -> dict[str, Any]:
        """These are the conditions of an expected finding, each checked for sense, so that no typing error passes."""
        if isinstance(node.value, str):
            node = Node({"rule": node}, node.line, node.file)
        own, _rest = sections(node, FINDING, _("发现"), filled=FINDING)
        wanted: dict[str, Any] = {name: part.text(name) for name, part in own.items() if name != "contains"}
        if "contains" in own:
            wanted["contains"] = [word.text(_("含")) for word in own["contains"].rows(_("含"))]
        if "rule" in wanted:
            known: Words = {one.name: (one.title,) for one in rules()}
            if wanted["rule"] not in {word for name, words in known.items() for word in (name, *words)}:
                raise own["rule"].wrong(
                    _("没有规则“%(rule)s”。") % {"rule": wanted["rule"]}, near(wanted["rule"], known, "rules")
                )
        if "organ" in wanted:
            wanted["organ"] = str(self.stage.organ(wanted["organ"], own["organ"]))
        if "subject" in wanted and not self.stage.knows(wanted["subject"]):
            raise own["subject"].wrong(
                _("场景里没有叫“%(name)s”的记录。") % {"name": wanted["subject"]}, _("请写编号、编码或全称。")
            )
        if "article" in own:
            wanted["article"] = own["article"]
            _within(own["article"], "第一条")
        for name in ("amount", "times"):
            if name in own:
                wanted[name] = own[name].number(FINDING[name][0])
        if "figure" in own:
            wanted["figure"] = figure_key(own["figure"])
        return wanted

    def _said(self, node: Node) -> str:
        if isinstance(node.value, dict):
            return "，".join(f"{key} {self._said(part)}" for key, part in node.value.items())
        if isinstance(node.value, list):
            return "、".join(self._said(part) for part in node.value)
        return str(node.value or "")


def _number(value: Any) -> Any:
    try:
        return Decimal(str(value))
    except ArithmeticError:
        return value


def _within(node: Node, article: str) -> bool:
    """True where an article is the one expected; 第十二条 also covers its paragraphs."""
    try:
        wanted = cite(node.text(_("条文")))
    except CitationError as error:
        raise node.wrong(str(error.what), str(error.instead)) from error
    try:
        got = cite(article)
    except CitationError:
        return False
    pairs = ((wanted.article, got.article), (wanted.paragraph, got.paragraph), (wanted.item, got.item))
    return all(one is None or one == other for one, other in pairs)


def _fits(wanted: dict[str, Any], one: Found) -> bool:
    tests = {
        "rule": lambda value: value in (one.rule, one.title),
        "subject": lambda value: value in one.names,
        "organ": lambda value: value == one.organ,
        "article": lambda value: _within(value, one.article),
        "amount": lambda value: one.amount == value,
        "contains": lambda value: all(word in one.sentence for word in value),
        "severity": lambda value: value in one.severity,
        "state": lambda value: value in one.state,
        "figure": lambda value: value in one.figures,
    }
    return all(test(wanted[name]) for name, test in tests.items() if name in wanted)


def _near(wanted: dict[str, Any], found: list[Found]) -> list[Found]:
    """These are findings that a reader would want to see: of the same rule or on the same record."""
    loose: list[dict[str, Any]] = [{name: wanted[name]} for name in ("rule", "subject") if name in wanted]
    return [one for one in found if any(_fits(part, one) for part in loose)] or ([] if loose else found)


def _listed(found: list[Found]) -> str:
    lines = "；".join(one.line() for one in found[:_SHOWN])
    return (lines + _("；等 %(count)s 条") % {"count": len(found)} if len(found) > _SHOWN else lines) or _("没有")
