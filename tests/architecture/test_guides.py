"""Each picture that a guide shows is taken by `make guides`, each that is taken is shown; no picture is committed."""

from __future__ import annotations

import re
import subprocess

import catalogue

from baozhang.ch1_general.organs import roles
from baozhang.kernel import access
from tests.journeys.guides import ALL, GUIDES, PICTURES, ROOT

QUOTED = re.compile(r"“([^”\n]+)”")
SHOWN = re.compile(r"!\[[^\]]+\]\(([^)]+)\)")


def test_guides_show_the_pictures_that_are_taken():
    shown = {
        (path.parent / found).resolve()
        for path in GUIDES.glob("*.md")
        for found in SHOWN.findall(path.read_text(encoding="utf-8"))
    }
    assert shown == {PICTURES / f"{one.name}.png" for one in ALL}


def test_no_picture_is_tracked():
    done = subprocess.run(["git", "ls-files", "build", "docs"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert [name for name in done.stdout.split() if name.startswith("build/") or name.endswith(".png")] == []


def test_every_role_has_its_guide():
    """The words of each role stand in some guide, so that nobody is left without."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in GUIDES.glob("*.md"))
    # Other tests declare roles of their own; those of the house are named here.
    house = {value for value in vars(roles).values() if isinstance(value, str)}
    known = [role for role in access.ROLES.values() if role.code in house and not role.admin]
    assert len(known) > 15
    assert [role.code for role in known if str(role.words) not in text] == []


def test_what_a_guide_quotes_stands_on_the_screen():
    """“资产 › 资产卡片” is a way through the menu, “确认写入 n 行” a button with a number on it."""
    merged, _faults = catalogue.merged(catalogue.parts())
    words = {re.sub(r"%\(\w+\)s", "n", text) for entry in merged for text in (entry.msgid, entry.msgid_plural)}
    quoted = [
        (path.name, word)
        for path in sorted(GUIDES.glob("*.md"))
        for quote in QUOTED.findall(path.read_text(encoding="utf-8"))
        for word in quote.split(" › ")
    ]
    assert len(quoted) > 200
    assert [one for one in quoted if one[1] not in words] == []
