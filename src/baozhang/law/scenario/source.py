"""The text of a scenario as a tree that knows its lines; values stay as they were written, so that 0012 is no number."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml
from django.utils.translation import gettext as _

_TRUE = frozenset(("是", "true", "yes", "对"))
_FALSE = frozenset(("否", "false", "no"))
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_MEASURED = re.compile(r"(?<=[\d万])(元整?|个?(工作)?日|天|年|个?月|小时|人|名|台|套|件|张|把|辆|个|份|次|公里|升)$")
_BETWEEN = re.compile(r"^---(?=\s|$)", re.MULTILINE)
_NOTHING = frozenset(("", "~", "null", "无"))
_LARGEST = 18  # digits before the point, as columns hold them


class ScenarioError(ValueError):
    """This is a scenario that cannot be read or played: what is wrong, in which line, and what would be right."""

    def __init__(self, what: str, *, line: int = 0, file: str = "", instead: str = "") -> None:
        super().__init__(what)
        self.what, self.line, self.file, self.instead = str(what), line, file, str(instead)

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        said = self.what if not self.instead else f"{self.what} {self.instead}"
        return f"{where}: {said}" if where else said


@dataclass(frozen=True)
class Node:
    """This is one place of the text: a mapping, a list or a written value, with its line."""

    value: Any  # dict[str, Node], list[Node], str, or None
    line: int
    file: str

    def wrong(self, what: str, instead: str = "") -> ScenarioError:
        """This is an error at this place, to be raised."""
        return ScenarioError(what, line=self.line, file=self.file, instead=instead)

    @property
    def empty(self) -> bool:
        """This is true where nothing was written, or a list has such a part: an expectation of nothing would always come true."""
        if isinstance(self.value, list):
            return not self.value or any(part.empty for part in self.value)
        return self.value in (None, "", {})

    def filled(self, what: str) -> Node:
        """This is the place itself, refused where nothing was written."""
        if self.empty:
            raise self.wrong(_("“%(what)s”没有写内容。") % {"what": what}, _("请写明，或删去这一项。"))
        return self

    def mapping(self, what: str) -> dict[str, Node]:
        """These are the parts of a mapping; `what` names it for whoever wrote something else."""
        if self.value is None:
            return {}
        if not isinstance(self.value, dict):
            raise self.wrong(_("“%(what)s”应写成“名称: 内容”的形式。") % {"what": what})
        return self.value

    def rows(self, what: str) -> list[Node]:
        """These are the parts of a list; a single mapping or value is a list of one."""
        if self.value is None:
            return []
        return self.value if isinstance(self.value, list) else [self]

    def text(self, what: str) -> str:
        """This is a written value."""
        if isinstance(self.value, dict | list):
            raise self.wrong(_("“%(what)s”应是一个值，不是列表或多项内容。") % {"what": what})
        return "" if self.value is None else str(self.value)

    def date(self, what: str) -> dt.date:
        """This is a day, written 2025-03-03, 2025-3-3, 2025/3/3 or 2025年3月3日."""
        written = self.text(what)
        parts = _DAY.fullmatch(written.strip())
        try:
            return dt.date(*map(int, parts.groups())) if parts else dt.date.fromisoformat(written)
        except ValueError:
            raise self.wrong(
                _("“%(what)s”的日期“%(text)s”无法识别。") % {"what": what, "text": written},
                _("请写成 2025-03-03 的形式。"),
            ) from None

    def number(self, what: str) -> Decimal:
        """This is a number; thousands may be set off by commas, what it counts may follow (5000元, 0.5万元, 10人, 5个工作日)."""
        written = self.text(what)
        plain = _MEASURED.sub("", written.replace(",", "").replace("，", "").strip())
        try:
            found = Decimal(plain.removesuffix("万"))
        except InvalidOperation:
            found = Decimal("NaN")
        if not found.is_finite() or found.adjusted() > _LARGEST:  # Python takes NaN and 1e999 for numbers
            raise self.wrong(_("“%(what)s”应是数字，不是“%(text)s”。") % {"what": what, "text": written})
        return found * 10_000 if plain.endswith("万") else found

    def truth(self, what: str) -> bool:
        """This is yes or no."""
        written = self.text(what).lower()
        if written in _TRUE or written in _FALSE:
            return written in _TRUE
        raise self.wrong(_("“%(what)s”应写“是”或“否”，不是“%(text)s”。") % {"what": what, "text": written})


Words = Mapping[str, tuple[str, ...]]


def sections(
    node: Node, words: Words, what: str, *, free: bool = False, filled: Container[str] = ()
) -> tuple[dict[str, Node], dict[str, Node]]:
    """These are the parts of a mapping by keyword, and with `free` the parts under names that are no keyword.

    Keywords are accepted in Chinese and English; an unknown one is refused with the nearest that would be right, and so
    is one of `filled` with nothing behind it.
    """
    known = {spelling: name for name, spellings in words.items() for spelling in (name, *spellings)}
    found: dict[str, Node] = {}
    other: dict[str, Node] = {}
    for key, part in node.mapping(what).items():
        name = known.get(key) or known.get(key.lower())
        if name is not None:
            if name in found:
                raise part.wrong(_("“%(key)s”写了两次。") % {"key": key})
            found[name] = part.filled(key) if name in filled else part
        elif free:
            other[key] = part
        else:
            raise part.wrong(
                _("%(what)s里没有“%(key)s”这一项。") % {"what": what, "key": key}, torn(part) or offer(key, words)
            )
    return found, other


def torn(part: Node) -> str:
    """What to say of an unknown word with nothing behind it: within braces a comma begins the next part, also that in 6,000."""
    return _("内容里有逗号时，请给它加上引号。") if part.value is None else ""


def offer(key: str, words: Words) -> str:
    """This is the sentence that says what would be right instead of an unknown word."""
    shown = {
        spelling: spellings[0] if spellings else name
        for name, spellings in words.items()
        for spelling in (name, *spellings)
    }
    near = difflib.get_close_matches(key, list(shown), n=1, cutoff=0.5)
    if near:
        return _("是不是想写“%(word)s”？") % {"word": near[0]}
    return _("可以写：%(words)s。") % {"words": "、".join(dict.fromkeys(shown.values()))}


def near(key: str, words: Words, listed_by: str) -> str:
    """The same of a word out of a whole catalogue: the nearest, else the command that lists them all."""
    shown = {spelling for name, spellings in words.items() for spelling in (name, *spellings)}
    if difflib.get_close_matches(key, list(shown), n=1, cutoff=0.5):
        return offer(key, words)
    return _("全部用 baozhang law %(what)s 列出。") % {"what": listed_by}


def pieces(text: str) -> Iterator[str]:
    """These are the scenarios of a text, each in its own lines, so that one that is no YAML does not take the others along."""
    begun = 0
    for mark in [*_BETWEEN.finditer(text), None]:
        end = len(text) if mark is None else mark.start()
        yield "\n" * text.count("\n", 0, begun) + text[begun:end]
        begun = end if mark is None else mark.end()


def documents(text: str, file: str = "") -> Iterator[Node]:
    """These are the scenarios of a text, separated by ---; ScenarioError names the line where it is no YAML."""
    try:
        for composed in _composed(text):
            if composed is not None:
                yield _node(composed, file, 0)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said, instead = _explained(str(error.problem or error.context))
        line = mark.line + 1 if mark else 0
        raise ScenarioError(
            _("文件格式有误：%(problem)s。") % {"problem": said}, line=line, file=file, instead=instead,
        ) from error  # fmt: skip
    except yaml.YAMLError as error:
        raise ScenarioError(_("文件格式有误：%(problem)s。") % {"problem": error}, file=file) from error


def _composed(text: str) -> list[Any]:
    """The trees of a text, by the reader in C; what it cannot read is read again by the one whose complaints are explained."""
    try:
        return list(yaml.compose_all(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except yaml.YAMLError:
        return list(yaml.compose_all(text, Loader=yaml.SafeLoader))


def _explained(problem: str) -> tuple[str, str]:
    """What the reader of YAML complains of, in the words of somebody who writes scenarios, and what would be right."""
    if "\\t" in problem or "\t" in problem:
        return _("缩进用了制表符"), _("请改用空格缩进，每层两个。")
    if "mapping values are not allowed" in problem:
        return _("这里不应再有“名称: 内容”"), _("内容里有冒号时加引号；上一行的缩进也请核对。")
    if "could not find expected ':'" in problem:
        return _("这一行不是“名称: 内容”"), _("冒号用半角“:”，后面空一格，不要用全角“：”。")
    if "expected <block end>" in problem or "expected ',' or" in problem:
        return _("缩进不齐，或括号、引号没有成对"), _("同一层的各行左边对齐；花括号、方括号和引号成对。")
    return problem, _("请检查缩进、冒号后的空格和引号是否成对。")


def _node(composed: Any, file: str, depth: int) -> Node:
    line = composed.start_mark.line + 1
    if depth > 20:
        raise ScenarioError(_("内容嵌套过深。"), line=line, file=file)
    if isinstance(composed, yaml.ScalarNode):
        plain = not composed.style
        return Node(None if plain and composed.value.lower() in _NOTHING else composed.value, line, file)
    if isinstance(composed, yaml.SequenceNode):
        return Node([_node(part, file, depth + 1) for part in composed.value], line, file)
    found: dict[str, Node] = {}
    for key, part in composed.value:
        name, at = str(key.value).strip(), key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise ScenarioError(_("名称应是文字。"), line=at, file=file)
        if name in found:
            raise ScenarioError(
                _("“%(key)s”写了两次。") % {"key": name}, line=at, file=file, instead=_("请合并为一项，或写成列表。")
            )
        made = _node(part, file, depth + 1)
        # A value on the next lines is named by the line of its heading, where people look first.
        found[name] = Node(made.value, at, file)
    return Node(found, line, file)
