"""What the law watches of vehicles: quota, standard, the scrapping clock, certificates, terminal and mark."""

from .condition import certificate_run_out, vehicle_past_scrapping, vehicle_without_mark, vehicle_without_terminal
from .price import vehicle_over_price
from .standing import enforcement_without_need, new_energy_share, vehicle_over_displacement, vehicles_over_quota
from .terminals import moved_without_position, terminal_order_overdue, terminal_silent

__all__ = [
    "certificate_run_out",
    "enforcement_without_need",
    "moved_without_position",
    "new_energy_share",
    "terminal_order_overdue",
    "terminal_silent",
    "vehicle_over_displacement",
    "vehicle_over_price",
    "vehicle_past_scrapping",
    "vehicle_without_mark",
    "vehicle_without_terminal",
    "vehicles_over_quota",
]
