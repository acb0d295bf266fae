"""The shapes of column that files have many of (an optional text, choice, number, day), and whose a vehicle's things are."""

from __future__ import annotations

from typing import Any

from django.db import models


def text(words: Any, length: int, **options: Any) -> Any:
    """This is an optional text; empty where nothing is said."""
    return models.CharField(words, max_length=length, blank=True, default="", **options)


def pick(words: Any, choices: Any, **options: Any) -> Any:
    """This is an optional choice."""
    return models.CharField(words, max_length=14, choices=choices.choices, blank=True, default="", **options)


def decimal(words: Any, digits: int = 8, places: int = 2, **options: Any) -> Any:
    """This is an optional number."""
    return models.DecimalField(words, max_digits=digits, decimal_places=places, null=True, blank=True, **options)


def whole(words: Any, **options: Any) -> Any:
    """This is an optional whole number that is not negative."""
    return models.PositiveIntegerField(words, null=True, blank=True, **options)


def money(words: Any, **options: Any) -> Any:
    """This is an optional sum in yuan."""
    return decimal(words, 16, 2, **options)


def day(words: Any, **options: Any) -> Any:
    """This is an optional day."""
    return models.DateField(words, null=True, blank=True, **options)


class OfVehicle:
    """What belongs to a vehicle (`vehicle`, `organ`) belongs to the vehicle's organ, also before it is kept."""

    vehicle: Any
    vehicle_id: int | None
    organ_id: int | None

    def organ_key(self) -> int | None:
        """The organ of the vehicle."""
        return self.organ_id or (self.vehicle.organ_id if self.vehicle_id else None)

    def derive(self) -> None:
        """This will take the organ from the vehicle."""
        if self.vehicle_id:
            self.organ_id = self.vehicle.organ_id
