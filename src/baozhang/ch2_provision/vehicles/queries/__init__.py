"""What can be asked of terminals, quotas and files."""
