"""Whose the things of a vehicle are."""

from __future__ import annotations

from typing import Any


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
