"""Sizes, names, docstrings, clocks and heirs: what keeps the house readable."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import baozhang
from tests.architecture.tree import SOURCE, functions, listing, place, python_files, syntax

LONGEST_FILE = 400
LONGEST_FUNCTION = 40
DEEPEST = 2
NAMELESS = re.compile(r"^(utils?|helpers?|common|misc|shared|stuff|base_utils)$")
CLOCKS = {"now": {"datetime", "timezone", "dt"}, "today": {"date", "datetime", "dt"}, "utcnow": {"datetime", "dt"}}
CLOCK_FILES = {
    SOURCE / "kernel" / "clock.py",
    SOURCE / "kernel" / "sessions.py",  # a session ends by the machine's clock, by which the framework set its end
}


def test_no_file_is_longer_than_a_room():
    faults = []
    for path in python_files():
        length = len(path.read_text(encoding="utf-8").splitlines())
        if length > LONGEST_FILE:
            faults.append(f"{place(path)} has {length} lines")
    assert faults == [], listing(
        faults, f"A file has at most {LONGEST_FILE} lines; it is too small a room, or does two things:"
    )


def test_no_function_is_longer_than_a_page():
    """A journey is one story and sample pages are one list each: they may run on, code may not."""
    faults = []
    for path in python_files():
        if "journeys" in path.parts or path.name == "screens.py":
            continue
        for node in functions(syntax(path)):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                faults.append(f"{place(path, node.lineno)} {node.name} has {length} lines")
    assert faults == [], listing(faults, f"A function has at most {LONGEST_FUNCTION} lines:")


def test_every_module_says_what_it_is_by_its_name():
    faults = [
        place(path) for path in python_files() if any(NAMELESS.match(part) for part in path.with_suffix("").parts)
    ]
    assert faults == [], listing(faults, "A name must say what is inside:")


def is_bare(path: Path) -> bool:
    """True for an empty `__init__` of which there is nothing to say: Django's folders of commands, folders of tests."""
    if path.name != "__init__.py" or path.read_text(encoding="utf-8").strip():
        return False
    return path.parent.name in {"management", "commands"} or not path.is_relative_to(SOURCE)


def test_every_module_has_a_heading():
    faults = [place(path) for path in python_files() if not ast.get_docstring(syntax(path)) and not is_bare(path)]
    assert faults == [], listing(faults, "Each package and module begins with its one-line docstring:")


def is_public(node: ast.AST) -> bool:
    """True for a definition whose name is for others."""
    return not getattr(node, "name", "_").startswith("_")


def test_every_public_name_of_the_source_is_explained():
    faults = []
    for path in python_files("src"):
        for node in syntax(path).body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and is_public(node):
                if not ast.get_docstring(node):
                    faults.append(f"{place(path, node.lineno)} {node.name}")
    assert faults == [], listing(faults, "One line that finishes 'this is' or 'this will':")


def clock_reads(tree: ast.AST) -> list[int]:
    """The lines on which a tree reads the machine's clock for a date or a moment."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in CLOCKS
        and isinstance(node.value, (ast.Name, ast.Attribute))
        and (node.value.id if isinstance(node.value, ast.Name) else node.value.attr) in CLOCKS[node.attr]
    ]


def test_there_is_one_clock():
    faults = [
        place(path, line)
        for path in python_files("src")
        if path not in CLOCK_FILES
        for line in clock_reads(syntax(path))
    ]
    assert faults == [], listing(faults, "Ask baozhang.kernel.clock for now and today:")


def test_a_foreign_clock_is_seen():
    for code in (
        "timezone.now()",
        "dt.date.today()",
        "datetime.datetime.now()",
        "default=timezone.now",
        "dt.datetime.utcnow()",
    ):
        assert clock_reads(ast.parse(f"f({code})")), code
    assert not clock_reads(ast.parse("clock.now(); clock.today(); self.now()"))


def own_classes() -> set[type]:
    """Every class that the project defines, all its modules loaded."""
    found: set[type] = set()
    for module in pkgutil.walk_packages(baozhang.__path__, "baozhang."):
        if ".migrations" in module.name or module.name.endswith(("__main__", ".wsgi")):
            continue
        loaded = importlib.import_module(module.name)
        found |= {
            cls for _name, cls in inspect.getmembers(loaded, inspect.isclass) if cls.__module__.startswith("baozhang.")
        }
    return found


def depth(cls: type) -> int:
    """How many generations of our own stand above a class."""
    return max((1 + depth(base) for base in cls.__bases__ if base.__module__.startswith("baozhang.")), default=0)


def test_no_class_has_great_grandparents():
    faults = [f"{cls.__module__}.{cls.__qualname__}: {depth(cls)}" for cls in own_classes() if depth(cls) > DEEPEST]
    assert faults == [], listing(sorted(faults), f"Own inheritance has at most {DEEPEST} levels:")
