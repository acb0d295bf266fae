"""Tests of the standards that authorities issue."""
