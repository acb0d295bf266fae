"""Organizations, jurisdictions, headcount and appointments (articles 2, 4 and 5)."""
