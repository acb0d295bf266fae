"""Chapter four, supervision and liability (articles 41-44)."""
