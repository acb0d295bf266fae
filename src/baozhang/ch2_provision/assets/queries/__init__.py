"""What can be asked of cards and books: depreciation, what is held on a day, totals, who may hold a title."""
