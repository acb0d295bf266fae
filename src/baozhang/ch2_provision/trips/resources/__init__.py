"""What each field of trips is for, said once, and who may do what."""

from . import dispatches, drivers, requests, sealings

__all__ = ["dispatches", "drivers", "requests", "sealings"]
