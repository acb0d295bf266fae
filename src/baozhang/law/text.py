"""The parser of a regulation's text file: finds the regulation in it, rebuilds its parts, refuses what is not whole."""

import re
from dataclasses import dataclass, field
from typing import NoReturn

from django.utils.translation import gettext as _

from baozhang.kernel.numerals import number, numeral
from baozhang.law.pages import LawTextError, Layout, Line, decode, joined, lines, measure, read
from baozhang.law.regulation import Article, Chapter, Doubt, Item, Paragraph, Regulation, Section
from baozhang.law.words import spoken

__all__ = ["LawTextError", "Regulation", "decode", "number", "numeral", "parse", "read"]

_SIGNS = "零〇一二三四五六七八九十百千"
_HEADING = re.compile(rf"^第\s*([{_SIGNS}][{_SIGNS}\s]*)([章节])(?:\s*)(.{{0,30}})$")
_ARTICLE = re.compile(rf"^第\s*([{_SIGNS}]+)\s*条(\s*)(.*)$")
_ITEM = re.compile(rf"^[（(]\s*([{_SIGNS}]+)\s*[）)]\s*(.*)$")
_LAST = re.compile(r"(施行|废止|为准)。$")
_TITLE = re.compile(r"[^，。；：]*(条例|办法|规定|规则|细则|决定|法)")


@dataclass
class _Block:
    """This is text under way: a paragraph or an item with the lines read so far."""

    parts: list[str]
    number: int
    items: list["_Block"] = field(default_factory=list)

    def text(self) -> str:
        return joined(self.parts)


@dataclass
class _Draft:
    """This is an article under way."""

    number: int
    chapter: int
    section: int | None
    blocks: list[_Block]


def _numbered(match: re.Match[str] | None) -> int | None:
    if match is None:
        return None
    try:
        return number(re.sub(r"\s", "", match[1]))
    except ValueError:
        return None


def parse(text: str) -> Regulation:
    """This is the regulation in a text, whatever stands before and after it; LawTextError says what is missing."""
    printed = lines(text)
    start = _start(printed)
    title, adopted = _front(printed[:start])
    body = printed[start:]
    openings = [line for line in body if (found := _ARTICLE.match(line.text)) and found[2]]
    running = [line for line in body if not _HEADING.match(line.text)]
    reader = _Reader(body, measure(running, openings))
    reader.read()
    return Regulation(title, adopted, reader.chapters(), tuple(reader.doubts))


def _start(printed: list[Line]) -> int:
    """This is the line of chapter one whose next heading is article one; a table of contents has no such line."""
    chapter = article = False
    for index, line in enumerate(printed):
        article = article or _numbered(_ARTICLE.match(line.text)) == 1
        found = _HEADING.match(line.text)
        if found is None or _numbered(found) != 1 or found[2] != "章" or line.closed:
            continue
        chapter = True
        for follower in printed[index + 1 : index + 5]:
            heading = _HEADING.match(follower.text)
            if heading and heading[2] == "章":
                break
            if _numbered(_ARTICLE.match(follower.text)) == 1:
                return index
    missing = (
        _("没有“第一条”") if not article else _("没有“第一章”的标题") if not chapter else _("“第一章”之后没有“第一条”")
    )
    raise LawTextError(
        _("文件中没有找到完整的法规正文：%(missing)s。") % {"missing": missing},
        instead=_("请导入含有全部章、条的法规文本文件。"),
    )


