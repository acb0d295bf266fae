"""Processes that face devices and speak their protocols: satellite terminals of vehicles (JT/T 808)."""
