"""Where vehicles were: what counts as a position, how it is packed, kept, found again, and cut into trips."""
