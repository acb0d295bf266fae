"""Templates: nothing inline that the content policy would refuse, and no Chinese past the translator."""

from __future__ import annotations

import re
from pathlib import Path

import catalogue
import pytest
from django.template import TemplateSyntaxError, engines

from tests.architecture.tree import SOURCE, listing, place

COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}|<!--.*?-->", re.S)
INLINE = {
    "a script without src": re.compile(
        r"<script\b(?![^>]*\bsrc\s*=)(?![^>]*type\s*=\s*[\"']application/json)[^>]*>", re.I
    ),
    "a style element": re.compile(r"<style\b", re.I),
    "a style attribute": re.compile(r"<[a-z][^<>]*\sstyle\s*=", re.I),
    "an event attribute": re.compile(r"<[a-z][^<>]*\son[a-z]+\s*=", re.I),
    "a javascript: address": re.compile(r"[\"']\s*javascript:", re.I),
    "a file from another host": re.compile(
        r"<(?:script|link|img|iframe|source)\b[^>]*(?:src|href)\s*=\s*[\"']?(?:https?:)?//", re.I
    ),
}
ERROR_PAGES = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html"}
WRITES = re.compile(r"<form\b[^>]*\bmethod=\"post\"[^>]*>(?P<head>.{0,60})", re.S)
# What one may do twice: enter and leave, choose, read, look again; an import has its own number, a file its own digest.
TWICE = {
    "_act.html", "_attachments.html", "_bar.html", "_filters.html", "_progress.html", "import_check.html", "import_done.html",
    "import_map.html", "import_upload.html", "keys.html", "login.html", "look.html", "notices.html", "public_base.html", "refusal.html",
    "run.html", "verify.html",
}  # fmt: skip
AUTO_OFF = re.compile(r"\{%\s*autoescape\s+off|\|\s*safe\b")


def templates() -> list[Path]:
    """The project's own templates."""
    return catalogue.templates()


def blanked(text: str) -> str:
    """A template without its comments, lines kept."""
    return COMMENT.sub(lambda match: "\n" * match.group(0).count("\n"), text)


def inline_in(text: str) -> list[tuple[int, str]]:
    """Everything in a template that the content security policy would refuse: line and name."""
    plain = blanked(text)
    return [
        (plain[: match.start()].count("\n") + 1, name)
        for name, pattern in INLINE.items()
        for match in pattern.finditer(plain)
    ]


def test_every_template_is_named_somewhere():
    said = "".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*") if path.suffix in (".py", ".html"))
    idle = [place(path) for path in templates() if path.name not in ERROR_PAGES and _name(path) not in said]
    assert idle == [], listing(idle, "Nobody shows these templates:")


def _name(path: Path) -> str:
    """What a template is called where it is shown."""
    return path.as_posix().rpartition("/templates/")[2]


def test_a_form_that_writes_bears_a_key():
    """Without it a second tap would do the same again."""
    bare = [
        place(path, path.read_text(encoding="utf-8")[: match.start()].count("\n") + 1)
        for path in templates()
        if path.suffix == ".html" and path.name not in TWICE
        for match in WRITES.finditer(path.read_text(encoding="utf-8"))
        if "{% form_key %}" not in match["head"]
    ]
    assert bare == [], listing(bare, "Put {% form_key %} after {% csrf_token %}, and let the view use `kernel.sent`:")


def test_nothing_stands_inline():
    faults = [
        f"{place(path, line)} {name}"
        for path in templates()
        if path.suffix == ".html"
        for line, name in inline_in(path.read_text(encoding="utf-8"))
    ]
    assert faults == [], listing(
        faults, "Put it into static/: the content policy allows nothing inline and no other host:"
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>go()</script>",
        "<a onclick='go()'>",
        '<p class="x" style="color:red">',
        "<style>p{}</style>",
        '<a href="javascript:go()">',
        '<script src="https://example.org/x.js"></script>',
    ],
)
def test_inline_is_seen(text):
    assert inline_in(text)


def test_what_is_allowed_is_left_alone():
    assert not inline_in(
        '<script src="{% static "kernel/x.js" %}" defer></script><a hx-on-x href="/">{# <style> #}</a>'
    )
    assert not inline_in('<script type="application/json" id="facts">{}</script>')


def test_html_is_escaped_everywhere():
    faults = [
        place(path, blanked(text)[: match.start()].count("\n") + 1)
        for path in templates()
        for text in [path.read_text(encoding="utf-8")]
        for match in AUTO_OFF.finditer(blanked(text))
    ]
    assert faults == [], listing(faults, "Build safe HTML with format_html in Python, never with |safe in a template:")


def test_all_chinese_is_translated():
    faults = [f"{place(path, line)}  {words}" for path in templates() for line, words in catalogue.bare_chinese(path)]
    assert faults == [], listing(faults, "Put it into {% translate %} or {% blocktranslate %}:")


def test_bare_chinese_is_seen(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        '{% translate "好" %}{# 好 #}{% blocktranslate %}好 {{ x }}{% endblocktranslate %}\n<b>卡片</b> {{ x|default:"无" }}'
    )
    assert [line for line, _words in catalogue.bare_chinese(page)] == [2, 2]


def test_every_template_can_be_read():
    faults = []
    for path in templates():
        name = str(path).rpartition("/templates/")[2]
        try:
            engines["django"].get_template(name)
        except TemplateSyntaxError as error:
            faults.append(f"{place(path)}: {error}")
    assert faults == [], listing(faults, "A template that cannot be compiled:")


def test_templates_lie_where_their_app_is():
    faults = []
    for path in templates():
        app, _, name = path.relative_to(SOURCE).as_posix().partition("/templates/")
        if not name.startswith(f"{app.rpartition('/')[2]}/") and name not in ERROR_PAGES:
            faults.append(place(path))
    assert faults == [], listing(faults, "Templates stand in templates/<app>/, or two apps would share a name:")
