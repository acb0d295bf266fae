"""The law as data and code: articles, dated figures, rules and scenarios."""
