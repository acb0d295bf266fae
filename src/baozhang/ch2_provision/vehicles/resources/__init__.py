"""What each field of this room is for, said once, and who may do what."""

from . import additions, areas, files, links, mending, observed, quotas, readings, terminals

__all__ = ["additions", "areas", "files", "links", "mending", "observed", "quotas", "readings", "terminals"]
