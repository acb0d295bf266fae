"""How passing on goes."""

from __future__ import annotations

from baozhang.ch2_provision.vehicles.models import RelayHealth, RelayItem


def health_of(relay: int) -> RelayHealth | None:
    """How it goes with one platform; None where nothing was ever sent."""
    return RelayHealth.objects.filter(relay=relay).first()


def waiting(relay: int) -> int:
    """How many positions wait for it."""
    return RelayItem.objects.filter(relay=relay).count()
