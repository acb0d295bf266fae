"""What a verb is done with, in words: 驳回至 a state, 转给 a person, whose opinion is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from baozhang.kernel.access import Actor
from baozhang.kernel.flow.plan import Plan

from .source import Node

Who = Callable[[str, Node], Actor]  # a person of the scenario on the day of the act
YES, NO = ("同意", "是", "true", "yes"), ("不同意", "否", "false", "no")
WORDS: dict[str, dict[str, str]] = {
    "back": {"驳回至": "to"},
    "hand": {"转给": "to"},
    "consult": {"请谁": "users"},
    "seek": {"请谁": "parties", "步骤": "step"},
    "opine": {"意见": "opinion", "结论": "agree"},
}


def done_with(plan: Plan, verb: str, written: dict[str, Node], who: Who) -> dict[str, Any]:
    """These are the data of a verb by the names that pages and API use; ScenarioError where a word is none of its own."""
    known = WORDS.get(verb, {})
    found: dict[str, Any] = {}
    for word, node in written.items():
        name = known.get(word, word)
        if name not in known.values():
            says = "、".join(known) or _("这一步不填写内容，理由写在“说明”")
            raise node.wrong(
                _("“%(word)s”不是这一步要填的。") % {"word": word}, _("可以写：%(words)s。") % {"words": says}
            )
        found[name] = _READ[verb, name](plan, node, who)
    return found


def _state(plan: Plan, node: Node, _who: Who) -> str:
    said = node.text(_("驳回至"))
    states = {str(value): plan.state_words(str(value)) for value in plan.choices}
    for value, words in states.items():
        if said in (value, words):
            return value
    raise node.wrong(
        _("没有环节“%(state)s”。") % {"state": said}, _("可以写：%(words)s。") % {"words": "、".join(states.values())}
    )


def _person(_plan: Plan, node: Node, who: Who) -> int:
    return who(node.text(_("人员")), node).user_id or 0


def _each(node: Node) -> list[Node]:
    return node.value if isinstance(node.value, list) else [node]


def _people(_plan: Plan, node: Node, who: Who) -> list[int]:
    return [who(part.text(_("人员")), part).user_id or 0 for part in _each(node)]


def _parties(_plan: Plan, node: Node, who: Who) -> list[tuple[int, int]]:
    asked = [who(part.text(_("人员")), part) for part in _each(node)]
    return [(one.organ_id or 0, one.user_id or 0) for one in asked]


def _agreed(_plan: Plan, node: Node, _who: Who) -> bool:
    said = node.text(_("结论"))
    if said in YES or said in NO:
        return said in YES
    raise node.wrong(_("“结论”写同意或者不同意。"))


def _text(_plan: Plan, node: Node, _who: Who) -> str:
    return node.text(_("内容"))


_READ: dict[tuple[str, str], Callable[[Plan, Node, Who], Any]] = {
    ("back", "to"): _state,
    ("hand", "to"): _person,
    ("consult", "users"): _people,
    ("seek", "parties"): _parties,
    ("seek", "step"): _text,
    ("opine", "opinion"): _text,
    ("opine", "agree"): _agreed,
}
