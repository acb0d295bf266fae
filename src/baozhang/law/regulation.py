"""A regulation as data: chapters, sections, articles, paragraphs and items."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from baozhang.kernel.numerals import numeral


@dataclass(frozen=True, slots=True)
class Item:
    """This is one numbered item （一） of a paragraph."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """This is one paragraph 款 of an article, counted from 1, with its items 项."""

    number: int
    text: str
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """This is one article 条; section is None where its chapter has no sections."""

    number: int
    chapter: int
    section: int | None
    paragraphs: tuple[Paragraph, ...]

    @property
    def label(self) -> str:
        """This is the article's name, 第二十三条."""
        return f"第{numeral(self.number)}条"


@dataclass(frozen=True, slots=True)
class Section:
    """This is one section 节 of a chapter."""

    number: int
    title: str
    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """This is one chapter 章; articles has all of its articles, those of its sections too."""

    number: int
    title: str
    sections: tuple[Section, ...]
    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """This is a place where a sentence closes at the line's edge, so that the page does not show a new paragraph."""

    article: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Regulation:
    """This is a whole regulation; adopted is the line on its adoption, doubts are paragraph breaks left open."""

    title: str
    adopted: str
    chapters: tuple[Chapter, ...]
    doubts: tuple[Doubt, ...] = ()

    @property
    def articles(self) -> tuple[Article, ...]:
        """These are all articles in order."""
        return tuple(article for chapter in self.chapters for article in chapter.articles)

    @property
    def sections(self) -> tuple[Section, ...]:
        """These are all sections in order."""
        return tuple(section for chapter in self.chapters for section in chapter.sections)

    @property
    def adopted_on(self) -> dt.date | None:
        """This is the day of adoption; None where the text names none."""
        return _date(r"(\d{4})年(\d{1,2})月(\d{1,2})日", self.adopted)

    @property
    def in_force_from(self) -> dt.date | None:
        """This is the day from which the regulation is in force (its last article); None where it names no day."""
        last = "".join(paragraph.text for paragraph in self.articles[-1].paragraphs)
        return _date(r"自(\d{4})年(\d{1,2})月(\d{1,2})日起施行", last)

    def article(self, wanted: int) -> Article:
        """This is the article with a number; KeyError where the regulation has none."""
        for article in self.articles:
            if article.number == wanted:
                return article
        raise KeyError(wanted)

    def walk(self) -> Iterator[tuple[Chapter, Section | None, Article]]:
        """These are the articles in order, each with its chapter and section."""
        for chapter in self.chapters:
            sections = {section.number: section for section in chapter.sections}
            for article in chapter.articles:
                yield chapter, sections.get(article.section or 0), article


def _date(pattern: str, text: str) -> dt.date | None:
    found = re.search(pattern, text)
    return dt.date(*map(int, found.groups())) if found else None
