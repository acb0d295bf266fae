"""Finds writes to records in source code: what may stand in the kernel only.

A queryset's `update` takes keywords alone, a dictionary's or a hash's usually takes one value: that, and what a name
was last given in the same function, tells them apart. The other verbs are rare enough outside records to be named.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

CREATING = {"create", "bulk_create", "bulk_update", "update_or_create", "get_or_create"}
VERBS = CREATING | {"save", "delete", "save_base", "_raw_delete"}
ASYNC = {f"a{verb}" for verb in VERBS} | {"aupdate"}
MANAGERS = {"objects", "_base_manager", "_default_manager"}
QUERIES = {"filter", "exclude", "all", "select_for_update", "order_by", "using", "annotate", "get_queryset"}
# What has a `save` or a `delete` of its own and is no record.
NOT_RECORDS = {
    "storage",
    "default_storage",
    "cache",
    "caches",
    "session",
    "workbook",
    "book",
    "image",
    "document",
    "cookies",
}
MAPPINGS = (ast.Dict, ast.DictComp, ast.Set, ast.SetComp)
MAPPING_CALLS = {
    "dict",
    "set",
    "Counter",
    "defaultdict",
    "OrderedDict",
    "sha256",
    "md5",
    "new",
    "sm3",
    "Hash",
    "ChainMap",
}
WRITING_SQL = ("insert into", "update ", "delete from", "truncate", "merge into", "copy ", "replace into")


def last_name(node: ast.expr) -> str:
    """The last word of `a.b.c`, `a.b().c()` or `a[0]`."""
    if isinstance(node, ast.Call):
        return last_name(node.func)
    if isinstance(node, ast.Subscript):
        return last_name(node.value)
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def chain(node: ast.expr) -> set[str]:
    """Every word on the way from the root of an expression to its end."""
    words: set[str] = set()
    while True:
        if isinstance(node, ast.Attribute):
            words.add(node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Subscript):
            node = node.value
        else:
            return words | ({node.id} if isinstance(node, ast.Name) else set())


def is_mapping(value: ast.expr | None) -> bool:
    """True for an expression that makes a dictionary, a set or a hash."""
    if isinstance(value, ast.BinOp):
        return is_mapping(value.left) or is_mapping(value.right)
    return isinstance(value, MAPPINGS) or (isinstance(value, ast.Call) and last_name(value) in MAPPING_CALLS)


def names_mapping(annotation: ast.expr | None) -> bool:
    """True for an annotation that says dictionary, set or mapping."""
    return annotation is not None and last_name(annotation).lower().endswith(("dict", "set", "mapping", "counter"))


def mappings_in(tree: ast.AST) -> set[str]:
    """The names (also attributes) that somewhere in a tree are given a dictionary, a set or a hash."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and is_mapping(node.value):
            found |= {last_name(target) for target in node.targets}
        elif isinstance(node, ast.AnnAssign) and (is_mapping(node.value) or names_mapping(node.annotation)):
            found.add(last_name(node.target))
        elif isinstance(node, ast.arg) and names_mapping(node.annotation):
            found.add(node.arg)
    return found - {""}


def is_update_of_rows(node: ast.Call, receiver: ast.expr, mappings: set[str]) -> bool:
    """True for `update` on a queryset, False on a dictionary, a set or a hash."""
    words = chain(receiver)
    if words & MANAGERS or words & QUERIES:
        return True
    if node.args or not node.keywords or is_mapping(receiver):
        return False
    return last_name(receiver) not in mappings | {"headers", "context", "kwargs", "attrs"}


def is_write(node: ast.Call, mappings: set[str]) -> bool:
    """True for a call that writes records past `keep`."""
    if not isinstance(node.func, ast.Attribute):
        return False
    verb, receiver = node.func.attr, node.func.value
    if verb in {"update", "aupdate"}:
        return is_update_of_rows(node, receiver, mappings)
    if verb in VERBS | ASYNC:
        # `super().save()` is the form's or the field's own, whose real write is judged where it stands.
        return last_name(receiver) not in NOT_RECORDS | {"super"}
    if verb in {"execute", "executemany", "copy"} and node.args and isinstance(node.args[0], ast.Constant):
        return str(node.args[0].value).lower().lstrip().startswith(WRITING_SQL)
    return False


def writes(tree: ast.AST) -> Iterator[ast.Call]:
    """Every call in a tree that writes records."""
    mappings = mappings_in(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and is_write(node, mappings):
            yield node
