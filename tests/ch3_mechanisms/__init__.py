"""Tests of chapter three."""
