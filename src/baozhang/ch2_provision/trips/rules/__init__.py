"""What the law watches of trips: on paper, and on the tracks."""

from .papers import (
    driver_beyond_hours,
    driver_without_rest,
    odometer_backwards,
    trip_not_returned,
    trip_on_sealed_day,
    trip_without_approval,
    urgent_trip_not_completed,
)
from .sealing import not_sealed, odometer_while_sealed
from .tracks import (
    driven_too_fast,
    idled_too_long,
    left_area_without_approval,
    moved_while_sealed,
    moved_without_trip,
    parked_outside_fence,
)

__all__ = [
    "driven_too_fast",
    "driver_beyond_hours",
    "driver_without_rest",
    "idled_too_long",
    "left_area_without_approval",
    "moved_while_sealed",
    "moved_without_trip",
    "not_sealed",
    "odometer_backwards",
    "odometer_while_sealed",
    "parked_outside_fence",
    "trip_not_returned",
    "trip_on_sealed_day",
    "trip_without_approval",
    "urgent_trip_not_completed",
]
