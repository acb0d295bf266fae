"""What each field of costs is for, said once, and who may do what."""

from . import costs, observed, reviews

__all__ = ["costs", "observed", "reviews"]
