"""What can be asked: what a standard allows and an agency has, which items could answer a need, what is left of it."""
