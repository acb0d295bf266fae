"""Figures as the screens show them: value, origin, document, article; the same words on every page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from baozhang.ch1_general.organs.models import Jurisdiction
from baozhang.ch3_mechanisms.standards.choices import FAMILIES, family
from baozhang.ch3_mechanisms.standards.queries import article_of
from baozhang.kernel import cells
from baozhang.kernel.views import frame
from baozhang.law.catalogue import catalogue
from baozhang.law.figures import STATES, Reading
from baozhang.law.figurespec import NATION
from baozhang.law.rowwords import row_words


def number(value: Any) -> str:
    """A figure's value as people write it, without useless zeros; empty for none."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "、".join(value)
    return cells.number(Decimal(str(value))) if not isinstance(value, str) else value


def reading(found: Reading | None) -> dict[str, Any]:
    """A reading: its value, or why there is none, and where it comes from."""
    if found is None:
        return {
            "value": "",
            "why": _("已不在目录中"),
            "origin": "",
            "source": "",
            "since": "",
            "tone": "amber",
            "reference": False,
            "note": "",
        }
    tone = "" if found.value is not None else "plain" if found.state == "ended" else "amber"
    return {
        "value": number(found.value), "why": "" if found.value is not None else str(STATES[found.state]), "tone": tone,
        "origin": origin(found), "source": found.source if found.origin != "file" else found.basis,
        "since": found.valid_from.isoformat() if found.valid_from else "", "reference": found.reference, "note": found.note,
    }  # fmt: skip


def origin(found: Reading) -> str:
    """Where a value comes from, in one word: issued here, the catalogue's file, a draft."""
    words = {"issued": _("已发布标准"), "overlay": _("草案"), "file": _("国家和上级规定")}[found.origin]
    return _("%(words)s，参照") % {"words": words} if found.reference else words


def places() -> dict[str, str]:
    """The names of jurisdictions by their code, with the country."""
    return {NATION: _("全国"), **dict(Jurisdiction._base_manager.order_by("path").values_list("code", "name"))}


def named(place: str, known: dict[str, str]) -> str:
    """The name of a place given as a code or a path."""
    code = place.rstrip("/").rsplit("/", 1)[-1]
    return known.get(code, code)


def figure(key: str) -> dict[str, Any]:
    """A figure's name, unit and article, where it opens."""
    spec = catalogue().get(key)
    if spec is None:
        return {"name": key, "unit": "", "article": frame.law(""), "url": ""}
    return {
        "name": spec.name,
        "unit": spec.unit_name,
        "article": frame.law(article_of(spec)),
        "url": f"/standards/figures/{key}/",
    }


def row(label: Any) -> str:
    """A row in words."""
    return row_words(label)


def families() -> dict[str, str]:
    """The folders of the catalogue that hold figures, in words."""
    used = {family(key) for key in catalogue()}
    return {name: str(FAMILIES.get(name, _("其他"))) for name in (*FAMILIES, "") if name in used}
