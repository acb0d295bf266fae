"""What each field of trips is for, said once, and who may do what."""

from . import dispatches, drivers, observed, requests, sealings

__all__ = ["dispatches", "drivers", "observed", "requests", "sealings"]
