"""What can be asked of counts: what is in scope, what moved meanwhile, what was seen, what differs."""
