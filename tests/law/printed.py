"""A small regulation of our own, set as offices send theirs: wrapped, double spaced, with pages breaking sentences."""

from __future__ import annotations

from baozhang.law.pages import columns

TITLE = "云间市公共物品管理办法"
ADOPTED = "2023 年 3 月 8 日云间市第三届人民代表大会常务委员会第九次会议通过"

NOTE = """云间市湖畔区物品办公室
关于转发《云间市公共物品管理办法》的通知

区各部门：

《云间市公共物品管理办法》（以下简称《办法》）已于2023

年 3月8日通过，于2023 年 5 月 1日起施行。请各部门按照

第一条、第二条的要求抓紧学习。

附件：云间市公共物品管理办法

2023年 4月 2日

湖物办〔2023〕7 号
"""

# h: heading, p: paragraph (an article's first begins with its number; items follow on lines of their own)
PARTS: tuple[tuple[str, str], ...] = (
    ("h", "第一章 总 则"),
    ("p", "第一条 为了把公共物品管好用好，让每一件物品都有人保管、有账可查，减少重复添置，制定本办法。"),
    (
        "p",
        "第二条 本市各部门使用公共资金添置的物品，适用本办法。借来的物品、寄存的物品和展览期间的陈列品，由出借人另行约定。",
    ),
    ("p", "市物品管理部门主管全市的公共物品。"),
    (
        "p",
        "区物品管理部门主管本区的公共物品，接受市物品管理部门的指导；镇的公共物品由区物品管理部门代管，具体做法由区里确定并公布。",
    ),
    ("h", "第二章 保管和使用"),
    ("h", "第一节 保 管"),
    (
        "p",
        (
            "第三条 每件物品确定一名保管人。保管人离开岗位的，应当在十个工作日内办理移交，移交不清的不得离岗，由本部门负责追回或者赔"
            "偿，赔偿数额按照原价和已经使用的年限计算。"
        ),
    ),
    (
        "p",
        (
            "第四条 有下列情形之一的物品，应当交到公共仓库：\n"
            "（一）连续半年没有使用的；\n"
            "（二）为会议、展览添置而会议、展览已经结束，本部门又没有长期使用需要，并且经过清点、修整仍然完好的；\n"
            "（三）其他可以由多个部门轮流使用的。"
        ),
    ),
    ("p", "交到公共仓库的物品仍记在原部门账上，直到有别的部门领用为止。"),
    ("h", "第二节 使 用"),
    (
        "p",
        (
            "第五条 各部门需要添置物品的，先到公共仓库查找。仓库里有合用的，应当领用；没有合用的，方可申请购买，申请时附上查找记录，"
            "说明不合用的理由。"
        ),
    ),
    ("p", "第六条 市物品管理部门每年 6 月底前公布上一年的物品总数、使用率和节约金额，接受社会监督。"),
    ("h", "第三章 附 则"),
    ("p", "第七条 本办法自 2023 年 5 月 1 日起施行。"),
)
PARAGRAPHS = {1: 1, 2: 3, 3: 1, 4: 2, 5: 1, 6: 1, 7: 1}
NEVER_FIRST = "，。；：、！？）”》"


def wrapped(text: str, width: int, first: int) -> list[str]:
    """The lines of a paragraph: its first line is `first` columns wide, punctuation hangs over the edge."""
    lines, line, room = [], "", first
    for sign in text:
        if columns(line + sign) > room and sign not in NEVER_FIRST:
            lines.append(line)
            line, room = "", width
        line += sign
    return [*lines, line]


def printed(width: int = 54, *, indent: str = "", newline: str = "\n", note: bool = True, page: int = 9) -> str:
    """The regulation as a text file; a page break before every `page`-th line shows as one space before it."""
    lines = [TITLE, *wrapped(f"（{ADOPTED}）", width, width - 6)]
    for kind, text in PARTS:
        if kind == "h":
            lines.append(text)
            continue
        for paragraph in text.split("\n"):
            first, *rest = wrapped(paragraph, width, width - 4)
            lines += [indent + first, *rest]
    body = ""
    for count, line in enumerate(lines):
        broken = count % page == page - 1
        body += f"{newline if broken else newline * 2}{' ' if broken and not indent else ''}{line}"
    tail = f"{newline * 3}云间市湖畔区物品办公室 2023 年 4 月 2 日印发{newline}"
    return (NOTE.replace("\n", newline) + " 附件\n" if note else "") + body + tail
