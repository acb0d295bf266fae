"""Disposal: internal decision, warehouse first, approval or filing, income, write-off (article 13, paragraphs 4-5)."""
