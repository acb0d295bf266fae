"""Screens that are more than a resource."""
