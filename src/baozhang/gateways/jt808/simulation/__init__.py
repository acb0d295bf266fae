"""Terminals that are none: they speak JT/T 808 to a gateway as real ones do, drive through made-up streets, and misbehave if asked."""
