"""What each field of costs is for, said once, and who may do what."""

from . import corrections, costs, observed, reviews

__all__ = ["corrections", "costs", "observed", "reviews"]
