"""Standards that an office drafts, tries on live data and issues from a date (articles 7, 12 and 37)."""
