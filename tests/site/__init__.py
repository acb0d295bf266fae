"""Tests of the assembly: the three administrators."""