def _front(printed: list[Line]) -> tuple[str, str]:
    """These are title and adoption line, read upward from chapter one past a table of contents."""
    rest = [line.text for line in printed]
    while rest and (_HEADING.match(rest[-1]) or re.fullmatch(r"目\s*[录次]", rest[-1])):
        rest.pop()
    adopted: list[str] = []
    while rest and len(adopted) < 8 and not _TITLE.fullmatch(joined([rest[-1]])):
        adopted.insert(0, rest.pop())
    said = joined(adopted)
    if not rest or "。" in said or (said and not re.search(r"通过|公布|发布|修正|修订", said)):
        raise LawTextError(
            _("没有找到法规标题：“第一章”之前应有以“条例”“办法”“规定”等结尾的一行。"),
            instead=_("请检查文件开头是否被截断。"),
        )
    title = joined([rest.pop()])
    if rest and len(title) < 6 and not re.search(r"[。：”》]$", rest[-1]):
        title = joined([rest.pop(), title])
    return title, said.strip("（）()")


class _Reader:
    """This will read the body line by line and keep what it is in the middle of."""

    def __init__(self, body: list[Line], layout: Layout) -> None:
        self.body, self.layout = body, layout
        self.starts = {found[3][:4] for line in body if (found := _ARTICLE.match(line.text))}
        self.headings: list[tuple[int, str]] = []
        self.sections: list[tuple[int, int, str]] = []
        self.articles: list[_Draft] = []
        self.doubts: list[Doubt] = []
        self.open: _Block | None = None
        self.pending = ""
        self.previous: Line | None = None
        self.opens = False

    def read(self) -> None:
        """This will take every line up to the end of the regulation and refuse one that is not whole."""
        for line in self.body:
            settled = self.previous is None or self.previous.closed or self.open is None
            if self._article(line, settled=settled) is False:
                break
            if self.previous is line or (settled and (self._heading(line) or self._item(line))):
                self.previous = line
                continue
            self._text(line)
            self.previous = line
        self._finish()

    def _heading(self, line: Line) -> bool:
        """This is true where the line is the heading of the next chapter or section."""
        found = _HEADING.match(line.text)
        value = _numbered(found)
        if value is None or found is None or line.closed:
            return False
        kind, title = found[2], joined([found[3]])
        if kind == "章":
            if value != len(self.headings) + 1:
                self._missing(_nth(len(self.headings) + 1, "章"), line)
            self.headings.append((value, title))
        else:
            chapter = len(self.headings)
            expected = 1 + sum(1 for owner, _n, _t in self.sections if owner == chapter)
            if value != expected:
                self._missing(_nth(chapter, "章") + _nth(expected, "节"), line)
            self.sections.append((chapter, value, title))
        self.open, self.pending = None, "" if title else kind
        return True

    def _article(self, line: Line, *, settled: bool) -> bool | None:
        """This is true where the line opens the next article, False where the regulation is over, else None."""
        found = _ARTICLE.match(line.text)
        value = _numbered(found)
        if value is None or found is None:
            return None
        expected = len(self.articles) + 1
        # A reference at the start of a line (第五条第二款、第五条规定) has no space after it.
        heads = bool(found[2]) or (value == expected and not re.match(r"第|规定|的|和|、|至", found[3]))
        if not heads or (not settled and not found[2]):
            return None
        if value != expected:
            if self.articles and "施行" in self.articles[-1].blocks[-1].text():
                return False
            self._missing(_nth(expected, "条"), line)
        if not settled:
            self._broken()
        chapter = len(self.headings)
        section = max((n for owner, n, _t in self.sections if owner == chapter), default=None)
        block = _Block([found[3]] if found[3] else [], 1)
        self.articles.append(_Draft(value, chapter, section, [block]))
        self.open, self.opens, self.pending, self.previous = block, True, "", line
        return True

    def _item(self, line: Line) -> bool:
        """This is true where the line opens the next item of the last paragraph."""
        found = _ITEM.match(line.text)
        value = _numbered(found)
        if value is None or found is None or not self.articles:
            return False
        paragraph = self.articles[-1].blocks[-1]
        if value != len(paragraph.items) + 1:
            return False
        self.open = _Block([found[2]], value)
        self.opens = True
        paragraph.items.append(self.open)
        return True

    def _text(self, line: Line) -> None:
        """This will add a line to the paragraph under way, or begin the next paragraph with it."""
        if self.pending:
            self._entitle(joined([line.text]))
            return
        if not self.articles or self.open is None or self.previous is None:
            self._missing(_nth(len(self.articles) + 1, "条"), line)
        ends = self.layout.ends(self.previous, line, opens=self.opens) if self.open.parts else False
        if ends is None:
            ends = self._guess(line, self.previous)
        # Nothing can follow in the paragraph that says from when the regulation is in force, least of all a signature.
        ends = ends or (self.previous.closed and self.open.text().endswith("起施行。"))
        if ends:
            blocks = self.articles[-1].blocks
            self.open = _Block([line.text], len(blocks) + 1)
            blocks.append(self.open)
        else:
            self.open.parts.append(line.text)
        self.opens = ends

    def _guess(self, line: Line, before: Line) -> bool:
        """This is whether a line begins as articles do, where the page shows nothing; the place is kept as a doubt."""
        if not before.text.endswith("。"):
            return False
        self.doubts.append(Doubt(self.articles[-1].number, before.text[-10:], line.text[:10]))
        return line.text[:4] in self.starts

    def _entitle(self, title: str) -> None:
        """This will give the last heading its title where that stood on the next line."""
        if self.pending == "章":
            self.headings[-1] = (self.headings[-1][0], title)
        else:
            self.sections[-1] = (*self.sections[-1][:2], title)
        self.pending = ""

    def _finish(self) -> None:
        """This will drop what follows the last article and refuse a text that stops before its end."""
        last = self.articles[-1]
        kept = last.blocks[:1]
        for block in last.blocks[1:]:
            if not _LAST.search(block.text()):
                break
            kept.append(block)
        last.blocks = kept
        if not Line(kept[-1].text(), 0, 0).closed:
            self._broken()
        if not any("施行" in block.text() for block in kept):
            raise LawTextError(
                _("文本到%(n)s为止，没有规定施行日期的末条，文件可能不完整。") % {"n": _nth(last.number, "条")},
                instead=_("请导入完整的法规文本。"),
            )

    def _broken(self) -> NoReturn:
        last = self.articles[-1]
        raise LawTextError(
            _("%(n)s的文字在“%(tail)s”处中断，文件可能不完整。")
            % {"n": _nth(last.number, "条"), "tail": last.blocks[-1].text()[-12:]},
            instead=_("请导入完整的法规文本。"),
        )

    def _missing(self, what: str, line: Line) -> NoReturn:
        raise LawTextError(
            _("法规文本不连续：缺少%(what)s（读到“%(line)s”）。") % {"what": what, "line": line.text[:16]},
            instead=_("请检查文件是否缺页，并导入完整的法规文本。"),
        )

    def chapters(self) -> tuple[Chapter, ...]:
        """These are the chapters read, with everything in them."""
        articles = [_article(draft) for draft in self.articles]
        found = []
        for chapter, title in self.headings:
            own = tuple(article for article in articles if article.chapter == chapter)
            if not own:
                raise LawTextError(
                    _("%(n)s没有条文。") % {"n": _nth(chapter, "章")}, instead=_("请导入完整的法规文本。")
                )
            sections = tuple(
                Section(value, heading, tuple(article for article in own if article.section == value))
                for owner, value, heading in self.sections
                if owner == chapter
            )
            found.append(Chapter(chapter, title, sections, own))
        return tuple(found)


def _nth(value: int, unit: str) -> str:
    """This is a part of the regulation as a reader names it: 第三章, chapter 3."""
    english = {"条": "article", "章": "chapter", "节": "section"}[unit]
    return spoken(f"第{numeral(value)}{unit}", f" {english} {value}")


def _article(draft: _Draft) -> Article:
    paragraphs = tuple(
        Paragraph(block.number, block.text(), tuple(Item(item.number, item.text()) for item in block.items))
        for block in draft.blocks
    )
    return Article(draft.number, draft.chapter, draft.section, paragraphs)
