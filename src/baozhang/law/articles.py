"""The index of the regulation's articles, and citations such as 第二十三条第一款."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from baozhang.kernel.numerals import number, numeral
from baozhang.kernel.refusal import Invalid
from baozhang.law.catalogue import catalogue
from baozhang.law.strictyaml import load
from baozhang.law.words import spoken

TABLE = Path(__file__).with_name("articles.yaml")
_FIELDS = {"chapter", "section", "paragraphs", "items", "title", "title_en", "gist", "gist_en", "obliges",
           "obligations", "limits"}  # fmt: skip
_N = r"([零〇一二三四五六七八九十百]+|\d+)"
_CITED = re.compile(rf"(?:《?(?:本)?(?:上海市机关运行保障)?条例》?)?第{_N}条(?:第{_N}款)?(?:第?[（(]?{_N}[）)]?项)?")

_NUMBERED = re.compile(
    r"(?:[Aa]rt(?:icle)?\.? ?)?(\d{1,2})(?:\.(\d{1,2}))?(?:\.(\d{1,2}))?"
)  # 13.4, as English texts cite


class CitationError(Invalid):
    """This is the refusal of a citation that names no article, paragraph or item of the regulation."""


@dataclass(frozen=True, slots=True)
class Named:
    """This is a word of the index in both languages: a party, a kind of limit, a section."""

    key: str
    zh: str
    en: str

    @property
    def name(self) -> str:
        """This is the word in the reader's language."""
        return spoken(self.zh, self.en)


@dataclass(frozen=True, slots=True)
class IndexedArticle:
    """This is one article in our own words: title, gist, whom it obliges, obligations, kinds of limit."""

    number: int
    chapter: int
    section: int | None
    title: str
    title_en: str
    gist: str
    gist_en: str
    obliges: tuple[Named, ...]
    obligations: tuple[str, ...]
    limits: tuple[Named, ...]
    paragraphs: int
    items: int

    @property
    def figures(self) -> tuple[str, ...]:
        """These are the keys of the figures that name this article as their basis."""
        return _figures().get(self.number, ())

    @property
    def label(self) -> str:
        """This is 第二十三条, or Article 23."""
        return spoken(f"第{numeral(self.number)}条", f"Article {self.number}")

    @property
    def name(self) -> str:
        """This is the title in the reader's language."""
        return spoken(self.title, self.title_en)

    @property
    def summary(self) -> str:
        """This is the gist in the reader's language."""
        return spoken(self.gist, self.gist_en)


@dataclass(frozen=True, slots=True)
class IndexedChapter:
    """This is one chapter of the index with its sections."""

    number: int
    title: str
    title_en: str
    sections: Mapping[int, Named]

    @property
    def label(self) -> str:
        """This is 第二章, or Chapter 2."""
        return spoken(f"第{numeral(self.number)}章", f"Chapter {self.number}")

    @property
    def name(self) -> str:
        """This is the title in the reader's language."""
        return spoken(self.title, self.title_en)


@dataclass(frozen=True, slots=True)
class Citation:
    """This is a place in the regulation: an article, and if said a paragraph and an item."""

    article: int
    paragraph: int | None = None
    item: int | None = None

    @property
    def zh(self) -> str:
        """This is the citation in Chinese, as officials write it."""
        paragraph = f"第{numeral(self.paragraph)}款" if self.paragraph else ""
        return f"第{numeral(self.article)}条{paragraph}" + (f"第（{numeral(self.item)}）项" if self.item else "")

    @property
    def en(self) -> str:
        """This is the citation in English."""
        paragraph = f", paragraph {self.paragraph}" if self.paragraph else ""
        return f"Article {self.article}{paragraph}" + (f", item {self.item}" if self.item else "")

    @property
    def words(self) -> str:
        """This is the citation in the reader's language."""
        return spoken(self.zh, self.en)

    @property
    def within(self) -> str:
        """This is the paragraph and item alone, in the reader's language; empty for a whole article."""
        return spoken(self.zh.partition("条")[2], self.en.partition(", ")[2])

    def __str__(self) -> str:
        return self.zh


@cache
def _table() -> Mapping[str, Any]:
    return load(TABLE)


def _named(kind: str, keys: tuple[str, ...]) -> tuple[Named, ...]:
    return tuple(Named(key, *_table()[kind][key]) for key in keys)


