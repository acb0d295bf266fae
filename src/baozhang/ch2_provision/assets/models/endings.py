"""Why nobody writes on a card that the thing has gone: what it takes, by which article (article 13, paragraph 4)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.choices import Disposal, UseState
from baozhang.kernel.refusal import Refused

ARTICLE = "第十三条第四款"
_WORDS = {"use_state": UseState, "disposal": Disposal}


def refusal(name: str, value: Any) -> Refused:
    """The refusal of an end that is written straight into the card's state, form or day of disposal."""
    if value and name in _WORDS:
        said = _("不能直接改为“%(state)s”") % {"state": _WORDS[name](value).label}
    else:
        said = _("处置形式和处置日期不能直接填写")
    if value == UseState.LOST:
        instead = _("请勾选卡片办理“拟处置”（损失核销），或者在盘点中认定盘亏。")
    else:
        instead = _("请勾选卡片办理“拟处置”，由处置办件销账。")
    return Refused(said, article=ARTICLE, why=_("处置须先履行内部决策程序，并经审核或者备案。"), instead=instead)
