"""The printed page: from bytes to lines, and from wrapped lines back to whole paragraphs."""

import codecs
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

from django.utils.translation import gettext as _

from baozhang.kernel.refusal import Invalid

LARGEST = 5_000_000
_CLOSERS = "”』」’）)》"
_ENDS = "。；：！？;:!?"
_PAGE_NUMBER = re.compile(r"^[-—–－\s]*(?:第\s*)?\d{1,4}(?:\s*页)?[-—–－\s]*$")
_OTHER_FORMATS = (
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", "Word（docx）/Excel（xlsx）/ZIP"),
    (b"\xd0\xcf\x11\xe0", "Word（doc）"),
)


class LawTextError(Invalid):
    """This is the refusal of a file that holds no whole regulation; it says what is missing and what to do instead."""


def read(path: str | Path) -> str:
    """This is the text of a file in UTF-8, UTF-16 with mark, or GB18030; LawTextError where it is no text."""
    path = Path(path)
    try:
        if path.stat().st_size > LARGEST:
            raise LawTextError(
                _("文件 %(name)s 超过 5 MB，不像一部法规的文本。") % {"name": path.name},
                instead=_("请只导入法规正文的纯文本文件。"),
            )
        return decode(path.read_bytes(), path.name)
    except OSError as error:
        raise LawTextError(
            _("无法读取文件 %(name)s：%(reason)s。") % {"name": path.name, "reason": error.strerror},
            instead=_("请检查路径和读取权限。"),
        ) from error


def decode(data: bytes, name: str = "") -> str:
    """This is the text in the bytes of a file, by its mark or by trial; LawTextError where it is no Chinese text."""
    remedy = _("请另存为 UTF-8 纯文本后再导入。")
    for magic, kind in _OTHER_FORMATS:
        if data.startswith(magic):
            said = _("文件 %(name)s 是 %(kind)s 格式，不是纯文本。") % {"name": name, "kind": kind}
            raise LawTextError(said, instead=remedy)
    text = _decoded(data)
    if text is None or "\0" in text:
        said = _("文件 %(name)s 的编码无法识别（支持 UTF-8、UTF-16、GB18030）。") % {"name": name}
        raise LawTextError(said, instead=remedy)
    return text


def _decoded(data: bytes) -> str | None:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        trials = ["utf-16"]
    else:
        trials = ["utf-8-sig", "gb18030"]
    for encoding in trials:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


@dataclass(frozen=True, slots=True)
class Line:
    """This is one printed line without its margins; indent and width count half-width columns."""

    text: str
    indent: int
    width: int

    @property
    def closed(self) -> bool:
        """This is true where the line ends as a sentence, a clause or a lead-in to a list does."""
        return self.text.rstrip(_CLOSERS).endswith(tuple(_ENDS))


def columns(text: str) -> int:
    """This is the printed width of a text in half-width columns."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in text)


def lines(text: str) -> list[Line]:
    """These are the printed lines of a text without blank lines and page numbers."""
    text = text.replace("\ufeff", "").replace("\u200b", "").replace("\xa0", " ").replace("\t", "    ")
    found = []
    for raw in re.split(r"\r\n|[\r\n\f\v\x85\u2028\u2029]", text):
        bare = raw.strip()
        if bare and not _PAGE_NUMBER.match(bare):
            margin = columns(raw[: len(raw) - len(raw.lstrip())])
            found.append(Line(bare, margin, columns(bare)))
    return found


def joined(parts: list[str]) -> str:
    """This is wrapped text as one string, without the spaces that layout put between Chinese signs and digits."""
    text = ""
    for part in parts:
        between = (
            " " if text[-1:].isascii() and text[-1:].isalpha() and part[:1].isascii() and part[:1].isalpha() else ""
        )
        text += between + part
    return re.sub(r"(?<![!-~])\s+|\s+(?![!-~])", "", text)


@dataclass(frozen=True, slots=True)
class Layout:
    """This is how a text is set, in half-width columns: full line, first lines and continued lines by their width."""

    full: int | None
    first: int
    margin: int
    indented: bool
    firsts: Counter[int]
    continued: Counter[int]

    def ends(self, line: Line, after: Line, *, opens: bool) -> bool | None:
        """This is whether a paragraph ends with this line (opens: it is its first line); None where nothing shows it.

        Blank lines mean nothing here and a page break may fall anywhere, so width is the witness: a sentence that
        closes well before the edge closes its paragraph. One that closes just at the edge is decided by the next
        line: by its indent, or, where indents were lost when the page became text, by the width they left behind.
        """
        if not line.closed:
            return False
        if self.full is None or (self.first if opens else self.full) - line.width > 3:
            return True
        if self.indented:
            return after.indent - self.margin >= 2
        if after.closed:
            return None
        first, continued = _share(self.firsts, after.width), _share(self.continued, after.width)
        return True if first > 3 * continued else False if continued > 3 * first else None


def _share(widths: Counter[int], width: int) -> float:
    return sum(widths[near] for near in (width - 1, width, width + 1)) / (widths.total() or 1)


def measure(body: list[Line], openings: list[Line]) -> Layout:
    """This is the layout of a body of lines; openings are lines known to be the first of their paragraph."""
    wrapped = sorted(line.width for line in body if not line.closed)
    margin = min((line.indent for line in body), default=0)
    indented = sum(line.indent - margin >= 2 for line in openings) * 2 > len(openings)
    firsts = Counter(line.width for line in openings if not line.closed)
    continued: Counter[int] = Counter()
    # Where hardly a line stops in mid-sentence, every line is a whole paragraph and width says nothing.
    if len(wrapped) < max(3, len(body) * 0.15):
        return Layout(None, 0, margin, indented, firsts, continued)
    full = wrapped[int(len(wrapped) * 0.95)]
    known = {id(line) for line in openings}
    for before, line in pairwise(body):
        if id(line) in known or line.closed:
            continue
        if not before.closed:
            continued[line.width] += 1
        elif full - before.width > 8:
            firsts[line.width] += 1
    first = int(median(firsts.elements())) if firsts else full
    return Layout(full, min(first, full), margin, indented, firsts, continued)
