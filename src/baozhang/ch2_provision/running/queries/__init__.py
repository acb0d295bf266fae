"""What can be asked of costs: sums a vehicle, a month and a unit, what like vehicles cost, what waits to be matched."""
