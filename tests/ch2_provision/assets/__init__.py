"""Tests of cards, books and titles."""
