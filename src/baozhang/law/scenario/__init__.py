"""Scenarios: facts, acts in time and what the law should say of them, written in YAML by people who know the law."""
