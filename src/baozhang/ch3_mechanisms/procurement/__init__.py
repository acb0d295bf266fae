"""Procurement: purchases from plan line to contract to card (article 36)."""
