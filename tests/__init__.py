"""Tests: a mirror of src/ for what is particular, and whole suites that run over everything registered."""
