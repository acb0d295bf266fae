"""The shapes of column that records have many of, each optional: a text, choice, number, sum or day."""

from __future__ import annotations

from typing import Any

from django.db import models


def text(words: Any, length: int, **options: Any) -> Any:
    """An optional text; empty where nothing is said."""
    return models.CharField(words, max_length=length, blank=True, default="", **options)


def pick(words: Any, choices: Any, *, length: int = 12, default: str = "", **options: Any) -> Any:
    """A choice, optional where no default is given."""
    given = {"max_length": length, "choices": choices.choices, "blank": not default, "default": default}
    return models.CharField(words, **given, **options)


def decimal(words: Any, digits: int = 8, places: int = 2, **options: Any) -> Any:
    """An optional number."""
    return models.DecimalField(words, max_digits=digits, decimal_places=places, null=True, blank=True, **options)


def whole(words: Any, **options: Any) -> Any:
    """An optional whole number that is not negative."""
    return models.PositiveIntegerField(words, null=True, blank=True, **options)


def money(words: Any, **options: Any) -> Any:
    """An optional sum in yuan."""
    return decimal(words, 16, 2, **options)


def day(words: Any, **options: Any) -> Any:
    """An optional day."""
    return models.DateField(words, null=True, blank=True, **options)
