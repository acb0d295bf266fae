"""The screens that every resource has: list, detail, form, export, look-up, history; and the door."""
