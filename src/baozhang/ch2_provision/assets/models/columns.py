"""The shapes of column that cards have many of: an optional text, choice, sum, area or day."""

from __future__ import annotations

from typing import Any

from django.db import models


def text(words: Any, length: int, **options: Any) -> Any:
    """This is an optional text; empty where nothing is said."""
    return models.CharField(words, max_length=length, blank=True, default="", **options)


def pick(words: Any, choices: Any, *, default: str = "", **options: Any) -> Any:
    """This is a choice, optional where no default is given."""
    return models.CharField(
        words, max_length=12, choices=choices.choices, blank=not default, default=default, **options
    )


def money(words: Any, **options: Any) -> Any:
    """This is an optional sum in yuan."""
    return models.DecimalField(words, max_digits=16, decimal_places=2, null=True, blank=True, **options)


def area(words: Any) -> Any:
    """This is an optional area in m²."""
    return models.DecimalField(words, max_digits=12, decimal_places=2, null=True, blank=True)


def day(words: Any, **options: Any) -> Any:
    """This is an optional day."""
    return models.DateField(words, null=True, blank=True, **options)
