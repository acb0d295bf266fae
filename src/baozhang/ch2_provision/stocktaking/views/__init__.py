"""Screens that are more than a resource: progress, report and sheet at the desk; the phone."""
