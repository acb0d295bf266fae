"""Tests of chapter two."""
