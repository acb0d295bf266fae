"""Whole stories by article, in a real browser against the real server, named as sentences."""
