"""Allocation: a need is answered from stock, by transfer first, before anything is bought (article 12, paragraph 2)."""
