"""The public warehouse: entry, stay and exit of shared assets, promised once at a time (articles 14-16)."""
