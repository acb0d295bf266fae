"""Spreadsheets without a database: safe reading, headings, mapping, cells, rows and streaming writing."""
