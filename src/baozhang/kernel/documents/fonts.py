"""The faces of official documents: where they are looked for, and which stands in for which."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

import baozhang
from baozhang.kernel.documents.model import DocumentError
from baozhang.kernel.refusal import Fault

SETTING = "BAOZHANG_FONT_DIRS"

# Licensed faces of the office come first, then the free Fandol faces, then the Noto faces of most systems.
FANG = ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", "STFangsong", "FandolFang R")
KAI = ("KaiTi_GB2312", "楷体_GB2312", "KaiTi", "楷体", "STKaiti", "FandolKai")
HEI = ("SimHei", "黑体", "STHeiti", "FandolHei", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC")
SONG = ("SimSun", "宋体", "STSong", "FandolSong", "Noto Serif CJK SC", "Noto Serif SC", "Source Han Serif SC")
TITLE = ("FZXiaoBiaoSong-B05S", "方正小标宋简体", "FZXiaoBiaoSong-B05", "方正小标宋_GBK", *SONG[3:])
FACES = {"fang": FANG, "kai": KAI, "hei": HEI, "song": SONG, "title": TITLE}
# Faces with all of GBK and more stand behind every list, for the rare characters in names.
LAST = ("Noto Serif CJK SC", "Noto Serif SC", "Source Han Serif SC", "Noto Sans CJK SC", "Noto Sans SC", "SimSun")


def font_paths() -> list[Path]:
    """This is the folders searched before those of the system: the setting or environment, then build/fonts."""
    named = getattr(settings, SETTING, None) if settings.configured else None
    if named is None:
        named = [part for part in os.environ.get(SETTING, "").split(os.pathsep) if part]
    folders = [Path(folder) for folder in named]
    for folder in folders:
        if not folder.is_dir():
            raise DocumentError(
                Fault(
                    reason=_("设置 %(setting)s 指定的字体目录不存在：%(folder)s。")
                    % {"setting": SETTING, "folder": folder},
                    remedy=_("请改正该设置，或清空后使用系统字体。"),
                    field=SETTING,
                    value=str(folder),
                )
            )
    built = Path(baozhang.__file__).resolve().parents[2] / "build" / "fonts"
    return folders + ([built] if built.is_dir() else [])


def load() -> Any:
    """This is every face that can be found, in the folders of `font_paths` and in those of the system."""
    import typst  # 9 MB, for the first paper that this process typesets

    return typst.Fonts(
        include_system_fonts=True, include_embedded_fonts=False, font_paths=[str(path) for path in font_paths()]
    )


def families(available: list[str]) -> dict[str, list[str]]:
    """This is the family list of each role (fang, kai, hei, song, title) out of those available; refuses without one."""
    there = set(available)
    chosen = {role: [name for name in (*names, *LAST) if name in there] for role, names in FACES.items()}
    chinese = list(dict.fromkeys(name for names in chosen.values() for name in names))
    if not chinese:
        raise DocumentError(
            Fault(
                reason=_("找不到可用的中文字体，无法排版公文。"),
                remedy=_("请运行 make setup 下载字体，或者用设置 %(setting)s 指定字体目录。") % {"setting": SETTING},
                field=SETTING,
            )
        )
    # A role without any face of its own takes what Chinese there is: the layout stays, the look is plainer.
    return {role: list(dict.fromkeys([*names, *chinese])) for role, names in chosen.items()}
