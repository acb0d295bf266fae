"""Screens that are more than a resource: choosing what enters, the catalogue's pictures, bills, slips, performance."""

from . import choosing, desk, gallery, houses, oncard, owing, papers, performance, pictures, proposing

__all__ = ["choosing", "desk", "gallery", "houses", "oncard", "owing", "papers", "performance", "pictures", "proposing"]
