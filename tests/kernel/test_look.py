"""The screens: every template stands with the least context, is small, readable in all schemes, and draws real icons."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from tests.architecture.tree import ROOT
from tests.kernel.screens import LEAST, Paper, frame, listing

from baozhang.kernel.templatetags.look import days_tone, days_words

KERNEL = ROOT / "src" / "baozhang" / "kernel"
STATIC = KERNEL / "static" / "kernel"
PAGE_LIMIT = 60_000  # bytes of HTML for a list of 50 rows and 13 columns


def drawn(name: str, context: dict[str, Any]) -> str:
    """A template as a browser gets it; a key that is missing but not optional fails the test."""
    request = RequestFactory().get("/some/where/?state=1")
    request.actor = None
    return render_to_string(f"kernel/{name.split(maxsplit=1)[0]}.html", {**frame(), **context}, request=request)


@pytest.mark.parametrize("name", LEAST)
def test_a_template_stands_with_the_least_context(name):
    page = drawn(name, LEAST[name])
    assert page.count("<div") == page.count("</div>")
    assert page.count("<form") == page.count("</form>")
    assert not re.search(r"<form[^>]*>(?:(?!</form>).)*<form", page, re.S), "a form inside a form"


@pytest.mark.parametrize("page", ["public_base", "shell", "login"])
def test_an_open_page_stands_without_a_user(page):
    assert 'lang="' in drawn(page, {"shell": {}, "form": Paper()})


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "500"])
def test_an_error_page_stands_without_any_context(code):
    assert "/" in render_to_string(f"{code}.html")


def test_a_list_page_is_small():
    size = len(drawn("list", {"list": listing(50, 13)}).encode())
    assert size < PAGE_LIMIT, f"{size} bytes"


def test_numbers_stand_right_by_a_class_of_the_table():
    page = drawn("_rows", {"list": listing(1, 6)})
    assert re.search(r'class="rows pick n5 n6"', page)  # the box comes first: columns 4 and 5 are cells 5 and 6
    assert "<td>值 0-3" in page


def test_what_a_user_typed_is_escaped():
    page = drawn("list", {"list": {**listing(), "q": '"><script>x</script>'}})
    assert "<script>x" not in page


def test_icons_exist():
    known = set(tomllib.loads((ROOT / "assets.toml").read_text())["sprite"]["icons"])
    used = {
        name
        for path in KERNEL.parent.rglob("templates/**/*.html")
        for name in re.findall(r'{% icon "([\w-]+)"', path.read_text())
    }
    used |= {name for path in STATIC.glob("*.js") for name in re.findall(r'icon\("([\w-]+)"\)', path.read_text())}
    assert used, "the pattern no longer finds icons"
    assert used <= known, f"not in assets.toml: {sorted(used - known)}"


def test_scripts_need_no_exception_from_the_policy():
    for path in STATIC.glob("*.js"):
        assert not re.search(
            r"\beval\(|new Function|innerHTML|outerHTML\s*=|insertAdjacentHTML|document\.write", path.read_text()
        ), path.name


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def schemes() -> dict[str, dict[str, str]]:
    """The colours of each scheme, as the cascade gives them."""
    blocks = re.findall(
        r"^([^{}@/]+?)\s*{([^}]*)}", re.sub(r"/\*.*?\*/", "", (STATIC / "tokens.css").read_text(), flags=re.S), re.M
    )
    sets = {head.strip(): dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6})", body)) for head, body in blocks}
    light = sets[":root"]
    dark = {**light, **sets["html.dark, html.scheme-dark"]}
    high = sets["html.contrast-high"]
    return {
        "light": light,
        "dark": dark,
        "high": {**light, **high},
        "high dark": {**dark, **high, **sets["html.contrast-high.dark, html.contrast-high.scheme-dark"]},
    }


@pytest.mark.parametrize("scheme", ["light", "dark", "high", "high dark"])
def test_text_can_be_read(scheme):
    colours = schemes()[scheme]
    pairs = [
        (text, ground)
        for text in ("ink", "dim", "accent", "green-ink", "amber-ink", "red-ink")
        for ground in ("canvas", "surface", "hover")
    ]
    pairs += [
        ("on-accent", "accent"),
        ("accent-strong", "accent-soft"),
        ("green-ink", "green-soft"),
        ("amber-ink", "amber-soft"),
        ("red-ink", "red-soft"),
        ("dim", "grey-soft"),
        ("surface", "red"),
    ]
    weak = {
        pair: round(contrast(*(colours[name] for name in pair)), 2)
        for pair in pairs
        if contrast(*(colours[name] for name in pair)) < 4.5
    }
    assert not weak


def test_contrast_is_reckoned_rightly():
    assert round(contrast("#fff", "#000"), 1) == 21.0
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize(
    ("days", "words", "tone"),
    [
        (12, "还剩 12 天", ""),
        (3, "还剩 3 天", "soon"),
        (0, "今天到期", "soon"),
        (-3, "已超期 3 天", "forbidden"),
        (None, "", ""),
    ],
)
def test_days(days, words, tone):
    assert (days_words(days), days_tone(days)) == (words, tone)


def test_styles_stay_readable():
    for path in [*STATIC.glob("*.css"), *STATIC.glob("*.js")]:
        assert len(Path(path).read_text().splitlines()) <= 400, path.name


def test_a_record_of_any_shape_is_a_refusal():
    assert "还不能报废" in drawn(
        "refusal", {"refusal": SimpleNamespace(what="还不能报废", why="", article="", instead="", facts={}, faults=())}
    )
