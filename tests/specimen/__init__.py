"""A tiny app with one class of record, for tests of the kernel."""
