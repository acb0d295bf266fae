"""Floors that import-linter cannot see: foreign keys written as strings, cascades, the web below the screens."""

from __future__ import annotations

import ast
import configparser
import re

import pytest
from django.apps import apps
from django.db import models

from tests.architecture.tree import ROOT, SOURCE, listing, place, python_files, syntax

FLOORS = ("kernel", "law", "ch1_general", "ch2_provision", "ch3_mechanisms", "ch4_supervision", "demo", "site")
PURE_ROOMS = {"rules", "queries", "models", "choices", "flows"}
WEB = ("django.http", "django.shortcuts", "django.template", "django.urls", "django.views", "ninja", "django_htmx")


def contracts() -> configparser.ConfigParser:
    """The contracts of .importlinter."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter", encoding="utf-8")
    return parser


def order_within(chapter: str) -> list[str]:
    """The apps of a chapter from the lowest up, as its contract lists them; neighbours share a place."""
    for name in contracts().sections():
        section = contracts()[name]
        if section.get("containers", "").split() == [f"baozhang.{chapter}"]:
            return [line.strip() for line in section["layers"].strip().splitlines()][::-1]
    return []


def height(model: type[models.Model]) -> tuple[int, int]:
    """The floor of a model and its app's place on it; things from outside stand below everything."""
    parts = model.__module__.split(".")
    if parts[0] != "baozhang":
        return -1, 0
    apps_of_floor = order_within(parts[1])
    here = next((i for i, line in enumerate(apps_of_floor) if parts[2] in re.findall(r"\w+", line)), 0)
    return FLOORS.index(parts[1]), here


def our_relations() -> list[tuple[type[models.Model], models.ForeignKey]]:
    """Every foreign key (one-to-one included) of the project's own models."""
    return [
        (model, field)
        for model in apps.get_models()
        if model.__module__.startswith("baozhang.")
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
    ]


def test_foreign_keys_point_to_the_same_floor_or_down():
    upward = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model, field in our_relations()
        if height(field.related_model) > height(model)
    ]
    assert not upward, listing(
        upward, "A lower floor must not point upward; let the upper one point down, or declare an opening:"
    )


def test_nothing_is_deleted_along_with_something_else():
    cascades = [
        f"{model._meta.label}.{field.name}"
        for model, field in our_relations()
        if field.remote_field.on_delete in (models.CASCADE, models.SET_NULL, models.SET_DEFAULT)
    ]
    assert not cascades, listing(
        cascades, "Records are protected (on_delete=PROTECT); a cascade changes rows past `keep`:"
    )


def test_there_are_relations_to_judge():
    # Otherwise the two tests above would pass on anything.
    assert our_relations()
    card, organization, user = (apps.get_model(name) for name in ("assets.Card", "organs.Organization", "kernel.User"))
    assert height(card) > height(organization) > height(user)


@pytest.mark.parametrize("chapter", ["ch1_general", "ch2_provision", "ch3_mechanisms", "ch4_supervision"])
def test_every_app_of_a_chapter_has_its_place(chapter):
    layers = " ".join(order_within(chapter))
    homeless = [
        path.parent.name
        for path in (SOURCE / chapter).glob("*/__init__.py")
        if path.parent.name not in layers.replace("(", " ").replace(")", " ").split()
    ]
    assert not homeless, f"give {homeless} a place in the chapter's contract in .importlinter"


def imported(tree: ast.AST) -> list[tuple[int, str]]:
    """Every module that a tree imports, with the line."""
    found: list[tuple[int, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
    return found


def is_web(name: str) -> bool:
    """True for a module that only a screen or an interface needs."""
    return any(name == web or name.startswith(f"{web}.") for web in WEB)


def test_law_rules_and_queries_know_nothing_of_the_web():
    # import-linter forbids whole packages only; of django just some modules belong to the web.
    faults = []
    for path in python_files("src"):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        in_room = parts[0].startswith("ch") and PURE_ROOMS & set(parts[2:])
        in_law = parts[0] == "law" and not {"views", "resources", "urls", "apps", "management"} & set(parts)
        if in_room or in_law:
            faults += [f"{place(path, line)} imports {name}" for line, name in imported(syntax(path)) if is_web(name)]
    assert faults == [], listing(faults, "Only views and resources speak to the web:")


def test_a_web_import_is_seen():
    assert [name for _line, name in imported(ast.parse("from django.shortcuts import render")) if is_web(name)]
    assert not [name for _line, name in imported(ast.parse("from django.db import models")) if is_web(name)]
