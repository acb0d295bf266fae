"""Tests of stock-taking."""
