"""The law map: what serves each article, read from what is registered, and what does not yet; nothing is kept by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from baozhang.kernel.flow import FLOWS
from baozhang.kernel.numerals import numeral
from baozhang.kernel.resource import BY_LABEL, RESOURCES
from baozhang.kernel.views import frame
from baozhang.law import articles as index
from baozhang.law.articles import Citation, CitationError, IndexedArticle, citations_in
from baozhang.law.catalogue import catalogue
from baozhang.law.rules import rules
from baozhang.law.scenario.language import read
from baozhang.law.scenario.source import ScenarioError
from baozhang.law.words import spoken

KINDS = {"record": _("记录"), "rule": _("规则"), "flow": _("流程"), "figure": _("标准"), "scenario": _("场景")}
ACTING = ("record", "rule", "flow")  # a figure or a scenario alone meets no obligation


@dataclass(frozen=True)
class Server:
    """This is one thing that serves a place of the regulation; `permission` says who may open it."""

    kind: str
    place: Citation
    words: Any
    more: Any = ""
    url: str = ""
    permission: str = ""


@dataclass(frozen=True)
class Duty:
    """This is what an article obliges to, as far as the index tells apart: a paragraph, or (None) the whole article."""

    article: int
    paragraph: int | None
    servers: tuple[Server, ...]

    @property
    def state(self) -> str:
        """This is served, figures (there are only figures or scenarios), or missing."""
        if any(server.kind in ACTING for server in self.servers):
            return "served"
        return "figures" if self.servers else "missing"

    @property
    def words(self) -> str:
        """This is the duty's name in the reader's language."""
        if self.paragraph is None:
            return spoken("本条", "the article")
        return spoken(f"第{numeral(self.paragraph)}款", f"paragraph {self.paragraph}")


@dataclass
class Mapped:
    """This is an article with all that serves it."""

    article: IndexedArticle
    servers: list[Server] = field(default_factory=list)

    @property
    def duties(self) -> list[Duty]:
        """These are the article's duties; none where it obliges nobody to anything that the product has to meet."""
        article = self.article
        if not article.obligations:
            return []
        if len(article.obligations) == 1 or article.paragraphs == 1:
            return [Duty(article.number, None, tuple(self.servers))]
        return [
            Duty(article.number, n, tuple(server for server in self.servers if server.place.paragraph == n))
            for n in range(1, article.paragraphs + 1)
        ]

    @property
    def state(self) -> str:
        """This is none (no duty), served, part (some duties are), figures (there are only those), or missing."""
        states = {duty.state for duty in self.duties}
        if not states:
            return "none"
        if "served" in states:
            return "served" if states == {"served"} else "part"
        return "figures" if "figures" in states else "missing"

    @property
    def counts(self) -> dict[str, int]:
        """This is how many servers there are of each kind, those that exist."""
        found: dict[str, int] = {}
        for server in self.servers:
            found[server.kind] = found.get(server.kind, 0) + 1
        return {kind: found[kind] for kind in KINDS if kind in found}


@dataclass(frozen=True)
class Progress:
    """This is how many duties are served, of how many."""

    served: int
    total: int

    @property
    def percent(self) -> int:
        """This is the share in whole percent, rounded down; a hundred only where all are."""
        return 100 * self.served // self.total if self.total else 100


def law_map() -> dict[int, Mapped]:
    """This is every article with what serves it, by number."""
    found = {number: Mapped(article) for number, article in index.articles().items()}
    for server in servers():
        if server.place.article in found:
            found[server.place.article].servers.append(server)
    return found


def progress(mapped: Iterable[Mapped]) -> Progress:
    """This is the progress over some articles."""
    duties = [duty for one in mapped for duty in one.duties]
    return Progress(sum(duty.state == "served" for duty in duties), len(duties))


def servers() -> Iterator[Server]:
    """These are all servers that the house has registered."""
    yield from _records()
    yield from _rules()
    yield from _flows()
    yield from _figures()
    yield from _scenarios()


def _places(text: str) -> tuple[Citation, ...]:
    try:
        return index.cites(text) if text else ()
    except CitationError:
        return citations_in(text)


def _records() -> Iterator[Server]:
    for resource in RESOURCES.values():
        for place in _places(resource.article):
            yield Server(
                "record", place, resource.title, resource.purpose, frame.list_url(resource), resource.right("view")
            )


def _rules() -> Iterator[Server]:
    newest = {rule.name: rule for rule in rules()}
    for rule in newest.values():
        for place in _places(rule.article):
            target = BY_LABEL.get(rule.subject)
            yield Server("rule", place, rule.words, target.title if target else rule.subject)


def _flows() -> Iterator[Server]:
    for plan in FLOWS.values():
        by_place: Mapping[Citation, list[Any]] = defaultdict(list)
        for place in _places(plan.article):
            by_place[place]  # a flow serves its article also where no step says so
        for step in plan.steps.values():
            for place in _places(step.article):
                by_place[place].append(step.words)
        target = BY_LABEL.get(plan.label)
        url, right = (frame.list_url(target), target.right("view")) if target else ("", "")
        for place, steps in by_place.items():
            yield Server("flow", place, plan.words, Joined(steps), url, right)


class Joined:
    """This is a row of words put together when shown, in the reader's language."""

    def __init__(self, words: list[Any]) -> None:
        self.words = list(dict.fromkeys(words))

    def __str__(self) -> str:
        return spoken("、", ", ").join(str(word) for word in self.words)


def _figures() -> Iterator[Server]:
    for key, figure in catalogue().items():
        for place in citations_in(figure.basis):
            yield Server("figure", place, key, "", f"/standards/figures/{key}/", "standards.standard:view")


def _scenarios() -> Iterator[Server]:
    folder = Path(settings.PROJECT) / "scenarios"
    for path in sorted(folder.rglob("*.yaml")) if folder.is_dir() else ():
        for title, article in _heads(path, path.stat().st_mtime_ns):
            for place in _places(article):
                yield Server("scenario", place, title, path.relative_to(folder).as_posix())


@lru_cache(maxsize=500)
def _heads(path: Path, changed: int) -> tuple[tuple[str, str], ...]:
    """Title and article of each scenario of a file, read once until the file changes."""
    del changed
    try:
        return tuple((one.title, one.article) for one in read(path))
    except ScenarioError:
        return ()  # `baozhang check` says what is wrong with it
