"""The fixed parts of an .xlsx, written by hand because a stream cannot wait for the last row."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import quoteattr

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

GENERAL, HEADING, DATE, MOMENT, MONEY, LITERAL, TITLE = range(7)
# The same styles once more on a coloured ground, for wrong cells.
WRONG = 7

_FORMATS = (  # number format, font, fill, attributes
    (0, 0, 0, ""),
    (0, 1, 2, ""),
    (164, 0, 0, ""),
    (165, 0, 0, ""),
    (4, 0, 0, ""),
    (0, 0, 0, ' quotePrefix="1"'),
    (0, 1, 0, ""),
)


def content_types(count: int) -> str:
    """This is the list of parts for `count` sheets."""
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for n in range(1, count + 1)
    )
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{sheets}</Types>'
    )


def package_relations() -> str:
    """This is what points from the package to the workbook."""
    return (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    )


def workbook(names: Sequence[str], *, epoch1904: bool = False) -> str:
    """This is the list of sheets by name."""
    sheets = "".join(f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(names, 1))
    book = '<workbookPr date1904="1"/>' if epoch1904 else "<workbookPr/>"
    return f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_REL}">{book}<sheets>{sheets}</sheets></workbook>'


def workbook_relations(count: int) -> str:
    """This is what points from the workbook to its sheets and styles."""
    sheets = "".join(
        f'<Relationship Id="rId{n}" Type="{_REL}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, count + 1)
    )
    return (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{sheets}<Relationship Id="rId{count + 1}" '
        f'Type="{_REL}/styles" Target="styles.xml"/></Relationships>'
    )


def styles() -> str:
    """This is the few looks a bulk sheet needs: heading, date, money, literal text, and each of them as wrong."""
    plain = [(fmt, font, fill, more) for fmt, font, fill, more in _FORMATS]
    wrong = [(fmt, font, 3, more) for fmt, font, _fill, more in _FORMATS]
    cells = "".join(
        f'<xf numFmtId="{fmt}" fontId="{font}" fillId="{fill}" borderId="0" xfId="0" applyNumberFormat="1"{more}/>'
        for fmt, font, fill, more in plain + wrong
    )
    return (
        f'{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
        '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts><fonts count="2"><font><sz val="11"/><name val="宋体"/></font>'
        '<font><b/><sz val="11"/><name val="宋体"/></font></fonts><fills count="4">'
        '<fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
        '<fill><patternFill patternType="solid"><fgColor rgb="FFE8EEF5"/></patternFill></fill>'
        '<fill><patternFill patternType="solid"><fgColor rgb="FFFBD5D5"/></patternFill></fill></fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        f'<cellXfs count="{len(plain) * 2}">{cells}</cellXfs></styleSheet>'
    )


def sheet_start(widths: Sequence[float], frozen_rows: int) -> str:
    """This is the beginning of a sheet: frozen headings and column widths in characters."""
    pane = (
        (
            f'<sheetViews><sheetView workbookViewId="0"><pane ySplit="{frozen_rows}" topLeftCell="A{frozen_rows + 1}" '
            'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        )
        if frozen_rows
        else ""
    )
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{width:.2f}" customWidth="1"/>' for n, width in enumerate(widths, 1)
    )
    return f'{_HEAD}<worksheet xmlns="{_MAIN}">{pane}{f"<cols>{columns}</cols>" if columns else ""}<sheetData>'


SHEET_END = "</sheetData></worksheet>"


def sheet_name(name: str, used: set[str]) -> str:
    """This is a name that spreadsheet programs accept: no forbidden signs, 31 characters, not used before."""
    flat = "".join(" " if sign in "[]:*?/\\" or ord(sign) < 32 else sign for sign in name).strip(" '")[:31] or "Sheet"
    chosen, number = flat, 1
    while chosen.casefold() in used:
        number += 1
        mark = f"({number})"
        chosen = flat[: 31 - len(mark)] + mark
    used.add(chosen.casefold())
    return chosen
