"""The screens of the three administrators."""
