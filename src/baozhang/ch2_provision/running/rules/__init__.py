"""What the law watches of costs: bill by bill, and a vehicle's month as a whole."""

from .bills import (
    bill_twice,
    card_of_another_vehicle,
    cost_after_disposal,
    cost_elsewhere,
    cost_without_trip,
    fuel_beyond_tank,
    fuel_while_sealed,
    violation_without_trip,
)
from .months import (
    costs_over_budget,
    fuel_beyond_kilometres,
    odometer_against_tracks,
    several_fuellings,
    trip_without_track,
)

__all__ = [
    "bill_twice", "card_of_another_vehicle", "cost_after_disposal", "cost_elsewhere", "cost_without_trip", "costs_over_budget", "fuel_beyond_kilometres",
    "fuel_beyond_tank", "fuel_while_sealed", "odometer_against_tracks", "several_fuellings", "trip_without_track", "violation_without_trip",
]  # fmt: skip
