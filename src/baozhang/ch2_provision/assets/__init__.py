"""Assets: cards, classes, ledger totals and titles (articles 11-13)."""
