"""Records are written by the kernel alone: everybody else calls `keep`."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.tree import floor_of, listing, place, python_files, syntax
from tests.architecture.writing import writes


def test_only_the_kernel_writes():
    faults = [
        f"{place(path, node.lineno)}  {ast.unparse(node)[:90]}"
        for path in python_files("src")
        if floor_of(path) != "kernel"
        for node in writes(syntax(path))
    ]
    assert faults == [], listing(faults, "Write through baozhang.kernel.record.keep (or `remove`):")


def test_a_row_is_held_so_that_others_may_still_refer_to_it():
    """Keys never change: whoever writes a row that refers to a held one does not wait, and so nobody waits crosswise."""
    faults = [
        place(path, node.lineno)
        for path in python_files("src")
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "select_for_update"
        if "no_key" not in {word.arg for word in node.keywords}
    ]
    assert faults == [], listing(faults, "Hold rows with select_for_update(no_key=True):")


@pytest.mark.parametrize(
    "code",
    [
        "card.save()",
        "form.save()",
        "Card.objects.create(name='x')",
        "Card._base_manager.bulk_create(rows)",
        "Card.objects.filter(pk=1).update(name='x')",
        "rows.update(name='x')",
        "rows = Card.objects.all()\nrows.update(**changes)",
        "organ.cards.all().delete()",
        "card.delete()",
        "Card.objects.update_or_create(name='x')",
        "await card.asave()",
        "cursor.execute('UPDATE assets_card SET name = 1')",
        "cursor.execute('  insert into assets_card values (1)')",
    ],
)
def test_a_write_is_seen(code):
    assert list(writes(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        "seen = {}\nseen.update(a=1)",
        "seen: dict[str, int] = given\nseen.update(a=1)",
        "def f(values: dict[str, int]):\n    values.update(a=1)",
        "self.marks = dict(x)\nself.marks.update(b=2)",
        "totals.update(other)",
        "digest = hashlib.sha256()\ndigest.update(data)",
        "seen.update({'a': 1})",
        "default_storage.save('name', content)",
        "cache.delete('key')",
        "workbook.save(path)",
        "request.session.save()",
        "super().save()",
        "cursor.execute('SELECT 1')",
        "keep(card, by=actor)",
    ],
)
def test_what_is_no_write_is_left_alone(code):
    assert not list(writes(ast.parse(code)))
