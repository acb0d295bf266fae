"""The house's own shape: floors, writes, sizes, words, language, templates, migrations and the repository."""
