"""What each field of this room is for, said once, and who may do what."""

from . import additions, files, quotas, terminals

__all__ = ["additions", "files", "quotas", "terminals"]
