"""Findings of the patrol, risk warnings and orders to rectify (article 41, paragraph 2)."""
