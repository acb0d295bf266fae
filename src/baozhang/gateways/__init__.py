"""Processes that face devices and speak their protocols; nothing is here until vehicles and meters are."""