@cache
def articles() -> Mapping[int, IndexedArticle]:
    """These are the articles of the index by number; ValueError where one has an unknown field."""
    found = {}
    for value, own in _table()["articles"].items():
        if wrong := sorted(set(own) - _FIELDS):
            raise ValueError(f"{TABLE.name}: article {value} has the unknown field {wrong[0]}")
        found[value] = IndexedArticle(
            value,
            own["chapter"],
            own.get("section"),
            own["title"],
            own["title_en"],
            own["gist"],
            own["gist_en"],
            _named("parties", tuple(own["obliges"])),
            tuple(own.get("obligations", ())),
            _named("limits", tuple(own.get("limits", ()))),
            own.get("paragraphs", 1),
            own.get("items", 0),
        )
    return found


@cache
def _figures() -> Mapping[int, tuple[str, ...]]:
    """These are the keys of the figures by article: a figure says once, as its basis, which articles it gives numbers to."""
    found: dict[int, list[str]] = {}
    for key, figure in catalogue().items():
        for value in dict.fromkeys(place.article for place in citations_in(figure.basis)):
            found.setdefault(value, []).append(key)
    return {value: tuple(keys) for value, keys in found.items()}


@cache
def chapters() -> Mapping[int, IndexedChapter]:
    """These are the chapters of the index by number."""
    return {
        value: IndexedChapter(
            value,
            own["title"],
            own["title_en"],
            {section: Named(str(section), *words) for section, words in (own.get("sections") or {}).items()},
        )
        for value, own in _table()["chapters"].items()
    }


def title_in(language: str) -> str:
    """This is the regulation's title in Chinese (zh) or English (en), whoever reads."""
    title: str = _table()["regulation"]["title_en" if language == "en" else "title"]
    return title


def title() -> str:
    """This is the regulation's title in the reader's language."""
    return spoken(_table()["regulation"]["title"], _table()["regulation"]["title_en"])


def in_force() -> dt.date:
    """This is the day from which the regulation judges facts (article 45)."""
    day: dt.date = _table()["regulation"]["in_force"]
    return day


def article(value: int) -> IndexedArticle:
    """This is the article with a number; CitationError where there is none."""
    if value not in articles():
        raise CitationError(
            _("条例没有第%(n)d条（共%(all)d条）。") % {"n": value, "all": len(articles())}, instead=_("请核对条号。")
        )
    return articles()[value]


@lru_cache(maxsize=4096)
def cite(text: str) -> Citation:
    """This is the place that a text such as 第二十三条第一款 names; CitationError where the regulation has none."""
    found = _CITED.fullmatch("".join(text.split())) or _NUMBERED.fullmatch(text.strip())
    if found is None:
        raise CitationError(
            _("“%(text)s”不是条文的引用。") % {"text": text}, instead=_("请写成“第二十三条第一款”的形式。")
        )
    try:
        value, paragraph, item = (None if part is None else _value(part) for part in found.groups())
    except ValueError:
        raise CitationError(_("“%(text)s”中的数字无法识别。") % {"text": text}) from None
    held, cited = article(value or 0), Citation(value or 0, paragraph, item).words
    if paragraph is not None and not 1 <= paragraph <= held.paragraphs:
        raise CitationError(_("条例没有%(cited)s：该条共%(all)d款。") % {"cited": cited, "all": held.paragraphs})
    if item is not None and not 1 <= item <= held.items:
        raise CitationError(_("条例没有%(cited)s：该条共%(all)d项。") % {"cited": cited, "all": held.items})
    return Citation(held.number, paragraph, item)


def cites(text: str) -> tuple[Citation, ...]:
    """These are the places in a list such as 第二十二条、第二十三条; CitationError for a wrong one."""
    return tuple(cite(part) for part in re.split(r"[、，,；;]\s*", text.strip()))


def citations_in(text: str) -> tuple[Citation, ...]:
    """These are the places of the regulation that a running text names, each once; what names none is passed over.

    A number behind the title of another document is that document's, so a text is read only up to its first bracket 《.
    """
    found: list[Citation] = []
    for match in _CITED.finditer("".join(text.partition("《")[0].split())):
        try:
            place = cite(match[0])
        except CitationError:
            continue
        if place not in found:
            found.append(place)
    return tuple(found)


def _value(part: str) -> int:
    return int(part) if part.isdigit() else number(part)
