"""Funding: annual support plans and operating budgets (articles 7-10)."""
