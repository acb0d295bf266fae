"""The assets script: copies without map comments, one sprite, a stamp that makes the second run quick, plain refusals."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import assets
import pytest

ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" fill="none" viewBox="0 0 24 24" stroke-width="1.5" stroke="currentColor">'
    '<path stroke-linecap="round" d="M1 1h2"/></svg>'
)


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A project folder with one installed package."""
    package = tmp_path / "node_modules" / "pack"
    (package / "icons").mkdir(parents=True)
    (package / "a.js").write_text("run();\n//# sourceMappingURL=a.js.map\n")
    (package / "icons" / "home.svg").write_text(ICON)
    for name in assets.SOURCES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    monkeypatch.setattr(assets, "HOME", tmp_path)
    monkeypatch.setattr(assets, "MODULES", tmp_path / "node_modules")
    monkeypatch.setattr(assets, "VENDOR", tmp_path / "build" / "vendor")
    return tmp_path


def test_a_copy_names_no_map(house):
    assets.copied({"package": "pack", "file": "a.js", "target": "deep/a.js"})
    assert (house / "build/vendor/deep/a.js").read_text() == "run();\n"


def test_the_sprite_leaves_colour_to_the_page(house):
    text = assets.sprite({"package": "pack", "folder": "icons", "icons": ["home", "home"]})
    assert text.count("<symbol") == 1
    assert 'id="home" viewBox="0 0 24 24"' in text
    assert "currentColor" not in text
    assert 'stroke-linecap="round"' in text


def test_a_name_that_the_package_lacks_is_refused(house):
    with pytest.raises(assets.Missing, match=r"no file icons/away\.svg"):
        assets.sprite({"package": "pack", "folder": "icons", "icons": ["away"]})


def test_a_second_run_only_looks_at_the_stamp(house):
    wanted = {"file": [{"package": "pack", "file": "a.js", "target": "a.js"}], "sprite": {"target": "icons.svg"}}
    mark = assets.stamp()
    assert not assets.is_current(wanted, mark)
    assets.copied(wanted["file"][0])
    (assets.VENDOR / "icons.svg").write_text("<svg/>")
    (assets.VENDOR / ".stamp").write_text(mark)
    assert assets.is_current(wanted, mark)
    (house / "assets.toml").write_text("changed")
    assert not assets.is_current(wanted, assets.stamp())
    (assets.VENDOR / "a.js").unlink()
    assert not assets.is_current(wanted, mark)


def test_an_old_node_is_not_taken(house, monkeypatch):
    monkeypatch.setattr(assets, "node_version", lambda _node: 12)
    monkeypatch.setattr(assets.sys, "executable", "/bin/false")
    with pytest.raises(assets.Missing, match="no Node 18"):
        assets.npm_command()


def test_every_icon_that_code_or_a_page_names_is_in_the_sprite():
    root = Path(__file__).parents[1]
    plan = set(tomllib.loads((root / "assets.toml").read_text(encoding="utf-8"))["sprite"]["icons"])
    named = re.compile(r"""(?:\bicon\s*=\s*|"icon":\s*|%\s*icon\s+)["']([a-z0-9-]+)["']""")
    files = [one for kind in ("*.py", "*.html") for one in (root / "src").rglob(kind)]
    used = {name: one for one in files for name in named.findall(one.read_text(encoding="utf-8"))}
    assert len(used) > 60
    assert {name: str(one) for name, one in used.items() if name not in plan} == {}, (
        "an empty square would stand on its button"
    )
