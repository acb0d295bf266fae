"""The law as text, index, figures and items."""
