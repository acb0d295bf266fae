"""Stock-taking: cards, books and things are counted and brought into accord (article 13, paragraph 2)."""
