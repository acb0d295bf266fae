"""Loading the official text: a file is read, parsed, held against the index, and kept whole or not at all."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.kernel import bulk, clock, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep
from baozhang.law import articles as index
from baozhang.law.articles import Citation
from baozhang.law.models import LawArticle, LawClause, LawHeading, LawText
from baozhang.law.pages import LawTextError
from baozhang.law.regulation import Article, Regulation
from baozhang.law.text import parse, read

LOADED = ledger.act("law.loaded", gettext_lazy("导入法规文本"))


@dataclass(frozen=True)
class Loaded:
    """This is what a file holds and what loading it did: `state` is new, unchanged, or would_be_new (dry run)."""

    title: str
    adopted: str
    adopted_on: str
    in_force_from: str
    chapters: int
    sections: int
    articles: int
    paragraphs: int
    items: int
    digest: str
    state: str
    doubts: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """This is the outcome as plain data."""
        return asdict(self)


def load(path: str | Path, *, by: Actor, dry: bool = False) -> Loaded:
    """This will keep the regulation in a file; LawTextError where it is another one, or not whole, and nothing changes.

    The same text again, however its lines are broken, changes nothing.
    """
    found = parse(read(path))
    _is_ours(found)
    digest = digest_of(found)
    with transaction.atomic():
        known = LawText._base_manager.filter(digest=digest).exists()
        if not known and not dry:
            _keep(found, digest, Path(path).name, by)
    return _said(found, digest, "unchanged" if known else "would_be_new" if dry else "new")


def digest_of(found: Regulation) -> str:
    """This is the digest of a regulation's parts: the same for two files that differ in line and page breaks only."""
    return hashlib.sha256(bulk.dump_json([asdict(found) | {"doubts": []}]).encode()).hexdigest()


def _is_ours(found: Regulation) -> None:
    """This will refuse a text that the index does not fit: articles are cited by number everywhere."""
    wanted = index.title_in("zh")
    if found.title != wanted:
        raise LawTextError(
            _("文件是《%(found)s》，不是《%(wanted)s》。") % {"found": found.title, "wanted": wanted},
            instead=_("请导入《%(wanted)s》的文本。") % {"wanted": wanted},
        )
    have, own = {a.number: (a.chapter, a.section) for a in found.articles}, index.articles()
    want = {number: (article.chapter, article.section) for number, article in own.items()}
    if have == want:
        return
    first = min(number for number in {*have, *want} if have.get(number) != want.get(number))
    raise LawTextError(
        _("文件有 %(have)s 条，条文索引有 %(want)s 条，自%(first)s起对不上。")
        % {"have": len(have), "want": len(want), "first": Citation(first).words},
        instead=_("如果法规已经修正，请先更新条文索引；否则请检查文件是否完整。"),
    )


def _keep(found: Regulation, digest: str, file: str, by: Actor) -> None:
    text = LawText(
        title=found.title, adopted=found.adopted, adopted_on=found.adopted_on, in_force_from=found.in_force_from,
        digest=digest, file=file[:200], loaded_at=clock.now(),
    )  # fmt: skip
    keep(text, by=by, act=LOADED)
    headings = []
    for chapter in found.chapters:
        headings.append(LawHeading(text=text, chapter=chapter.number, title=chapter.title))
        headings += [
            LawHeading(text=text, chapter=chapter.number, section=s.number, title=s.title) for s in chapter.sections
        ]
    keep(headings, by=by, act=LOADED)
    rows = [LawArticle(text=text, number=a.number, chapter=a.chapter, section=a.section or 0) for a in found.articles]
    keep(rows, by=by, act=LOADED)
    pairs = zip(rows, found.articles, strict=True)
    keep([clause for row, article in pairs for clause in _clauses(row, article)], by=by, act=LOADED)


def _clauses(row: LawArticle, article: Article) -> list[LawClause]:
    made = []
    for paragraph in article.paragraphs:
        made.append(LawClause(article=row, paragraph=paragraph.number, words=paragraph.text))
        made += [
            LawClause(article=row, paragraph=paragraph.number, item=i.number, words=i.text) for i in paragraph.items
        ]
    return made


def _said(found: Regulation, digest: str, state: str) -> Loaded:
    paragraphs = [paragraph for article in found.articles for paragraph in article.paragraphs]
    return Loaded(
        found.title, found.adopted, str(found.adopted_on or ""), str(found.in_force_from or ""), len(found.chapters),
        len(found.sections), len(found.articles), len(paragraphs), sum(len(paragraph.items) for paragraph in paragraphs),
        digest, state, [_doubt(doubt) for doubt in found.doubts], differences(found),
    )  # fmt: skip


def _doubt(doubt: Any) -> str:
    return _("%(article)s：“…%(before)s”之后是否另起一款，版面看不出来（其后为“%(after)s…”）") % {
        "article": Citation(doubt.article).words, "before": doubt.before, "after": doubt.after,
    }  # fmt: skip


def differences(found: Regulation) -> list[str]:
    """These are the articles whose paragraphs or items in the file are not as many as the index says."""
    said = []
    for article in found.articles:
        own = index.article(article.number)
        have = (len(article.paragraphs), sum(len(paragraph.items) for paragraph in article.paragraphs))
        if have != (own.paragraphs, own.items):
            said.append(
                _("%(article)s：文件有 %(p)s 款 %(i)s 项，索引为 %(op)s 款 %(oi)s 项")
                % {
                    "article": Citation(article.number).words,
                    "p": have[0],
                    "i": have[1],
                    "op": own.paragraphs,
                    "oi": own.items,
                }
            )
    return said
